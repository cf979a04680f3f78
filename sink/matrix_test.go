package sink

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/sink/sinktest"
)

const (
	matrixChunk  = matrixRecords / 10
	brokenChunks = 3 // of the first round; then the receiver is well again
)

// hopeless are the records that some faults refuse for good: two neighbours, one in the middle, the last but one. A record that is
// too large is refused only if the receiver takes others after it.
var hopeless = []int{0, 1, 4321 * matrixRecords / 10_000, matrixRecords - 2}

// fault is a row of the matrix.
type fault struct {
	name string
	// only names the sinks that the row is for; empty is all.
	only []string
	set  map[string]string
	// cert makes the certificate that the server has until it is well.
	cert func(t *testing.T, right *sinktest.CA, host string) tls.Certificate
	// down says that the server does not listen at first, and stops that a request stops it.
	down, stops bool
	// fault is what the requests meet until the receiver is well.
	fault func(r *rig) sinktest.Fault
	// lasting says that the fault stays when the receiver is well.
	lasting bool
	// prepare changes the receiver itself.
	prepare func(r *rig)
	// dead is how many records are refused for good; smooth says that nothing is retried.
	dead   int
	smooth bool
	// lost says that the receiver may have stored records without the sink knowing. Only a receiver that detects duplicates then has
	// each record once.
	lost bool
}

func say(status int) func(*rig) sinktest.Fault {
	return func(*rig) sinktest.Fault {
		return sinktest.Say(sinktest.Reply{Status: status, ContentType: "application/json",
			Body: `{"error":"` + http.StatusText(status) + `"}`})
	}
}

func sayText(status int, contentType, text string) func(*rig) sinktest.Fault {
	return func(*rig) sinktest.Fault {
		return sinktest.Say(sinktest.Reply{Status: status, ContentType: contentType, Body: text})
	}
}

func first(n int, f sinktest.Fault) func(*rig) sinktest.Fault {
	return func(*rig) sinktest.Fault { return sinktest.First(n, f) }
}

const refusedChunks = brokenChunks * matrixChunk

