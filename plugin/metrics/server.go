package metrics

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"syscall"
	"time"

	"golang.org/x/net/netutil"
)

// maxConnections bounds the file descriptors that clients may take away from Fluent Bit.
const maxConnections = 32

// servers are the running servers by address.
var servers = struct {
	sync.Mutex
	running map[string]*server
}{running: make(map[string]*server)}

type server struct {
	http    http.Server
	url     string
	version string
	ended   chan struct{}

	mu      sync.Mutex
	samples []func() Sample // of the instances
}

func (s *server) isOver() bool {
	select {
	case <-s.ended:
		return true
	default:
		return false
	}
}

// Serve shows what sample returns, together with what other instances show at the same address, until one of them calls its stop:
// instances end together, and sums that fell when the first of them leaves would look like a restart. The address is an IP address
// and a port; url is the URL of the metrics. If the address is not available, the error says what to do.
func Serve(address, version string, sample func() Sample) (stop func(), url string, err error) {
	servers.Lock()
	defer servers.Unlock()
	s := servers.running[address]
	if s == nil || s.isOver() {
		if s, err = start(address, version); err != nil {
			return nil, "", err
		}
		servers.running[address] = s
	}
	s.mu.Lock()
	s.samples = append(s.samples, sample)
	s.mu.Unlock()
	return func() { s.stop(address) }, s.url, nil
}

func (s *server) stop(address string) {
	servers.Lock()
	defer servers.Unlock()
	if servers.running[address] == s {
		delete(servers.running, address)
	}
	_ = s.http.Close()
	<-s.ended // so that the port is free for a new instance
}

// Free returns nil if an address is available: because nobody listens there, or because instances of this process do.
func Free(address string) error {
	servers.Lock()
	defer servers.Unlock()
	if s := servers.running[address]; s != nil && !s.isOver() {
		return nil
	}
	l, err := listen(address)
	if err != nil {
		return err
	}
	return l.Close()
}

// listen opens an address. The caller has locked servers.
func listen(address string) (net.Listener, error) {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, err
	}
	network := "tcp"
	if at.Addr().Is4() {
		network = "tcp4" // with "tcp", 0.0.0.0 would also mean every IPv6 address
	}
	l, err := net.Listen(network, address)
	if errors.Is(err, syscall.EADDRINUSE) {
		for other, s := range servers.running {
			if o, _ := netip.ParseAddrPort(other); o.Port() == at.Port() {
				return nil, fmt.Errorf("this Fluent Bit shows its metrics at %s already: write the same address, or choose another port", s.url)
			}
		}
		return nil, errors.New("another program listens there: choose another port, or end that program")
	}
	var op *net.OpError
	if errors.As(err, &op) {
		err = op.Err // the caller names the address
	}
	if err != nil {
		return nil, fmt.Errorf("cannot listen there: %w", err)
	}
	return l, nil
}

func start(address, version string) (*server, error) {
	l, err := listen(address)
	if err != nil {
		return nil, err
	}
	s := &server{url: "http://" + l.Addr().String() + "/metrics", version: version, ended: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", s.metrics)
	mux.HandleFunc("GET /", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "the metrics are at /metrics", http.StatusNotFound)
	})
	s.http = http.Server{
		Handler:        mux,
		ReadTimeout:    5 * time.Second,
		WriteTimeout:   10 * time.Second,
		MaxHeaderBytes: 8 << 10,
		ErrorLog:       log.New(io.Discard, "", 0), // bad requests do not belong in Fluent Bit's log
	}
	s.http.SetKeepAlivesEnabled(false) // idle connections must not keep Prometheus out for long
	go func() {
		defer close(s.ended)
		_ = s.http.Serve(netutil.LimitListener(l, maxConnections))
	}()
	return s, nil
}

func (s *server) metrics(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	sources := slices.Clone(s.samples)
	s.mu.Unlock()
	samples := make([]Sample, len(sources))
	for i, sample := range sources {
		samples[i] = sample()
	}
	w.Header().Set("Content-Type", contentType)
	_, _ = w.Write(render(s.version, samples))
}
