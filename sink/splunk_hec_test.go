package sink

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/sink/sinktest"
)

func TestSplunkRequest(t *testing.T) {
	var s spy
	r := startRig(t, SplunkHEC, map[string]string{"Compress": "none", "Splunk_Token": "token", "Event_Index": "main",
		"Event_Sourcetype": "azure:aad:signin", "Event_Source": `a "source"`, "Event_Host": "host-1"})
	r.server.SetFault(s.watch(nil))
	c := &Chunk{Tag: "entra", Records: []Record{
		{Sec: 1_700_000_000, Nsec: 1, Body: pack(pairs{"resultType", "50126", "@timestamp", "kept"})},
		{Sec: 5, Nsec: 1_500_000_000, Body: pack(pairs{})},
		{Sec: -1, Nsec: 250_000_000, Body: pack(pairs{"n", []any{1, nil}})},
		{Body: pack([]any{"no map"})},
		{Body: []byte{0xc1}},
	}}
	require.Equal(t, Verdict{Delivered: 3, Refused: 2}, r.Deliver(t.Context(), c))
	require.Len(t, s.bodies, 1)
	const metadata = `,"index":"main","sourcetype":"azure:aad:signin","source":"a \"source\"","host":"host-1","event":`
	assert.Equal(t, `{"time":1700000000.000000001`+metadata+`{"resultType":"50126","@timestamp":"kept"}}`+"\n"+
		`{"time":6.500000000`+metadata+`{}}`+"\n"+
		`{"time":-0.750000000`+metadata+`{"n":[1,null]}}`+"\n", s.bodies[0])
	assert.Equal(t, "Splunk token", s.requests[0].Header.Get("Authorization"))
	assert.Equal(t, "application/json", s.requests[0].Header.Get("Content-Type"))
	assert.Equal(t, "/services/collector/event", s.requests[0].RequestURI)
}

// Without options, the token decides on the metadata.
func TestSplunkRequestOfDefaults(t *testing.T) {
	w, err := openSplunkHEC(&Options{}, &client{credentials: credentials{header: map[string][]string{"Authorization": {"Splunk t"}}}})
	require.NoError(t, err)
	r := signIn(1)
	buf, _, err := w.newEncoder().encode(nil, &r)
	require.NoError(t, err)
	assert.Regexp(t, `^{"time":1700000000\.000000001,"event":{.*}}\n$`, string(buf))
	assert.True(t, json.Valid(buf))
}

func TestSplunkURL(t *testing.T) {
	for in, want := range map[string]string{
		"https://h:8088":                             "/services/collector/event",
		"https://h:8088/":                            "/services/collector/event",
		"https://h:8088/services/collector":          "/services/collector/event",
		"https://h:8088/services/collector/":         "/services/collector/event",
		"https://h:8088/services/collector/event":    "/services/collector/event",
		"https://h/splunk?x=y":                       "/splunk/services/collector/event?x=y",
		"https://h/splunk/services/collector?x=y":    "/splunk/services/collector/event?x=y",
		"https://h:8088/otherservices/collector?x=y": "/otherservices/collector/services/collector/event?x=y",
	} {
		u, err := splunkHECProtocol.receiverURL(in)
		require.NoError(t, err)
		assert.Equal(t, want, u.RequestURI(), in)
	}
}

