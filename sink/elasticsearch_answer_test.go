package sink

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseBulkAnswer(t *testing.T) {
	got, err := parseBulkAnswer([]byte(`{"took":3,"errors":true,"items":[
		{"create":{"_index":"i","_id":"1","status":201,"result":"created"}},
		{"create":{"status":409,"error":{"type":"version_conflict_engine_exception","reason":"exists"}}},
		{"create":{"status":400,"error":{"type":"document_parsing_exception","reason":"failed","caused_by":{"type":"x","reason":"For input string"}}}},
		{"create":{"status":500,"error":"a text, as old versions have it"}},
		{"index":{"status":201}},
		{}]}`), 6)
	require.NoError(t, err)
	assert.Equal(t, []bulkResult{
		{status: 201},
		{409, "version_conflict_engine_exception", "exists"},
		{400, "document_parsing_exception", "failed: For input string"},
		{500, "", `"a text, as old versions have it"`},
		{},
		{},
	}, got)

	got, err = parseBulkAnswer([]byte(`{"errors":false,"items":[]}`), 0)
	require.NoError(t, err)
	assert.Empty(t, got)
}

func TestParseBulkAnswerFailure(t *testing.T) {
	for _, text := range []string{
		``, `{}`, `null`, `[]`, `<html>`, `{"items":[]}`, `{"errors":null,"items":[]}`, `{"errors":"no","items":[]}`,
		`{"errors":false,"items":{}}`, `{"errors":false,"items":[`, `{"errors":false,"items":[]}}`,
		`{"errors":false,"items":[]} x`, `{"errors":false,"items":[]}{}`, `{"errors":false,"items":[{"create":{"status":"201"}}]}`, `{"errors":false,"items":[{"create":[]}]}`,
	} {
		_, err := parseBulkAnswer([]byte(text), 3)
		assert.ErrorIs(t, err, errNotBulk, text)
	}
}

// Millions of items that nobody asked for cost no more than those that were sent.
func TestParseBulkAnswerStopsAtWhatWasSent(t *testing.T) {
	text := []byte(`{"errors":false,"items":[` + strings.Repeat(`{},`, 1_000_000) + `{}]}`)
	assert.Less(t, testing.AllocsPerRun(1, func() {
		got, err := parseBulkAnswer(text, 10)
		assert.NoError(t, err)
		assert.Len(t, got, 11, "one too many, and no more")
	}), 200.0)
}

// The fast reader of the usual answer gives what the reader of any answer gives.
func TestParseSuccess(t *testing.T) {
	const two = `{"errors":false,"items":[{"create":{"status":201}},{"create":{"status":200}}]}`
	results, ok := parseSuccess([]byte(two), 2)
	assert.True(t, ok)
	assert.Equal(t, []bulkResult{{status: 201}, {status: 200}}, results)
	results, ok = parseSuccess([]byte(`{"errors":false,"items":[]}`), 0)
	assert.True(t, ok)
	assert.Empty(t, results)
	for _, other := range []string{
		"", "{}", two[:len(two)-1], two + " ", " " + two, strings.Replace(two, "false", "true", 1), strings.Replace(two, "201", "409", 1),
		strings.Replace(two, "201", "2x1", 1), strings.Replace(two, `"status":201`, `"status":201,"error":"x"`, 1), strings.Replace(two, "},{", "}{", 1),
		strings.Replace(two, "200}}", "200}", 1), strings.Replace(two, "create", "index", 1),
	} {
		_, ok := parseSuccess([]byte(other), 2)
		assert.False(t, ok, other)
	}
	for _, sent := range []int{0, 1, 3, 1 << 40} {
		_, ok := parseSuccess([]byte(two), sent)
		assert.False(t, ok, "%d were sent", sent)
	}
}