var matrix = []fault{
	{name: "no fault", smooth: true},
	{name: "connection refused", down: true},
	{name: "reset before the headers", fault: first(3, sinktest.ResetBeforeHeaders), lost: true},
	{name: "reset half way through the answer", fault: first(3, sinktest.ResetHalfway), lost: true},
	{name: "slow answer past the timeout", fault: first(2, sinktest.Slow), lost: true, set: map[string]string{"Timeout": "400ms"}},
	{name: "200 with partial failures", only: []string{Elasticsearch}, prepare: mixedItems, dead: matrixRecords / 10, set: map[string]string{"Timeout": "400ms"}},
	{name: "some lines refused, the others stored", only: []string{Loki}, prepare: rejectLines, dead: len(hopeless), smooth: true},
	{name: "answers of every kind in turn", only: []string{HTTP}, fault: inTurn(200, 429, 503, 500), lasting: true},
	{name: "200 with an HTML page", fault: first(3, sinktest.Say(sinktest.HTML))},
	{name: "200 with too few items", only: []string{Elasticsearch},
		fault: sayText(200, "application/json", `{"errors":false,"items":[{"create":{"status":201}}]}`)},
	{name: "200 with another protocol's answer", only: []string{Elasticsearch, Loki, SplunkHEC},
		fault: sayText(200, "application/json", `{"status":"success"}`)},
	{name: "200 with half an answer that says it is whole", only: []string{Elasticsearch},
		fault: sayText(200, "application/json", `{"errors":false,"items":[{"create":`)},
	{name: "400", fault: func(r *rig) sinktest.Fault {
		return sinktest.Say(sinktest.Reply{Status: 400, ContentType: "application/json", Body: cmp.Or(testKinds[r.kind].refusal, `{"error":"Bad Request"}`)})
	}, dead: refusedChunks, smooth: true},
	{name: "401", fault: say(401), set: map[string]string{"Timeout": "400ms"}},
	{name: "403", fault: say(403), set: map[string]string{"Timeout": "400ms"}},
	{name: "404", fault: say(404), set: map[string]string{"Timeout": "400ms"}},
	{name: "400 for the request", only: []string{Elasticsearch}, set: map[string]string{"Timeout": "400ms"}, fault: sayText(400, "application/json",
		`{"error":{"type":"illegal_argument_exception","reason":"request [/_bulk] contains unrecognized parameter: [x]"},"status":400}`)},
	{name: "no such index, item by item", only: []string{Elasticsearch}, set: map[string]string{"Timeout": "400ms"}, fault: itemsSay(404, "index_not_found_exception")},
	{name: "not allowed, item by item", only: []string{Elasticsearch}, set: map[string]string{"Timeout": "400ms"}, fault: itemsSay(403, "security_exception")},
	{name: "some events refused, those before them stored", only: []string{SplunkHEC}, prepare: rejectEvents, dead: len(hopeless), smooth: true},
	{name: "200 with the code of an error", only: []string{SplunkHEC}, fault: sayText(200, "application/json", `{"text":"Server is busy","code":9}`)},
	{name: "a success that says the queue fills up", only: []string{SplunkHEC}, smooth: true, lasting: true, fault: func(*rig) sinktest.Fault {
		return func(x *sinktest.Exchange) bool {
			x.Apply()
			x.Answer(sinktest.Reply{Status: 200, ContentType: "application/json", Body: `{"text":"HEC is approaching capacity","code":24}`})
			return true
		}
	}},
	{name: "an index that the token does not allow", only: []string{SplunkHEC}, set: map[string]string{"Timeout": "400ms"},
		fault: sayText(400, "application/json", `{"text":"Incorrect index","code":7,"invalid-event-number":0}`)},
	{name: "a token with acknowledgment", only: []string{SplunkHEC}, set: map[string]string{"Timeout": "400ms"},
		fault: sayText(400, "application/json", `{"text":"Data channel is missing","code":10}`)},
	{name: "400 of something else", only: []string{SplunkHEC}, set: map[string]string{"Timeout": "400ms"}, fault: sayText(400, "text/plain", "error: invalid HTTP endpoint")},
	{name: "503 with a code", only: []string{SplunkHEC}, fault: sayText(503, "application/json", `{"text":"Server is busy","code":9}`)},
	{name: "429 with a code", only: []string{SplunkHEC}, fault: sayText(429, "application/json", `{"text":"HEC is at capacity","code":26}`)},
	{name: "400 from a proxy", set: map[string]string{"Timeout": "400ms"}, fault: sayText(400, "text/html", clientCertificateExpired)},
	{name: "407", fault: say(407)},
	{name: "408", fault: say(408)},
	{name: "409 while the first request is still worked on", only: []string{HTTP}, fault: func(*rig) sinktest.Fault {
		var n atomic.Int64
		return func(x *sinktest.Exchange) bool {
			switch n.Add(1) {
			case 1:
				return sinktest.ResetBeforeHeaders(x)
			case 2, 3:
				x.Answer(sinktest.Reply{Status: http.StatusConflict})
				return true
			}
			return false
		}
	}},
	{name: "413 down to one record", dead: len(hopeless), lasting: true, fault: func(*rig) sinktest.Fault {
		var texts []string
		for _, n := range hopeless {
			texts = append(texts, marker(n))
		}
		return sinktest.TooLarge(texts...)
	}},
	{name: "413 down to a limit", smooth: true, lasting: true, fault: upTo(4 << 10)},
	{name: "413 and lost answers", lasting: true, lost: true, fault: func(*rig) sinktest.Fault {
		var n atomic.Int64
		return func(x *sinktest.Exchange) bool {
			switch {
			case len(x.Body) > 4<<10:
				x.Answer(sinktest.Reply{Status: http.StatusRequestEntityTooLarge})
			case n.Add(1) <= 3:
				x.Apply()
				x.Reset(nil) // stored, and nobody hears of it
			default:
				return false
			}
			return true
		}
	}},
	{name: "413 for everything", set: map[string]string{"Timeout": "400ms"}, fault: say(413)},
	{name: "415", set: map[string]string{"Timeout": "400ms"}, fault: say(415)},
	{name: "429", fault: say(429)},
	{name: "500", fault: say(500)},
	{name: "502 with an HTML page", fault: sayText(502, "text/html", "<html>Bad Gateway</html>")},
	{name: "503", fault: say(503)},
	{name: "504 after the records were stored", lost: true, fault: first(3, func(x *sinktest.Exchange) bool {
		x.Apply()
		x.Answer(sinktest.Reply{Status: http.StatusGatewayTimeout, ContentType: "text/html", Body: "<html>"})
		return true
	})},
	{name: "redirect", fault: func(r *rig) sinktest.Fault {
		return func(x *sinktest.Exchange) bool {
			if strings.HasPrefix(x.Request.URL.Path, "/elsewhere") {
				return false // would be stored
			}
			x.Answer(sinktest.Reply{Status: 307, Location: r.server.URL() + "/elsewhere" + x.Request.URL.Path})
			return true
		}
	}},
	{name: "wrong certificate", cert: func(t *testing.T, _ *sinktest.CA, host string) tls.Certificate {
		return sinktest.NewCA(t).Leaf(t, host, time.Hour)
	}},
	{name: "expired certificate", cert: func(t *testing.T, right *sinktest.CA, host string) tls.Certificate {
		return right.Leaf(t, host, -time.Hour)
	}},
	{name: "certificate of another host", cert: func(t *testing.T, right *sinktest.CA, _ string) tls.Certificate {
		return right.Leaf(t, "127.1.2.3", time.Hour)
	}},
	{name: "stops and comes back", stops: true, lost: true, fault: func(r *rig) sinktest.Fault {
		return sinktest.First(1, func(x *sinktest.Exchange) bool {
			x.Apply()
			go r.server.Stop()
			x.Hang()
			return true
		})
	}},
}

