package metrics

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"sync"
	"syscall"
	"time"

	"golang.org/x/net/netutil"
)

// maxConnections bounds how many descriptors those who ask may take away from Fluent Bit.
const maxConnections = 32

// servers are those that run, by the address they were asked for.
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
	sources []*source
}

// A source gives the sample of one instance.
type source struct{ sample func() Sample }

// Serve shows what sample returns, together with what others show at the same address, until stop is called. The url is that of the
// metrics. The error says what to do where the address cannot be had.
func Serve(address, version string, sample func() Sample) (stop func(), url string, err error) {
	servers.Lock()
	defer servers.Unlock()
	s := servers.running[address]
	if s == nil {
		if s, err = listen(address, version); err != nil {
			return nil, "", err
		}
		servers.running[address] = s
	}
	src := &source{sample}
	s.mu.Lock()
	s.sources = append(s.sources, src)
	s.mu.Unlock()
	return sync.OnceFunc(func() { s.leave(address, src) }), s.url, nil
}

func (s *server) leave(address string, src *source) {
	servers.Lock()
	defer servers.Unlock()
	s.mu.Lock()
	s.sources = slices.DeleteFunc(s.sources, func(other *source) bool { return other == src })
	empty := len(s.sources) == 0
	s.mu.Unlock()
	if empty {
		delete(servers.running, address)
		_ = s.http.Close()
		<-s.ended // the port is free when a new instance asks for it
	}
}

func listen(address, version string) (*server, error) {
	l, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, errors.New("another program listens there: choose another port, or end that program")
	}
	var op *net.OpError
	if errors.As(err, &op) {
		err = op.Err // the address is named by whoever reports it
	}
	if err != nil {
		return nil, fmt.Errorf("cannot listen there: %w", err)
	}
	s := &server{url: "http://" + l.Addr().String() + "/metrics", version: version, ended: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", s.metrics)
	mux.HandleFunc("GET /", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "the metrics are at /metrics", http.StatusNotFound)
	})
	s.http = http.Server{
		Handler:           mux,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       5 * time.Second,
		WriteTimeout:      10 * time.Second,
		IdleTimeout:       90 * time.Second,
		MaxHeaderBytes:    8 << 10,
		ErrorLog:          log.New(io.Discard, "", 0), // what strangers send is not for Fluent Bit's log
	}
	go func() {
		defer close(s.ended)
		_ = s.http.Serve(netutil.LimitListener(l, maxConnections))
	}()
	return s, nil
}

func (s *server) metrics(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	sources := slices.Clone(s.sources)
	s.mu.Unlock()
	samples := make([]Sample, len(sources))
	for i, src := range sources {
		samples[i] = src.sample()
	}
	w.Header().Set("Content-Type", contentType)
	_, _ = w.Write(render(s.version, samples))
}
