package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReceiverAnswersAndCounts(t *testing.T) {
	server := httptest.NewServer(&receiving{})
	defer server.Close()
	send := func(method, path, body string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(body))
		require.NoError(t, err)
		res, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		defer func() { _ = res.Body.Close() }()
		text, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		return res.StatusCode, string(text)
	}
	record := `{"correlationId":"1f577997-0710` + idMark + `000000000007"}` + "\n"
	two := `{"create":{"_index":"i","_id":"1"}}` + "\n" + record + `{"index":{"_index":"i","_id":"2"}}` + "\n" + record

	status, answer := send("POST", "/_bulk", two)
	assert.Equal(t, 200, status)
	assert.JSONEq(t, `{"took":7,"errors":false,"items":[
		{"create":{"_index":"i","_id":"1","_version":1,"result":"created","_shards":{"total":2,"successful":1,"failed":0},"_seq_no":1,"_primary_term":1,"status":201}},
		{"index":{"_index":"i","_id":"2","_version":1,"result":"created","_shards":{"total":2,"successful":1,"failed":0},"_seq_no":1,"_primary_term":1,"status":201}}]}`, answer)
	_, answer = send("POST", "/_bulk?filter_path=errors", two)
	assert.Equal(t, `{"errors":false,"items":[{"create":{"status":201}},{"index":{"status":201}}]}`, answer)
	status, _ = send("POST", "/_bulk", record)
	assert.Equal(t, 400, status)
	status, answer = send("POST", "/loki/api/v1/push", record)
	assert.Equal(t, 204, status)
	assert.Empty(t, answer)
	status, _ = send("POST", "/", record+record)
	assert.Equal(t, 200, status)

	_, taken := send("GET", "/taken", "")
	count, last, _ := strings.Cut(taken, " ")
	assert.Equal(t, "8", count)
	nanoseconds, err := strconv.ParseInt(last, 10, 64)
	require.NoError(t, err)
	assert.WithinDuration(t, time.Now(), time.Unix(0, nanoseconds), time.Minute)
	_, taken = send("GET", "/taken", "")
	assert.Equal(t, "0 "+last, taken, "each call counts from the last")

	began := time.Now()
	send("POST", slowPath, record)
	assert.GreaterOrEqual(t, time.Since(began), slowFor)
}