// clientCertificateExpired is how nginx answers when it no longer accepts the client certificate.
const clientCertificateExpired = "<html>\r\n<head><title>400 The SSL certificate error</title></head>\r\n<body>\r\n" +
	"<center><h1>400 Bad Request</h1></center>\r\n<center>The SSL certificate error</center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"

// mixedItems makes one bulk answer hold 201, 409, 429, 400, 503 and 403. What is there already, and what is wrong, stays so;
// the rest is taken the next time.
func mixedItems(r *rig) {
	var mu sync.Mutex
	tried := map[string]bool{}
	r.server.Receiver.(*sinktest.Bulk).Item = func(id string, _ []byte) int {
		mu.Lock()
		defer mu.Unlock()
		again := tried[id]
		tried[id] = true
		switch id[35] {
		case '0':
			return http.StatusConflict
		case '2':
			return http.StatusBadRequest
		}
		if again {
			return http.StatusCreated
		}
		switch id[35] {
		case '1':
			return http.StatusTooManyRequests
		case '3':
			return http.StatusServiceUnavailable
		case '4':
			return http.StatusForbidden
		}
		return http.StatusCreated
	}
}

// itemsSay answers every item with one error, which is about the index.
func itemsSay(status int, kind string) func(*rig) sinktest.Fault {
	return func(*rig) sinktest.Fault {
		return func(x *sinktest.Exchange) bool {
			items := make([]string, bytes.Count(x.Body, []byte("\n"))/2)
			for i := range items {
				items[i] = fmt.Sprintf(`{"create":{"status":%d,"error":{"type":%q,"reason":"r"}}}`, status, kind)
			}
			x.Answer(sinktest.Reply{Status: 200, ContentType: "application/json", Body: `{"errors":true,"items":[` + strings.Join(items, ",") + `]}`})
			return true
		}
	}
}

// rejectLines refuses single lines for good.
func rejectLines(r *rig) {
	r.server.Receiver.(*sinktest.Loki).Reject = func(line string) string {
		for _, n := range hopeless {
			if strings.Contains(line, marker(n)) {
				return fmt.Sprintf("entry %d has a timestamp too old", n)
			}
		}
		return ""
	}
}

// rejectEvents refuses single events for good.
func rejectEvents(r *rig) {
	r.server.Receiver.(*sinktest.SplunkHEC).Invalid = func(event []byte) bool {
		return slices.ContainsFunc(hopeless, func(n int) bool { return bytes.Contains(event, []byte(marker(n))) })
	}
}

