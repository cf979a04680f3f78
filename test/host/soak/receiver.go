package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"fluent-bit-entra-signin/sink/sinktest"
)

// A receiver takes JSON lines over HTTP, each batch with a key that it has not seen, and fails now and then. It alone decides what
// was delivered: an answer that gets lost comes after the records are stored.
type receiver struct {
	ledger *ledger
	faults tally
	fail   func(error)
	server *sinktest.Server

	storing sync.Mutex // a second request with a key is answered after the first has stored its records
	keys    map[string]bool

	mu    sync.Mutex
	rand  *rand.Rand
	well  bool // no more faults
	delay *delay
}

// A delay holds up one request.
type delay struct {
	arrived chan struct{} // closed when the request is there
	length  time.Duration
}

// starting is what a server needs in the place of a test.
type starting struct{ err error }

func (s *starting) Helper()           {}
func (s *starting) Cleanup(func())    {}
func (s *starting) Fatal(args ...any) { s.err = errors.New(fmt.Sprint(args...)) }

func newReceiver(seed uint64, l *ledger, fail func(error)) (*receiver, error) {
	r := &receiver{ledger: l, fail: fail, rand: newRand(seed, 1<<63+3), keys: make(map[string]bool)}
	var s starting
	if r.server = sinktest.New(&s, r); s.err == nil {
		r.server.SetFault(r.fault)
		r.server.Listen(&s)
	}
	return r, s.err
}

// recover ends the faults.
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

// faults of the receiver, each with its share of 1,000 requests.
var faults = []struct {
	name string
	mill int
	do   sinktest.Fault
}{
	{"503", 30, sinktest.Say(sinktest.Reply{Status: http.StatusServiceUnavailable})},
	{"429", 20, sinktest.Say(sinktest.Reply{Status: http.StatusTooManyRequests})},
	{"a web page", 5, sinktest.Say(sinktest.HTML)},
	{"cut before it is stored", 20, func(x *sinktest.Exchange) bool { x.Reset(nil); return true }},
	{"cut after it is stored", 20, sinktest.ResetBeforeHeaders},
	{"half an answer", 10, sinktest.ResetHalfway},
	{"slow", 10, func(*sinktest.Exchange) bool { time.Sleep(200 * time.Millisecond); return false }},
	{"stalls", 1, sinktest.Slow}, // each takes the client's timeout and as long a pause
}

// fault is what happens to a request.
func (r *receiver) fault(x *sinktest.Exchange) (answered bool) {
	do, d := r.next()
	if d != nil {
		close(d.arrived)
		time.Sleep(d.length)
	}
	return do != nil && do(x)
}

// next returns the fault of the next request, nil for none, and how the request is held up.
func (r *receiver) next() (sinktest.Fault, *delay) {
	r.mu.Lock()
	defer r.mu.Unlock()
	d := r.delay
	r.delay = nil
	if r.well || d != nil {
		return nil, d
	}
	n := r.rand.IntN(1000)
	for _, f := range faults {
		if n -= f.mill; n < 0 {
			r.faults.add(f.name)
			return f.do, nil
		}
	}
	return nil, nil
}

// Receive implements sinktest.Receiver: it ticks off the records of a batch that is new.
func (r *receiver) Receive(req *http.Request, body []byte) sinktest.Reply {
	key := req.Header.Get("Idempotency-Key")
	r.storing.Lock()
	defer r.storing.Unlock()
	if r.keys[key] {
		return sinktest.Reply{Status: http.StatusOK}
	}
	r.keys[key] = true
	body, ended := bytes.CutSuffix(body, []byte{'\n'})
	if key == "" || !ended {
		r.fail(fmt.Errorf("a request with the key %q ends in %q", key, body[max(0, len(body)-10):]))
	}
	for line := range bytes.SplitSeq(body, []byte{'\n'}) {
		if err := r.ledger.arrived(line); err != nil {
			r.fail(fmt.Errorf("receiver: %w", err))
			break
		}
	}
	return sinktest.Reply{Status: http.StatusOK}
}
