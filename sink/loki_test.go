package sink

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/sink/sinktest"
)

func TestLokiBytes(t *testing.T) {
	c := &Chunk{Records: []Record{
		{Sec: 5, Nsec: 1, Body: pack(pairs{"a", "q\"\xff", "severity", "high", "outcome", "failure"})},
		{Sec: 4, Body: pack(pairs{"b", 1})},
		{Sec: 3, Body: pack(pairs{"c", 1, "severity", "high", "outcome", "failure"})},
		{Sec: 3, Body: pack(pairs{"d", 1, "severity", "high", "outcome", "failure"})},
	}}
	r := startRig(t, Loki, map[string]string{"Tenant_ID": "team-a", "Labels": "job=entra_signin, severity=$severity, outcome=$outcome"})
	var s spy
	r.server.SetFault(s.watch(nil))
	require.Equal(t, Verdict{Delivered: 4}, r.Deliver(t.Context(), c))
	assert.Equal(t, "/loki/api/v1/push", s.requests[0].RequestURI)
	assert.Equal(t, "application/json", s.requests[0].Header.Get("Content-Type"))
	assert.Equal(t, "gzip", s.requests[0].Header.Get("Content-Encoding"))
	assert.Equal(t, "team-a", s.requests[0].Header.Get("X-Scope-OrgID"))
	assert.Equal(t, `{"streams":[`+
		`{"stream":{"job":"entra_signin","severity":"high","outcome":"failure"},"values":[`+
		`["3000000000","{\"c\":1,\"severity\":\"high\",\"outcome\":\"failure\"}"],`+
		`["3000000000","{\"d\":1,\"severity\":\"high\",\"outcome\":\"failure\"}"],`+
		"[\"5000000001\",\"{\\\"a\\\":\\\"q\\\\\\\"\uFFFD\\\",\\\"severity\\\":\\\"high\\\",\\\"outcome\\\":\\\"failure\\\"}\"]]},"+
		`{"stream":{"job":"entra_signin"},"values":[["4000000000","{\"b\":1}"]]}]}`, s.bodies[0])
}

func TestLokiOptions(t *testing.T) {
	c := &Chunk{Records: []Record{{Sec: 1, Body: pack(pairs{"user", "a b", "n", 7, "ok", true, "list", []any{1}, "empty", "", "status", pairs{"errorCode", 50126}})}}}
	r := startRig(t, Loki, map[string]string{
		"Labels":              `env="pro, d", ok=$ok, missing=$missing, list=$list`,
		"Structured_Metadata": "user=$user, code=$status.errorCode, none=$none, empty=$empty, fixed=text",
		"Line_Format":         "logfmt",
	})
	require.Equal(t, OK, r.Deliver(t.Context(), c).Answer)
	entries := r.server.Receiver.(*sinktest.Loki).Entries()
	require.Len(t, entries, 1)
	assert.Equal(t, map[string]string{"env": "pro, d", "ok": "true"}, entries[0].Labels)
	assert.Equal(t, map[string]string{"user": "a b", "code": "50126", "fixed": "text"}, entries[0].Metadata)
	assert.Equal(t, `user="a b" n=7 ok=true list=[1] empty="" status_errorCode=50126`, entries[0].Line)
	assert.EqualValues(t, 1_000_000_000, entries[0].Nanos)
}

func TestLokiURL(t *testing.T) {
	for in, want := range map[string]string{
		"http://h:3100":                     "/loki/api/v1/push",
		"http://h/":                         "/loki/api/v1/push",
		"https://h/tenant/":                 "/tenant/loki/api/v1/push",
		"https://h/loki/api/v1/push?x=1%26": "/loki/api/v1/push?x=1%26",
	} {
		u, err := lokiProtocol.receiverURL(in)
		require.NoError(t, err)
		assert.Equal(t, want, u.RequestURI(), in)
	}
}

func TestLokiRefusesByItself(t *testing.T) {
	r := startRig(t, Loki, nil)
	fits := maxLineBytes - len(`{"n":1,"text":""}`)
	c := &Chunk{Records: []Record{
		{Sec: 1, Body: pack(pairs{"n", 0, "text", strings.Repeat("x", fits+1)})},
		{Sec: 1, Body: pack(pairs{"n", 1, "text", strings.Repeat("x", fits)})},
		{Sec: math.MaxInt64, Body: pack(pairs{"n", 2})},
		{Sec: 1, Body: pack([]any{1})},
	}}
	assert.Equal(t, Verdict{Delivered: 1, Refused: 3}, r.Deliver(t.Context(), c))
	assert.Equal(t, []int{1}, numbers(t, r.stored()))
	var reasons []string
	for _, l := range r.letters(t) {
		reasons = append(reasons, l.Reason)
	}
	assert.Equal(t, []string{errLineTooLong.Error(), errTimeRange.Error(), errNotMap.Error()}, reasons)
}

func TestLokiMetadataIsBounded(t *testing.T) {
	r := startRig(t, Loki, map[string]string{"Structured_Metadata": "a=$a, b=$b, c=$c"})
	c := &Chunk{Records: []Record{{Sec: 1, Body: pack(pairs{
		"n", 1, "a", strings.Repeat("a", 40<<10), "b", strings.Repeat("b", 40<<10), "c", "short",
	})}}}
	require.Equal(t, OK, r.Deliver(t.Context(), c).Answer)
	e := r.server.Receiver.(*sinktest.Loki).Entries()[0]
	assert.Len(t, e.Metadata["a"], 40<<10)
	assert.NotContains(t, e.Metadata, "b", "it does not fit, and the line has it")
	assert.Equal(t, "short", e.Metadata["c"])
}

func TestLokiLabelValuesAreBounded(t *testing.T) {
	r := startRig(t, Loki, map[string]string{"Labels": "job=x, app=$app"})
	c := &Chunk{Records: []Record{{Sec: 1, Body: pack(pairs{"n", 1, "app", strings.Repeat("x", maxLabelBytes-1) + "ëë"})}}}
	require.Equal(t, OK, r.Deliver(t.Context(), c).Answer)
	assert.Equal(t, strings.Repeat("x", maxLabelBytes-1), r.server.Receiver.(*sinktest.Loki).Entries()[0].Labels["app"], "cut between characters")
}

func TestLokiSorts(t *testing.T) {
	r := startRig(t, Loki, nil)
	c := signIns(1000, 1000)[0]
	for i := range c.Records {
		c.Records[i].Sec = 1_700_000_000 + int64(i*7919%1000)
	}
	require.Equal(t, OK, r.Deliver(t.Context(), c).Answer)
	l := r.server.Receiver.(*sinktest.Loki)
	assert.Zero(t, l.Unsorted())
	assert.Equal(t, 4, l.Streams())
	r.checkOnce(t, 1000)
}

// TestLokiProbesAreBounded gives Loki a chunk of which it takes nothing: finding that out record by record is not worth it.
func TestLokiProbesAreBounded(t *testing.T) {
	r := startRig(t, Loki, map[string]string{"Batch_Bytes": "1M"})
	r.server.Receiver.(*sinktest.Loki).Reject = func(string) string { return "timestamp too old" }
	require.Equal(t, Verdict{Refused: 1000}, r.Deliver(t.Context(), signIns(1000, 1000)[0]))
	assert.LessOrEqual(t, r.server.Requests(), 2*maxProbes+1)
	assert.Len(t, r.letters(t), 1000)
	assert.Contains(t, r.letters(t)[0].Reason, "answered 400 Bad Request: timestamp too old")
}
