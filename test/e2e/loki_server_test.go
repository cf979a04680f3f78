package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/sink/sinktest"
)

// realLoki is a running Loki to test against, without authentication, or the test is skipped.
func realLoki(t *testing.T) string {
	t.Helper()
	fluentBit(t)
	address := os.Getenv("LOKI_URL")
	if address == "" {
		t.Skip("LOKI_URL is not set: no real Loki to test against")
	}
	return strings.TrimSuffix(address, "/")
}

// lokiStream is what Loki answers to a query: the lines that share labels and structured metadata.
type lokiStream struct {
	Stream map[string]string
	Values [][2]string
}

// query returns everything that Loki holds of a job.
func query(t *testing.T, loki, job string) (streams []lokiStream, lines []string) {
	t.Helper()
	now := time.Now()
	const page = 5000 // Loki's default bound
	before := now.Add(time.Hour)
	for {
		values := url.Values{
			"query": {fmt.Sprintf(`{job=%q}`, job)}, "limit": {fmt.Sprint(page)}, "direction": {"backward"},
			"start": {fmt.Sprint(now.Add(-24 * time.Hour).UnixNano())}, "end": {fmt.Sprint(before.UnixNano())},
		}
		res, err := http.Get(loki + "/loki/api/v1/query_range?" + values.Encode()) //nolint:noctx // the test has a deadline
		require.NoError(t, err)
		text, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Equal(t, http.StatusOK, res.StatusCode, "%s", text)
		var answer struct {
			Data struct{ Result []lokiStream }
		}
		require.NoError(t, json.Unmarshal(text, &answer))
		n := 0
		for _, s := range answer.Data.Result {
			for _, v := range s.Values {
				lines = append(lines, v[1])
				var nanos int64
				_, err := fmt.Sscan(v[0], &nanos)
				require.NoError(t, err)
				if at := time.Unix(0, nanos); at.Before(before) {
					before = at // the end of a range is not part of it
				}
				n++
			}
		}
		streams = append(streams, answer.Data.Result...)
		if n < page {
			return streams, lines
		}
	}
}

// passOn is a receiver that hands each request to a real server.
type passOn struct{ to string }

func (p passOn) Receive(r *http.Request, body []byte) sinktest.Reply {
	req, err := http.NewRequest(r.Method, p.to+r.URL.RequestURI(), bytes.NewReader(body)) //nolint:noctx // nothing ends it
	if err != nil {
		return sinktest.Reply{Status: http.StatusBadGateway}
	}
	req.Header.Set("Content-Type", r.Header.Get("Content-Type"))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return sinktest.Reply{Status: http.StatusBadGateway}
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return sinktest.Reply{Status: http.StatusBadGateway}
	}
	return sinktest.Reply{Status: res.StatusCode, ContentType: res.Header.Get("Content-Type"), Body: string(text)}
}

func TestRealLokiTakesTheShippedRecords(t *testing.T) {
	loki := realLoki(t)
	job := fmt.Sprintf("shipped-%d", time.Now().UnixNano())
	p := deliver(t, "RECORDS", "    Workers 1\n    Sink loki\n    Compress gzip\n    Fields description,severity,outcome\n    URL "+loki+
		"\n    Labels job="+job+", severity=$severity, outcome=$outcome\n    Structured_Metadata user=$userPrincipalName, code=$status.errorCode")
	p.eventually("all records", func() bool {
		_, lines := query(t, loki, job)
		return len(lines) == allRecords
	})
	p.stop()
	streams, lines := query(t, loki, job)
	assertEnriched(t, decode(t, []byte(strings.Join(lines, "\n")+"\n")))
	users := map[string]bool{}
	for _, s := range streams {
		users[s.Stream["user"]] = true
	}
	assert.Contains(t, users, "carla.mensah@contoso.com", "structured metadata comes back with the labels")
	assert.Equal(t, counters{delivered: allRecords}, p.counters())
}

func TestRealLokiRecognizesWhatIsSentAgain(t *testing.T) {
	loki := realLoki(t)
	const total = 10_000
	job := fmt.Sprintf("again-%d", time.Now().UnixNano())
	r := newReceiver(t, "loki", total)
	r.Receiver = passOn{loki}
	p := deliver(t, signIns(t, total), "    Workers 1\n    Sink loki\n    Compress gzip\n    Batch_Bytes 256k\n    Fields severity,outcome\n    URL "+r.URL()+
		"\n    Labels job="+job+", severity=$severity, outcome=$outcome\n    Structured_Metadata user=$userPrincipalName")
	r.killTwice(t, p, outage)
	p.eventually("an answer for every record", func() bool { return r.arrived() == total })
	p.stop()
	_, lines := query(t, loki, job)
	assertOnce(t, total, lines)
	assert.NotZero(t, p.counters().retried)
}

// Loki stores the entries of a batch that it accepts, answers 400 for the others, and does not say which these are.
func TestRealLokiRefusesOldRecordsAndTheyAreDeadLetters(t *testing.T) {
	loki := realLoki(t)
	dir := t.TempDir()
	const total = 1000
	old := map[int]bool{17: true, 500: true, 501: true}
	var lines []string
	for n := range total {
		at := time.Now().UTC().Add(time.Duration(n-total) * time.Second)
		if old[n] {
			at = at.Add(-60 * 24 * time.Hour)
		}
		lines = append(lines, strings.Replace(signIn(n), "{", at.Format(`{"at":"2006-01-02T15:04:05.000Z",`), 1))
	}
	input, dead, parsers := filepath.Join(dir, "in.jsonl"), filepath.Join(dir, "dead.jsonl"), filepath.Join(dir, "parsers.conf")
	require.NoError(t, os.WriteFile(input, []byte(strings.Join(lines, "\n")+"\n"), 0o600))
	require.NoError(t, os.WriteFile(parsers, []byte(
		"[PARSER]\n    name timed\n    format json\n    time_key at\n    time_keep on\n    time_format %Y-%m-%dT%H:%M:%S.%LZ\n"), 0o600))
	job := fmt.Sprintf("old-%d", time.Now().UnixNano())
	p := classic(t, `
[INPUT]
    name tail
    tag  entra.signin
    path `+input+`
    parser timed
    read_from_head on
[OUTPUT]
    Name    entra_signin
    Match   *
    Workers 1
    Sink    loki
    URL     `+loki+`
    Labels  job=`+job+`
    Dead_Letter_File `+dead+"\n", "-R", parsers)
	p.eventually("the dead letters", func() bool { return strings.Count(texts(t, dead), "\n") == len(old) })
	p.eventually("the others", func() bool {
		_, there := query(t, loki, job)
		return len(there) == total-len(old)
	})
	p.stop()
	_, stored := query(t, loki, job)
	letters := wholeLines(t, texts(t, dead))
	assertOnce(t, total, append(stored, letters...))
	for _, letter := range letters {
		assert.Contains(t, letter, `"status":400`)
		assert.Contains(t, letter, "too old")
	}
	assert.Equal(t, counters{delivered: total - len(old), refused: len(old)}, p.counters())
}
