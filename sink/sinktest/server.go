// Package sinktest holds receivers for the tests of package sink. They decode requests from the bytes on the wire, as strictly
// as the real ones, and answer as those do, so that a test can assert what arrived and not what was called.
//
// # What it is not
//
// It stores in memory and never forgets: it is no database, and it knows of each protocol only what sink uses.
//
// # Faults
//
// A Server can stop and come back at the same address, change its certificate, and give the answer to any request into
// the hands of a Fault.
package sinktest

import (
	"bytes"
	"compress/gzip"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Receiver decodes one request, stores what it accepts and says what to answer. It is used by several goroutines at once.
type Receiver interface {
	Receive(r *http.Request, body []byte) Reply
}

// Reply is an answer.
type Reply struct {
	Status      int
	ContentType string
	Body        string
	Location    string
}

// Exchange is a request and the means to answer it.
type Exchange struct {
	Number  int // of the request to this server, from 1
	Request *http.Request
	Body    []byte // decompressed

	w        http.ResponseWriter
	receiver Receiver
}

// Fault answers a request in place of the server. If it returns false, the server answers after all.
type Fault func(x *Exchange) (answered bool)

// Server runs a Receiver on a loopback address.
type Server struct {
	Receiver Receiver

	addr     string
	requests atomic.Int64
	wire     atomic.Int64

	mu    sync.Mutex
	fault Fault
	cert  *tls.Certificate
	ask   bool
	http  *http.Server
	done  chan struct{}
}

// A TB is the part of testing.TB that a Server needs. It lets programs use servers, too.
type TB interface {
	Helper()
	Fatal(args ...any)
	Cleanup(f func())
}

var hosts atomic.Uint32

// New reserves an address, which no other process uses, and starts nothing yet.
func New(t TB, receiver Receiver) *Server {
	t.Helper()
	// 127.0.0.0/8 is all ours. An address of its own keeps others off the port while the server is stopped.
	pid := os.Getpid()
	host := fmt.Sprintf("127.%d.%d.%d", 64+pid%128, pid/128%256, 1+hosts.Add(1)%250)
	l, err := net.Listen("tcp", host+":0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Receiver: receiver, addr: l.Addr().String()}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s
}

// Start is New and then Listen.
func Start(t TB, receiver Receiver) *Server {
	t.Helper()
	s := New(t, receiver)
	s.Listen(t)
	return s
}

// Listen starts the server, or starts it again.
func (s *Server) Listen(t TB) {
	t.Helper()
	l, err := net.Listen("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cert != nil {
		config := &tls.Config{GetCertificate: s.certificate, MinVersion: tls.VersionTLS12}
		if s.ask {
			config.ClientAuth = tls.RequestClientCert
		}
		l = tls.NewListener(l, config)
	}
	server := &http.Server{Handler: s, ErrorLog: quiet, ReadHeaderTimeout: time.Minute}
	done := make(chan struct{})
	s.http, s.done = server, done
	go func() {
		defer close(done)
		_ = server.Serve(l)
	}()
}

// Stop closes the port and every connection.
func (s *Server) Stop() {
	s.mu.Lock()
	server, done := s.http, s.done
	s.http = nil
	s.mu.Unlock()
	if server != nil {
		_ = server.Close()
		<-done
	}
}

// URL is the address with http or, once the server has a certificate, https.
func (s *Server) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cert != nil {
		return "https://" + s.addr
	}
	return "http://" + s.addr
}

// Host is the address without the port, the name a certificate must bear.
func (s *Server) Host() string {
	host, _, _ := net.SplitHostPort(s.addr)
	return host
}

// SetFault sets what answers from now on; nil is the receiver.
func (s *Server) SetFault(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = f
}

// SetCertificate sets the certificate of the connections to come. The first one must be set before Listen.
func (s *Server) SetCertificate(c tls.Certificate) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cert = &c
}

// AskForCertificate has the server ask clients for theirs, and take any or none. It must be called before Listen.
func (s *Server) AskForCertificate() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ask = true
}

func (s *Server) certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cert, nil
}

// Requests is the number of requests so far.
func (s *Server) Requests() int { return int(s.requests.Load()) }

// WireBytes is the length of all bodies so far, as they were sent.
func (s *Server) WireBytes() int { return int(s.wire.Load()) }

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	number := int(s.requests.Add(1))
	text, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler) // no answer: a request that was not read must not count as taken
	}
	s.wire.Add(int64(len(text)))
	if r.Header.Get("Content-Encoding") == "gzip" {
		if text, err = gunzip(text); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	}
	x := &Exchange{Number: number, Request: r, Body: text, w: w, receiver: s.Receiver}
	s.mu.Lock()
	fault := s.fault
	s.mu.Unlock()
	if fault == nil || !fault(x) {
		x.Answer(x.Apply())
	}
}

func gunzip(packed []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
