package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/test/host"
)

func object(t *testing.T) string {
	t.Helper()
	if so := os.Getenv("ENTRA_SIGNIN_SO"); so != "" {
		return so
	}
	so, err := host.BuildPlugin(t.TempDir())
	require.NoError(t, err)
	return so
}

func TestPipeline(t *testing.T) {
	so := object(t)
	file := filepath.Join(t.TempDir(), "in.jsonl")
	require.NoError(t, os.WriteFile(file, []byte(`{"id":"1","status":{"errorCode":50126}}

{"id":"2","status":{"errorCode":0}}
{"id":"3","message":"hello"}
not JSON
`), 0o644))

	var stdout, stderr bytes.Buffer
	require.NoError(t, run(so, file, nil, &stdout, &stderr))
	var got []map[string]any
	for line := range strings.Lines(stdout.String()) {
		var r map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &r), line)
		got = append(got, r)
	}
	require.Len(t, got, 4)
	assert.Equal(t, "medium", got[0]["severity"])
	assert.NotEmpty(t, got[0]["description"])
	assert.Equal(t, "info", got[1]["severity"])
	assert.NotContains(t, got[2], "severity")
	assert.Equal(t, "not JSON", got[3]["log"])

	said := strings.Split(strings.TrimSpace(stderr.String()), "\n")
	assert.Contains(t, said[len(said)-1], "host=bundled records=4 matched=2 unknown=0 no_code=2 ")
}

func TestPipelineSaysWhyItFails(t *testing.T) {
	so := object(t)
	var stdout, stderr bytes.Buffer
	assert.ErrorContains(t, run(so, "none.jsonl", nil, &stdout, &stderr), "none.jsonl")
	assert.Error(t, run(so, os.DevNull, []string{"Schema=cef"}, &stdout, &stderr))
	assert.Contains(t, stderr.String(), "option Schema")
	assert.Error(t, run("none.so", os.DevNull, nil, &stdout, &stderr))
}
