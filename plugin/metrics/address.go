package metrics

import (
	"errors"
	"net"
	"strconv"
	"strings"
)

// Address checks and completes an address to listen on: 2021 and :2021 mean this machine only, 127.0.0.1:2021, because whoever wants
// the world to read should have to say so. It does not look whether the port is free.
func Address(value string) (string, error) {
	if !strings.Contains(value, ":") {
		value = ":" + value
	}
	host, port, err := net.SplitHostPort(value)
	if err != nil {
		return "", errors.New("want an address such as 127.0.0.1:2021 or [::1]:2021")
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return "", errors.New("want a port from 0 to 65535, as in 127.0.0.1:2021")
	}
	if host == "" {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port), nil
}
