package metrics

import (
	"errors"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

var errAddress = errors.New("want off, a port, or an IP address and a port such as 127.0.0.1:2021, [::1]:2021 or 0.0.0.0:2021")

// Address checks an address to listen on and writes it in one way: 2021 and :2021 mean this machine only, 127.0.0.1:2021, because
// whoever wants the world to read should have to say so. Names are refused but for localhost: to look one up could take long, and
// its address is not known before. Whether the port is free Free tells.
func Address(value string) (string, error) {
	if _, err := strconv.Atoi(value); err == nil {
		value = ":" + value
	}
	host, digits, err := net.SplitHostPort(value)
	if err != nil {
		return "", errAddress
	}
	port, err := strconv.ParseUint(digits, 10, 16)
	if err != nil || port == 0 {
		return "", errors.New("want a port from 1 to 65535, as in 127.0.0.1:2021")
	}
	if host == "" || strings.EqualFold(host, "localhost") {
		host = "127.0.0.1"
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return "", errAddress
	}
	return netip.AddrPortFrom(ip, uint16(port)).String(), nil
}
