package settings

import (
	"errors"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

var errAddress = errors.New("use off, a port, or an IP address and a port such as 127.0.0.1:2021, [::1]:2021 or 0.0.0.0:2021")

// address checks an address to listen on and returns it in one form. 2021 and :2021 become 127.0.0.1:2021, which only this machine
// reaches: whoever wants others to read the metrics has to say so. Names other than localhost are refused, because to look up a name
// may take long. Whether the port is free is not checked; see metrics.Free.
func address(value string) (string, error) {
	if _, err := strconv.Atoi(value); err == nil {
		value = ":" + value
	}
	host, digits, err := net.SplitHostPort(value)
	if err != nil {
		return "", errAddress
	}
	port, err := strconv.ParseUint(digits, 10, 16)
	if err != nil || port == 0 {
		return "", errors.New("the port must be from 1 to 65535, as in 127.0.0.1:2021")
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