func TestSplunkFailures(t *testing.T) {
	t.Setenv("SINK_TEST_EMPTY", "")
	url := "https://splunk.example.com:8088"
	for want, set := range map[string]map[string]string{
		"option Splunk_Token: not set: Sink splunk_hec needs the token":               {"URL": url},
		"option Splunk_Token: the secret is empty":                                    {"URL": url, "Splunk_Token": "env:SINK_TEST_EMPTY"},
		"option Bearer_Token: does not apply to Sink splunk_hec, only to http":        {"URL": url, "Bearer_Token": "x"},
		"option HTTP_User: is one way to authenticate and Splunk_Token another":       {"URL": url, "Splunk_Token": "x", "HTTP_User": "u"},
		`option Event_Source: "a\nb": must be printable characters`:                   {"URL": url, "Splunk_Token": "x", "Event_Source": "a\nb"},
		"option Header: has an Authorization, and Splunk_Token makes another":         {"URL": url, "Splunk_Token": "x", "Header": "Authorization: Splunk y"},
		`option Line_Format: does not apply to Sink splunk_hec, only to stdout, file`: {"URL": url, "Splunk_Token": "x", "Line_Format": "json"},
	} {
		set["Sink"] = SplunkHEC
		_, err := tryOpen(set, func(Level, string) {})
		assert.ErrorContains(t, err, want)
	}
	// Basic authentication has the token as the password, and a header may have it too.
	for _, set := range []map[string]string{{"HTTP_User": "x", "HTTP_Passwd": "token"}, {"Header": "Authorization: Splunk token"}} {
		set["Sink"], set["URL"] = SplunkHEC, url
		open(t, set, func(Level, string) {})
	}
}

func TestSplunkAnswersSayWhatToDo(t *testing.T) {
	for body, want := range map[string]string{
		`{"text":"Incorrect index","code":7,"invalid-event-number":0}`:   "check the option Event_Index, and the indexes that the token allows",
		`{"text":"Data channel is missing","code":10}`:                   "turn off the indexer acknowledgment",
		`{"text":"ACK is disabled","code":14}`:                           "turn off the indexer acknowledgment",
		`{"text":"Query string authorization is not enabled","code":16}`: "move the token from the option URL to Splunk_Token",
		`{"text":"something new","code":99}`:                             "check the option URL, and the settings of the token",
		`error: invalid HTTP endpoint`:                                   "the answer is not Splunk's: check the option URL",
		`{"text":"no code"}`:                                             "the answer is not Splunk's",
		`{"text":"Invalid data format","code":6}`:                        "",
		`{"text":"Event field is required","code":12}`:                   "",
		`{"text":"Event field cannot be blank","code":13}`:               "",
		`{"text":"Error in handling indexed fields","code":15}`:          "",
	} {
		advice := splunkBadRequest(&answer{status: 400, body: []byte(body)})
		if want == "" {
			assert.Empty(t, advice, body)
		} else {
			assert.Contains(t, advice, want, body)
		}
	}
}

// Splunk stores the events before an invalid one. They are not sent again, and nothing behind an invalid event is lost.
func TestSplunkInvalidEvents(t *testing.T) {
	r := startRig(t, SplunkHEC, map[string]string{"Batch_Bytes": "5M"})
	invalid := func(event []byte) bool { return bytes.Contains(event, []byte(`"bad":true`)) }
	r.server.Receiver.(*sinktest.SplunkHEC).Invalid = invalid
	c := &Chunk{Tag: "entra.x"}
	for n := range 1000 {
		body := pairs{"n", n}
		if n%3 == 0 {
			body = pairs{"n", n, "bad", true}
		}
		c.Records = append(c.Records, Record{Sec: int64(n), Body: pack(body)})
	}
	attempts, refused := 0, 0
	for answer := Retry; answer == Retry; attempts++ {
		v := r.Deliver(t.Context(), c)
		answer, refused = v.Answer, refused+v.Refused
	}
	assert.Equal(t, 3, attempts, "an attempt looks for %d records at fault", maxProbes)
	assert.Equal(t, 334, refused)
	dead := r.checkOnce(t, 1000)
	assert.Len(t, dead, 334)
	assert.Equal(t, 334, r.server.Requests(), "one for each record at fault, of which the last is one")

	// An answer that names no event of the request does not tell.
	for _, body := range []string{`{"code":6,"invalid-event-number":-1}`, `{"code":6,"invalid-event-number":3}`, `{"code":6}`} {
		n := &network{protocol: &splunkHECProtocol}
		_, ok := n.invalidItem(&answer{status: 400, body: []byte(body)}, 3)
		assert.False(t, ok, body)
	}
}