// inTurn stores what it answers with 200, and nothing else.
func inTurn(statuses ...int) func(*rig) sinktest.Fault {
	return func(*rig) sinktest.Fault {
		var n atomic.Int64
		return func(x *sinktest.Exchange) bool {
			status := statuses[int(n.Add(1))%len(statuses)]
			if status == http.StatusOK {
				return false
			}
			x.Answer(sinktest.Reply{Status: status})
			return true
		}
	}
}

func upTo(most int) func(*rig) sinktest.Fault {
	return func(*rig) sinktest.Fault {
		return func(x *sinktest.Exchange) bool {
			if len(x.Body) <= most {
				return false
			}
			x.Answer(sinktest.Reply{Status: http.StatusRequestEntityTooLarge})
			return true
		}
	}
}

// TestMatrix delivers 10,000 records (fewer under the race detector, which makes the receivers slow) to each sink through each fault, and then counts them at the receiver and in the dead letters.
func TestMatrix(t *testing.T) {
	chunks := signIns(matrixRecords, matrixChunk)
	for _, kind := range networkKinds() {
		t.Run(kind, func(t *testing.T) {
			for _, f := range matrix {
				if f.only == nil || slices.Contains(f.only, kind) {
					t.Run(f.name, func(t *testing.T) {
						t.Parallel()
						f.run(t, kind, chunks)
					})
				}
			}
		})
	}
}

func (f *fault) run(t *testing.T, kind string, chunks []*Chunk) {
	r := newRig(t, kind)
	r.mayRepeat = f.lost && testKinds[kind].repeats
	heal := f.inflict(t, r, kind)

	var done Verdict
	var back []*Chunk
	deliver := func(c *Chunk) {
		v := r.Deliver(context.Background(), c)
		done.Delivered += v.Delivered
		done.Refused += v.Refused
		done.Left += v.Left
		if v.Answer == Retry {
			require.NotEmpty(t, v.Reason)
			back = append(back, c)
		} else {
			require.Zero(t, v.Left)
		}
	}
	for _, c := range chunks[:brokenChunks] {
		deliver(c)
	}
	heal()
	for _, c := range chunks[brokenChunks:] {
		deliver(c)
	}
	for round := 0; len(back) > 0; round++ {
		require.Less(t, round, 1000, "still not done: %s", r.logged)
		time.Sleep(time.Millisecond) // a receiver that was slow is not asked again for as long as Timeout
		again := back
		back = nil
		for _, c := range again {
			deliver(c)
		}
	}

	dead := r.checkOnce(t, matrixRecords)
	assert.Len(t, dead, f.dead)
	assert.Equal(t, f.dead, done.Refused)
	assert.Equal(t, matrixRecords-f.dead, done.Delivered)
	assert.Equal(t, f.smooth, done.Left == 0, "%d records were left: %s", done.Left, r.logged)
	stats := r.Stats()
	assert.EqualValues(t, done.Delivered, stats.Delivered)
	assert.EqualValues(t, done.Refused, stats.Refused)
	assert.EqualValues(t, done.Left, stats.Retried)
	assert.Empty(t, r.memory.entries, "a chunk that is done is forgotten")
}

// inflict opens the output with the fault at work. heal ends it.
func (f *fault) inflict(t *testing.T, r *rig, kind string) (heal func()) {
	set := map[string]string{}
	for name, value := range f.set {
		set[name] = value
	}
	var ca *sinktest.CA
	if f.cert != nil {
		ca = sinktest.NewCA(t)
		r.server.SetCertificate(f.cert(t, ca, r.server.Host()))
		set["TLS_CA_File"] = ca.File(t)
	}
	if f.prepare != nil {
		f.prepare(r)
	}
	if f.fault != nil {
		r.server.SetFault(f.fault(r))
	}
	if !f.down {
		r.server.Listen(t)
	}
	r.open(t, kind, set)
	return func() {
		if ca != nil {
			r.server.SetCertificate(ca.Leaf(t, r.server.Host(), time.Hour))
		}
		if !f.lasting {
			r.server.SetFault(nil)
		}
		if f.down || f.stops {
			r.server.Stop() // waits until it has
			r.server.Listen(t)
		}
	}
}
