package sink

import (
	"net"
	"net/url"
	"strings"
)

// receiverURL checks the option URL and completes it with the path and the query of the protocol. An error does not show the
// URL, which may hold a password all the same.
func (p *protocol) receiverURL(option string) (*url.URL, error) {
	if option == "" {
		return nil, invalid("URL", "", "not set: Sink %s needs the receiver, such as https://logs.example.com", p.name)
	}
	u, err := url.Parse(option)
	switch {
	case err != nil:
		return nil, invalid("URL", "", "is not a URL: use something like https://logs.example.com:9200")
	case u.User != nil:
		return nil, invalid("URL", "", "holds a user or a password: move them to HTTP_User and HTTP_Passwd")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, invalid("URL", "", "starts with %q: use http:// or https://", u.Scheme)
	case u.Hostname() == "":
		return nil, invalid("URL", "", "has no host: use something like https://logs.example.com:9200")
	case u.Fragment != "":
		return nil, invalid("URL", "", "holds a #, and a server never sees what follows: remove it, or write %%23")
	}

	if p.path != "" && !strings.HasSuffix(u.Path, p.path) {
		missing := p.path
		if p.shortPath != "" && strings.HasSuffix(strings.TrimSuffix(u.Path, "/"), p.shortPath) {
			missing = strings.TrimPrefix(p.path, p.shortPath)
		}
		if u.Path == "" {
			u.Path = "/"
		}
		u = u.JoinPath(missing)
	}
	if p.query != "" && !u.Query().Has(p.queryName()) {
		u.RawQuery = strings.TrimPrefix(u.RawQuery+"&"+p.query, "&")
	}
	return u, nil
}

// queryName returns the name of the parameter that the protocol adds to the URL.
func (p *protocol) queryName() string {
	name, _, _ := strings.Cut(p.query, "=")
	return name
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
