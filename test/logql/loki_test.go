package logql

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A push is what goes to Loki: each record is a line of its own.
type push struct {
	job     string
	now     time.Time
	streams []map[string]any
}

func (p *push) add(record map[string]any, ago time.Duration) {
	line, _ := json.Marshal(record) // decoded from JSON
	labels := map[string]string{"job": p.job}
	for _, name := range []string{"severity", "outcome"} {
		if value, ok := record[name].(string); ok {
			labels[name] = value
		}
	}
	at := p.now.Add(-ago).UnixNano() - int64(len(p.streams)) // no two entries alike
	p.streams = append(p.streams, map[string]any{"stream": labels, "values": [][]string{{strconv.FormatInt(at, 10), string(line)}}})
}

// attack is a spray that hits, and prompts that are refused until one is not.
func (p *push) attack() {
	signIn := func(code int, severity, outcome, credential, user, address string, ago time.Duration) {
		p.add(map[string]any{"code": code, "description": "d", "severity": severity, "outcome": outcome, "credential": credential,
			"userPrincipalName": user, "ipAddress": address, "appDisplayName": "Portal"}, ago)
	}
	for n := range 15 {
		signIn(50126, "medium", "failure", "rejected", fmt.Sprintf("user%d@contoso.com", n), "203.0.113.66", 30*time.Minute)
	}
	signIn(50057, "critical", "failure", "accepted", "user7@contoso.com", "203.0.113.66", 20*time.Minute)
	for range 4 {
		signIn(500121, "medium", "failure", "accepted", "tired@contoso.com", "203.0.113.67", 15*time.Minute)
	}
	signIn(0, "info", "success", "accepted", "tired@contoso.com", "203.0.113.67", 10*time.Minute)
	// An office: some typing errors, and everybody gets in. A user who is asked again after a success refused nothing since.
	for n := range 30 {
		user := fmt.Sprintf("office%d@contoso.com", n)
		if n < 12 {
			signIn(50126, "medium", "failure", "rejected", user, "198.51.100.1", 30*time.Minute)
		}
		signIn(0, "info", "success", "accepted", user, "198.51.100.1", 29*time.Minute)
	}
	for range 4 {
		signIn(500121, "medium", "failure", "accepted", "office1@contoso.com", "198.51.100.1", 15*time.Minute)
	}
}

func TestQueriesGiveData(t *testing.T) {
	loki := strings.TrimSuffix(os.Getenv("LOKI_URL"), "/")
	if loki == "" {
		t.Skip("LOKI_URL is not set: no real Loki to test against")
	}
	p := push{job: fmt.Sprintf("queries-%d", time.Now().UnixNano()), now: time.Now()}
	records, err := enriched()
	require.NoError(t, err)
	for _, record := range records {
		p.add(maps.Clone(record), 40*time.Minute)
	}
	p.attack()
	body, err := json.Marshal(map[string]any{"streams": p.streams})
	require.NoError(t, err)
	answer, err := http.Post(loki+"/loki/api/v1/push", "application/json", bytes.NewReader(body))
	require.NoError(t, err)
	text, _ := io.ReadAll(answer.Body)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusNoContent, answer.StatusCode, "%s", text)

	want := map[string][]string{ // what exactly the rules find
		"rule EntraSigninSpray":                     {`"ip":"203.0.113.66"`, `"ip":"198.51.100.1"`},
		"rule EntraSigninSprayHit":                  {`"ip":"203.0.113.66"`},
		"rule EntraSigninPromptsRefusedThenSuccess": {`"user":"tired@contoso.com"`},
	}
	for _, q := range queries(t, p.job) {
		t.Run(q.where, func(t *testing.T) {
			var results []json.RawMessage
			require.Eventually(t, func() bool {
				results = ask(t, loki, q, p.now)
				return len(results) > 0
			}, 20*time.Second, 500*time.Millisecond, "no data: %s", q.text)
			if found, ok := want[q.where]; ok {
				assert.Len(t, results, len(found))
				all := string(bytes.Join(asBytes(results), nil))
				for _, part := range found {
					assert.Contains(t, all, part)
				}
			}
		})
	}
}

func asBytes(all []json.RawMessage) (bytes [][]byte) {
	for _, one := range all {
		bytes = append(bytes, one)
	}
	return bytes
}

func ask(t *testing.T, loki string, q query, now time.Time) []json.RawMessage {
	values := url.Values{"query": {q.text}, "limit": {"1000"}}
	path := "/loki/api/v1/query_range?"
	if q.instant {
		path = "/loki/api/v1/query?"
		values.Set("time", fmt.Sprint(now.UnixNano()))
	} else {
		values.Set("start", fmt.Sprint(now.Add(-6*time.Hour).UnixNano()))
		values.Set("end", fmt.Sprint(now.UnixNano()))
		values.Set("step", "300")
	}
	answer, err := http.Get(loki + path + values.Encode())
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.StatusCode, "%s\n%s", text, q.text)
	var decoded struct {
		Data struct{ Result []json.RawMessage }
	}
	require.NoError(t, json.Unmarshal(text, &decoded))
	return decoded.Data.Result
}
