package sink

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// canned is a receiver that always gives one answer.
type canned struct {
	status      int
	contentType string
	body        []byte
}

// RoundTrip implements http.RoundTripper.
func (c *canned) RoundTrip(r *http.Request) (*http.Response, error) {
	_, _ = io.Copy(io.Discard, r.Body)
	_ = r.Body.Close()
	return &http.Response{
		StatusCode: c.status,
		Header:     http.Header{"Content-Type": {c.contentType}},
		Body:       io.NopCloser(bytes.NewReader(c.body)),
		Request:    r,
	}, nil
}

// fuzzAnswers hands any answer to a sink. Whatever it is, each record has an outcome with a reason, and it is
// delivered only if the answer said so.
func fuzzAnswers(f *testing.F, kind string, saysDelivered func(status int, body []byte) bool) {
	o := DefaultOptions()
	o.Sink, o.URL = kind, "http://127.0.0.1"
	s, err := protocolOf(o.Sink).openSink(&o, func(Level, string) {})
	require.NoError(f, err)
	n := s.(*network)
	c := signIns(3, 3)[0]
	f.Fuzz(func(t *testing.T, status int, contentType string, body []byte) {
		n.client.transport = &canned{status, contentType, body}
		out := make([]outcome, len(c.Records))
		n.Send(t.Context(), c, out)
		for pos, o := range out {
			switch {
			case o.state == delivered && !saysDelivered(status, body):
				t.Fatalf("record %d is delivered, says the sink, and not the answer %d %q", pos, status, body)
			case o.state == refused && status/100 != 4 && status/100 != 2:
				t.Fatalf("record %d is refused, says the sink, and not the answer %d", pos, status)
			case o.state != delivered && o.reason == "":
				t.Fatalf("record %d has no reason", pos)
			case o.state == done:
				t.Fatalf("record %d was never done", pos)
			}
		}
	})
}

func FuzzBulkAnswer(f *testing.F) {
	for _, body := range []string{
		`{"errors":false,"items":[{"create":{"status":201}},{"create":{"status":201}},{"create":{"status":201}}]}`,
		`{"errors":true,"items":[{"create":{"status":409}},{"create":{"status":429,"error":{"type":"t","reason":"r"}}},{"create":{"status":400}}]}`,
		`{"errors":false,"items":[{"create":{"status":201}}]}`,
		`{"errors":false,"items":[{"create":`,
		`<html>`,
		``,
	} {
		f.Add(200, "application/json", []byte(body))
	}
	f.Add(413, "text/plain", []byte("too large"))
	f.Add(400, "application/json", []byte(`{"error":{"type":"x"},"status":400}`))
	fuzzAnswers(f, Elasticsearch, func(status int, body []byte) bool {
		return status/100 == 2 && json.Valid(body) && bytes.ContainsAny(body, "24") // of 2xx and 409
	})
}

func FuzzLokiAnswer(f *testing.F) {
	f.Add(204, "", []byte(nil))
	f.Add(200, "text/html", []byte("<html>"))
	f.Add(200, "application/json", []byte(`{"status":"success"}`))
	f.Add(400, "text/plain", []byte("entry for stream '{}' has timestamp too old: \xff\nuser 'fake', total ignored: 1 out of 3"))
	f.Add(413, "", []byte(nil))
	f.Add(429, "", []byte(nil))
	f.Add(500, "", []byte(nil))
	f.Add(307, "", []byte(nil))
	fuzzAnswers(f, Loki, func(status int, body []byte) bool {
		return status/100 == 2 && len(bytes.TrimSpace(body)) == 0
	})
}
