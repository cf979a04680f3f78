package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"
)

// receiver takes JSON lines over HTTP, a batch with a key that it has seen only once, and has bad moments. It is the only
// judge of what was delivered: an answer that gets lost comes after the records are stored.
type receiver struct {
	ledger *ledger
	faults tally
	fail   func(error)
	server *http.Server
	url    string

	storing sync.Mutex // so that who comes second with a key is answered when all of it is stored
	keys    map[string]bool

	mu    sync.Mutex
	rand  *rand.Rand
	well  bool // has no bad moments any more
	delay *delay
}

// delay holds up one request.
type delay struct {
	arrived chan struct{} // closed when the request is there
	length  time.Duration
}

func newReceiver(seed uint64, l *ledger, fail func(error)) (*receiver, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &receiver{ledger: l, fail: fail, url: "http://" + listener.Addr().String() + "/", rand: newRand(seed, 1<<63+3), keys: make(map[string]bool)}
	r.server = &http.Server{Handler: r, ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: time.Minute}
	go func() { _ = r.server.Serve(listener) }() // until close
	return r, nil
}

func (r *receiver) close() { _ = r.server.Close() }

// recover ends the bad moments.
func (r *receiver) recover() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.well = true
}

// hold holds up the next request; nil lets it pass.
func (r *receiver) hold(d *delay) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.delay = d
}

// moments are the faults, each with how often of a thousand requests it happens.
var moments = []struct {
	name string
	mill int
}{
	{"503", 30},
	{"429 with Retry-After", 20},
	{"a web page", 5},
	{"cut before it is stored", 20},
	{"cut after it is stored", 20},
	{"half an answer", 10},
	{"slow", 10},
	{"stalls", 1}, // each takes the client's timeout and as long a pause
}

// moment is the fault of a request, "" for none, and how the request is held up.
func (r *receiver) moment() (name string, d *delay) {
	r.mu.Lock()
	defer r.mu.Unlock()
	d, r.delay = r.delay, nil
	if r.well || d != nil {
		return "", d
	}
	n := r.rand.IntN(1000)
	for _, m := range moments {
		if n -= m.mill; n < 0 {
			r.faults.add(m.name)
			return m.name, nil
		}
	}
	return "", nil
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := readBody(req)
	if err != nil {
		panic(http.ErrAbortHandler) // no answer: what was not read must not count as taken
	}
	name, d := r.moment()
	if d != nil {
		close(d.arrived)
		time.Sleep(d.length)
	}
	switch name {
	case "503":
		http.Error(w, "not now", http.StatusServiceUnavailable)
	case "429 with Retry-After":
		w.Header().Set("Retry-After", "1")
		http.Error(w, "too many", http.StatusTooManyRequests)
	case "a web page":
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!DOCTYPE html><html><body>Log in</body></html>")
	case "cut before it is stored":
		cut(w, "")
	case "cut after it is stored":
		r.store(req, body)
		cut(w, "")
	case "half an answer":
		r.store(req, body)
		cut(w, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
	case "stalls":
		r.store(req, body)
		<-req.Context().Done()
	case "slow":
		time.Sleep(200 * time.Millisecond)
		r.store(req, body)
	default:
		r.store(req, body)
	}
}

// store ticks off the records of a batch that is new.
func (r *receiver) store(req *http.Request, body []byte) {
	key := req.Header.Get("Idempotency-Key")
	r.storing.Lock()
	defer r.storing.Unlock()
	if r.keys[key] {
		return
	}
	r.keys[key] = true
	body, ended := bytes.CutSuffix(body, []byte{'\n'})
	if key == "" || !ended {
		r.fail(fmt.Errorf("a request with the key %q ends in %q", key, body[max(0, len(body)-10):]))
	}
	for line := range bytes.SplitSeq(body, []byte{'\n'}) {
		if err := r.ledger.arrived(line); err != nil {
			r.fail(fmt.Errorf("receiver: %w", err))
			return
		}
	}
}

func readBody(req *http.Request) ([]byte, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil || req.Header.Get("Content-Encoding") != "gzip" {
		return body, err
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// cut sends some bytes and breaks the connection off, with a reset where there are none.
func cut(w http.ResponseWriter, said string) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	if tcp, ok := conn.(*net.TCPConn); ok && said == "" {
		_ = tcp.SetLinger(0)
	}
	_, _ = io.WriteString(conn, said)
}
