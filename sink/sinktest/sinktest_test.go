package sinktest

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func post(t *testing.T, s *Server, path, contentType, body string) (status int, answer string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+path, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("Idempotency-Key", strings.ReplaceAll(body, "\n", " "))
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(r)
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	var text bytes.Buffer
	_, err = io.Copy(&text, res.Body)
	require.NoError(t, err)
	return res.StatusCode, text.String()
}

func TestBulk(t *testing.T) {
	b := &Bulk{Index: "i"}
	s := Start(t, b)
	const create = `{"create":{"_index":"i","_id":"1"}}` + "\n"
	const doc = `{"@timestamp":"now"}` + "\n"
	for _, c := range []struct {
		path, contentType, body string
		status                  int
		answer                  string
	}{
		{"/_bulk", "application/x-ndjson", create + doc, 200, `{"items":[{"create":{"status":201}}],"errors":false}`},
		{"/_bulk", "application/json", create + doc, 200, `"status":409`},
		{"/_bulk", "application/json", strings.Replace(create, "1", "2", 1) + `{"a":1}` + "\n", 200, `"status":400`},
		{"/_bulk", "application/json", strings.Replace(create, `"i"`, `"j"`, 1) + doc, 200, `"status":404`},
		{"/_bulk", "application/json", create + strings.TrimSpace(doc), 400, "terminated by a newline"},
		{"/_bulk", "application/json", create, 400, "without a document"},
		{"/_bulk", "application/json", `{"index":{"_id":"1"}}` + "\n" + doc, 400, "malformed action"},
		{"/_bulk", "application/json", `{"create":{"_index":"i","_id":""}}` + "\n" + doc, 400, "id is empty"},
		{"/_bulk", "application/json", "", 400, "required"},
		{"/_bulk", "text/plain", create + doc, 406, "not supported"},
		{"/x", "application/json", create + doc, 405, "no handler"},
	} {
		status, answer := post(t, s, c.path, c.contentType, c.body)
		assert.Equal(t, c.status, status, c.body)
		assert.Contains(t, answer, c.answer)
	}
	assert.Len(t, b.Docs(), 1)
}

func TestLoki(t *testing.T) {
	l := &Loki{Reject: func(line string) string { return map[string]string{"bad": "no good"}[line] }}
	s := Start(t, l)
	const path = "/loki/api/v1/push"
	push := func(values string) string { return `{"streams":[{"stream":{"job":"x"},"values":[` + values + `]}]}` }
	for _, c := range []struct {
		body   string
		status int
		answer string
	}{
		{push(`["1","a"],["2","b",{"user":"u"}]`), 204, ""},
		{push(`["2","b"],["1","a"]`), 204, ""},
		{push(`["3","bad"],["4","good"]`), 400, "no good"},
		{push(`[5,"a"]`), 400, "an entry is not"},
		{push(`["5","a",{"n":1}]`), 400, "structured metadata"},
		{push(`["now","a"]`), 400, "invalid syntax"},
		{`{"streams":[{"stream":{},"values":[["6","a"]]}]}`, 400, "at least one label"},
		{`{`, 400, "unexpected end"},
	} {
		status, answer := post(t, s, path, "application/json", c.body)
		assert.Equal(t, c.status, status, c.body)
		assert.Contains(t, answer, c.answer)
	}
	assert.Len(t, l.Entries(), 3, "what is there already is not stored again, and what is good is stored")
	assert.Equal(t, 1, l.Streams())
	assert.Equal(t, 1, l.Unsorted())
	status, _ := post(t, s, path, "text/plain", push(`["1","a"]`))
	assert.Equal(t, 400, status)
	status, _ = post(t, s, "/push", "application/json", push(`["1","a"]`))
	assert.Equal(t, 404, status)
}

func TestCollector(t *testing.T) {
	c := &Collector{}
	s := Start(t, c)
	for _, r := range []struct {
		contentType, body string
		status            int
	}{
		{"application/x-ndjson", "{\"a\":1}\n{\"a\":2}\n", 200},
		{"application/x-ndjson", "{\"a\":1}\n{\"a\":2}\n", 200}, // the same key
		{"application/json", `[{"a":3}]`, 200},
		{"application/x-ndjson", "{\"a\":1}", 400},
		{"application/x-ndjson", "{\"a\":1}\n[]\n", 400},
		{"application/json", `{"a":1}`, 400},
		{"text/plain", "x", 415},
	} {
		status, _ := post(t, s, "/", r.contentType, r.body)
		assert.Equal(t, r.status, status, r.body)
	}
	assert.Len(t, c.Records(), 3)
	assert.Equal(t, 2, c.Keys())
}

func TestServerStopsAndComesBack(t *testing.T) {
	s := Start(t, &Collector{})
	before := s.URL()
	s.Stop()
	s.Stop()
	_, err := http.Get(before) //nolint:noctx,bodyclose // there is no answer to close
	require.Error(t, err)
	s.Listen(t)
	assert.Equal(t, before, s.URL())
	status, _ := post(t, s, "/", "application/json", `[]`)
	assert.Equal(t, 200, status)
	assert.Equal(t, 1, s.Requests())
}

func TestFirst(t *testing.T) {
	s := Start(t, &Collector{})
	s.SetFault(First(2, Say(Reply{Status: 503})))
	for _, want := range []int{503, 503, 200} {
		status, _ := post(t, s, "/", "application/json", `[]`)
		assert.Equal(t, want, status)
	}
}

func TestSplunkHEC(t *testing.T) {
	h := &SplunkHEC{Token: "t", Index: "main", Invalid: func(event []byte) bool { return string(event) == `{"bad":1}` }}
	s := Start(t, h)
	send := func(path, authorization, body string) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+path, strings.NewReader(body))
		require.NoError(t, err)
		if authorization != "" {
			r.Header.Set("Authorization", authorization)
		}
		res, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer func() { _ = res.Body.Close() }()
		text, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		return res.StatusCode, string(text)
	}
	const path, good = "/services/collector/event", `{"time":1.5,"index":"main","event":{"a":1}}`
	for _, c := range []struct {
		path, authorization, body string
		status                    int
		answer                    string
	}{
		{path, "Splunk t", good + "\n" + good, 200, `{"text":"Success","code":0}`},
		{path, "Splunk t", good + `{"event":{"bad":1}}` + good, 400, `"code":6,"invalid-event-number":1`},
		{path, "Splunk t", `{"time":1}`, 400, `"code":12,"invalid-event-number":0`},
		{path, "Splunk t", `{"event":""}`, 400, `"code":13`},
		{path, "Splunk t", `{"index":"other","event":{}}`, 400, `"code":7`},
		{path, "Splunk t", `{"event":`, 400, `"code":6`},
		{path, "Splunk t", "", 400, `"code":5`},
		{path, "", good, 401, `"code":2`},
		{path, "Bearer t", good, 401, `"code":3`},
		{path, "Splunk x", good, 403, `"code":4`},
		{"/services/collector/raw", "Splunk t", good, 404, "not found"},
	} {
		status, answer := send(c.path, c.authorization, c.body)
		assert.Equal(t, c.status, status, c.body)
		assert.Contains(t, answer, c.answer)
	}
	assert.Len(t, h.Events(), 3, "what is before an invalid event is stored")
}
