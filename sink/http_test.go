package sink

import (
	"encoding/json"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/sink/sinktest"
)

// spy keeps the requests that a server sees.
type spy struct {
	mu       sync.Mutex
	requests []*http.Request
	bodies   []string
}

// watch answers like fault, or like the receiver if that is nil.
func (s *spy) watch(fault sinktest.Fault) sinktest.Fault {
	return func(x *sinktest.Exchange) bool {
		s.mu.Lock()
		s.requests = append(s.requests, x.Request)
		s.bodies = append(s.bodies, string(x.Body))
		s.mu.Unlock()
		return fault != nil && fault(x)
	}
}

func TestHTTPBytes(t *testing.T) {
	c := &Chunk{ID: ID{1}, Records: []Record{
		{Sec: 1, Body: pack(pairs{"a", 1})},
		{Sec: 2, Body: pack(pairs{"b", "\xff"})},
	}}
	const first, second = `{"@timestamp":"1970-01-01T00:00:01.000000000Z","a":1}`, "{\"@timestamp\":\"1970-01-01T00:00:02.000000000Z\",\"b\":\"\uFFFD\"}"
	for _, f := range []struct {
		set                    map[string]string
		wantType, wantBody     string
		wantEncoding, wantAuth string
	}{
		{map[string]string{}, "application/x-ndjson", first + "\n" + second + "\n", "", ""},
		{map[string]string{"Line_Format": "array"}, "application/json", "[" + first + "," + second + "]", "", ""},
		{map[string]string{"Compress": "gzip"}, "application/x-ndjson", first + "\n" + second + "\n", "gzip", ""},
		{map[string]string{"HTTP_User": "me", "HTTP_Passwd": "pa:ss"}, "application/x-ndjson", first + "\n" + second + "\n", "", "Basic bWU6cGE6c3M="},
		{map[string]string{"Bearer_Token": "tok"}, "application/x-ndjson", first + "\n" + second + "\n", "", "Bearer tok"},
	} {
		r := startRig(t, HTTP, f.set)
		var s spy
		r.server.SetFault(s.watch(nil))
		require.Equal(t, Verdict{Delivered: 2}, r.Deliver(t.Context(), c))
		require.Len(t, s.bodies, 1)
		assert.Equal(t, f.wantBody, s.bodies[0])
		header := s.requests[0].Header
		assert.Equal(t, f.wantType, header.Get("Content-Type"))
		assert.Equal(t, f.wantEncoding, header.Get("Content-Encoding"))
		assert.Equal(t, f.wantAuth, header.Get("Authorization"))
		assert.Equal(t, "fluent-bit-entra-signin", header.Get("User-Agent"))
		assert.Len(t, header.Get("Idempotency-Key"), 32)
		assert.Equal(t, []string{first, second}, r.stored())
	}
}

func TestHTTPSendsHeadersAndQuery(t *testing.T) {
	t.Setenv("SINK_TEST_KEY", "from the environment\n")
	r := newRig(t, HTTP)
	r.server.Listen(t)
	var s spy
	r.server.SetFault(s.watch(nil))
	d := open(t, map[string]string{"Sink": HTTP, "URL": r.server.URL() + "/a/b?token=x&y=%20",
		"Header": "X-One: 1 | X-Two: a: b | x-one: 2 |\n X-Key: env:SINK_TEST_KEY | User-Agent: mine"}, r.logged.log)
	require.Equal(t, OK, d.Deliver(t.Context(), signIns(1, 1)[0]).Answer)
	got := s.requests[0]
	assert.Equal(t, "/a/b?token=x&y=%20", got.RequestURI)
	assert.Equal(t, []string{"1", "2"}, got.Header["X-One"])
	assert.Equal(t, "a: b", got.Header.Get("X-Two"))
	assert.Equal(t, "from the environment", got.Header.Get("X-Key"))
	assert.Equal(t, []string{"mine"}, got.Header["User-Agent"])
}

// TestHTTPKeys delivers a chunk of several batches of which one fails: it must come again under its key, although the others
// are not sent any more, and also after a catalog with other texts was loaded.
func TestHTTPKeys(t *testing.T) {
	r := startRig(t, HTTP, map[string]string{"Batch_Bytes": "2k"})
	c := signIns(40, 40)[0]
	var before, after spy
	n := 0
	r.server.SetFault(before.watch(func(x *sinktest.Exchange) bool {
		if n++; n == 3 {
			return sinktest.ResetHalfway(x)
		}
		return false
	}))
	v := r.Deliver(t.Context(), c)
	require.Equal(t, Retry, v.Answer)
	require.Len(t, before.bodies, 3)

	for i := range c.Records {
		c.Records[i].Body = append([]byte{}, c.Records[i].Body...)
	}
	c.Records[39].Body = pack(pairs{"n", 39, "description", "another"})
	r.server.SetFault(after.watch(nil))
	require.Equal(t, OK, r.Deliver(t.Context(), c).Answer)
	assert.Equal(t, before.bodies[2], after.bodies[0])
	assert.Equal(t, before.requests[2].Header["Idempotency-Key"], after.requests[0].Header["Idempotency-Key"])
	assert.Len(t, numbers(t, r.stored()), 40)

	keys := map[string]bool{}
	for _, request := range append(before.requests, after.requests...) {
		keys[request.Header.Get("Idempotency-Key")] = true
	}
	assert.Len(t, keys, len(before.requests)+len(after.requests)-1, "every batch has a key of its own")

	other := *c
	other.ID[0]++
	header := idempotencyKey(c, []item{{pos: 1}})
	assert.Equal(t, header, idempotencyKey(c, []item{{pos: 1, from: 7}}))
	assert.NotEqual(t, header, idempotencyKey(c, []item{{pos: 2}}))
	assert.NotEqual(t, header, idempotencyKey(&other, []item{{pos: 1}}))
}

func TestHTTPBatches(t *testing.T) {
	r := startRig(t, HTTP, map[string]string{"Batch_Bytes": "4k"})
	var s spy
	r.server.SetFault(s.watch(nil))
	c := signIns(50, 50)[0]
	c.Records[20].Body = pack(pairs{"n", 20, "text", make([]any, 5000)}) // alone larger than a batch
	require.Equal(t, OK, r.Deliver(t.Context(), c).Answer)
	r.checkOnce(t, 50)
	large := 0
	for _, body := range s.bodies {
		if len(body) > 4<<10 {
			large++
			var one map[string]any
			require.NoError(t, json.Unmarshal([]byte(body), &one), "a large record travels alone")
		}
	}
	assert.Equal(t, 1, large)
}

func TestHTMLIsRecognizedWithoutItsType(t *testing.T) {
	for _, a := range []*answer{
		{status: 200, contentType: "text/html; charset=utf-8", body: []byte("hello")},
		{status: 200, contentType: "application/json", body: []byte("\n <!doctype html><p>hello")},
		{status: 200, body: []byte("<html>")},
	} {
		assert.NotEmpty(t, (&httpWire{}).accept(a, nil, nil))
	}
	for _, a := range []*answer{
		{status: 204},
		{status: 202, contentType: "text/plain", body: []byte("accepted")},
		{status: 200, contentType: "application/xml", body: []byte("<ok/>")},
	} {
		assert.Empty(t, (&httpWire{}).accept(a, nil, nil))
	}
}
