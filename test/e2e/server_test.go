package e2e

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/sink/sinktest"
)

// mark stands before the number of a record, once in each and in no other place, so that a record is recognized in every format.
const mark = "made-5eed-"

var marked = regexp.MustCompile(mark + `(\d{6})`)

// signIn is the record with a number, as Microsoft Graph writes it.
func signIn(n int) string {
	codes := []int{0, 0, 0, 50126, 50140, 53003, 50053, 990001}
	return fmt.Sprintf(`{"id":"5a%06x-7c3e-4d2b-8f10-00000000abcd","createdDateTime":"2026-03-02T09:07:13.1234567Z",`+
		`"userPrincipalName":"user%d@contoso.com","appDisplayName":"Contoso Portal","ipAddress":"203.0.113.%d",`+
		`"correlationId":"%s%06d","clientAppUsed":"Browser","isInteractive":true,"riskEventTypes_v2":[],`+
		`"status":{"errorCode":%d,"failureReason":"Other.","additionalDetails":null}}`,
		n, n%997, n%250, mark, n, codes[n%len(codes)])
}

// addSignIns appends the records from one number up to another to a file.
func addSignIns(t *testing.T, path string, from, to int) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	require.NoError(t, err)
	w := bufio.NewWriter(f)
	for n := from; n < to; n++ {
		_, _ = io.WriteString(w, signIn(n)+"\n") // Flush returns the error
	}
	require.NoError(t, w.Flush())
	require.NoError(t, f.Close())
}

// signIns is a new file with the first total records.
func signIns(t *testing.T, total int) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "signins.jsonl")
	addSignIns(t, path, 0, total)
	return path
}

// assertOnce checks that the texts hold each of the first total records, and hold it once.
func assertOnce(t *testing.T, total int, texts []string) {
	t.Helper()
	times := make([]int, total)
	for _, text := range texts {
		for _, found := range marked.FindAllStringSubmatch(text, -1) {
			n, err := strconv.Atoi(found[1])
			require.NoError(t, err)
			require.Less(t, n, total)
			times[n]++
		}
	}
	lost, repeated := 0, 0
	for _, n := range times {
		switch {
		case n == 0:
			lost++
		case n > 1:
			repeated++
		}
	}
	assert.Zero(t, lost, "records that are lost")
	assert.Zero(t, repeated, "records that are there more than once")
	assert.Len(t, texts, total)
}

// A receiver is a server that stores what a sink sends.
type receiver struct {
	*sinktest.Server
	stored func() []string // the records, as text; to be called when no request runs

	mu       sync.Mutex
	answered []bool // by the number of the record
	total    int    // of the answered
	holdAt   int    // the server holds every request back once so many records are answered
	released chan struct{}
	crash    atomic.Int64
	crashed  chan struct{}
}

// newReceiver starts the test server of a sink.
func newReceiver(t *testing.T, sink string, total int) *receiver {
	r := &receiver{answered: make([]bool, total), crashed: make(chan struct{}, 1)}
	var store sinktest.Receiver
	switch sink {
	case "elasticsearch":
		bulk := &sinktest.Bulk{Index: "entra-signin"}
		store, r.stored = bulk, func() (all []string) {
			for _, doc := range bulk.Docs() {
				all = append(all, string(doc))
			}
			return all
		}
	case "loki":
		loki := &sinktest.Loki{}
		store, r.stored = loki, func() (all []string) {
			for _, e := range loki.Entries() {
				all = append(all, e.Line)
			}
			return all
		}
	default:
		collector := &sinktest.Collector{}
		store, r.stored = collector, func() (all []string) {
			for _, record := range collector.Records() {
				all = append(all, string(record))
			}
			return all
		}
	}
	r.crash.Store(-1)
	r.holdAt = total
	r.released = make(chan struct{})
	t.Cleanup(r.release)
	r.Server = sinktest.Start(t, store)
	r.SetFault(r.answer)
	return r
}

// crashAfter makes the server fail after it has answered a number of records. It stores the next request and does not answer, so
// that no client can know that the request is stored. The test then stops the server, which resets its connections.
func (r *receiver) crashAfter(records int) { r.crash.Store(int64(records)) }

// holdAfter makes the server hold back every request, neither stored nor answered, after it has answered a number of records, until
// release.
func (r *receiver) holdAfter(records int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.holdAt = records
}

// release lets the requests that are held back, and all later ones, go on.
func (r *receiver) release() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.holdAt < len(r.answered) {
		r.holdAt = len(r.answered)
		close(r.released)
	}
}

func (r *receiver) waitForRelease() {
	r.mu.Lock()
	held := r.total >= r.holdAt
	r.mu.Unlock()
	if held {
		<-r.released
	}
}

func (r *receiver) answer(x *sinktest.Exchange) (answered bool) {
	r.waitForRelease()
	if at := r.crash.Load(); at >= 0 && int64(r.arrived()) >= at && r.crash.CompareAndSwap(at, -1) {
		x.Apply()
		r.crashed <- struct{}{}
		x.Hang()
		return true
	}
	x.Answer(x.Apply())
	r.mu.Lock()
	defer r.mu.Unlock()
	for body := x.Body; ; {
		_, rest, found := bytes.Cut(body, []byte(mark))
		if !found {
			return true
		}
		if n, err := strconv.Atoi(string(rest[:6])); err == nil && n < len(r.answered) && !r.answered[n] {
			r.answered[n] = true
			r.total++
		}
		body = rest
	}
}

// arrived is the number of records that were answered.
func (r *receiver) arrived() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.total
}

// killTwice stops the server after a third and after two thirds of the records, and starts it again at the same port.
func (r *receiver) killTwice(t *testing.T, p *process, outage time.Duration) {
	t.Helper()
	for third := 1; third <= 2; third++ {
		r.crashAfter(third * len(r.answered) / 3)
		p.eventually("a request at the wrong moment", func() bool { return len(r.crashed) > 0 })
		<-r.crashed
		r.Stop()
		time.Sleep(outage)
		r.Listen(t)
	}
}

// counters are those that an output logs when it ends.
type counters struct{ delivered, existing, refused, retried int }

var countersLine = regexp.MustCompile(`delivered=(\d+) existing=(\d+) refused=(\d+) retried=(\d+)`)

func (p *process) counters() (c counters) {
	p.t.Helper()
	found := countersLine.FindStringSubmatch(p.log.String())
	require.NotNil(p.t, found, "the output has not said what it delivered")
	for i, n := range []*int{&c.delivered, &c.existing, &c.refused, &c.retried} {
		var err error
		*n, err = strconv.Atoi(found[1+i])
		require.NoError(p.t, err)
	}
	return c
}

// freeAddress is an address on this machine that nothing listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	return l.Addr().String()
}

func freePort(t *testing.T) string {
	t.Helper()
	_, port, err := net.SplitHostPort(freeAddress(t))
	require.NoError(t, err)
	return port
}
