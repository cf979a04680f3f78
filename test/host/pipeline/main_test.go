package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
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

// make run without a Fluent Bit: whole records on stdout, and on stderr the table of their codes and the line of the host.
func TestMakeRunUsesTheBundledHost(t *testing.T) {
	cmd := exec.Command("../../run.sh", object(t))
	cmd.Env = append(os.Environ(), "FLUENT_BIT=", "ENTRA_FIELDS=", "PATH="+pathWithout(t, "fluent-bit"))
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, stderr.String())
	assert.Equal(t, 57, strings.Count(string(out), "\n"))
	for line := range strings.Lines(string(out)) {
		assert.True(t, json.Valid([]byte(line)), line)
	}
	assert.Regexp(t, `(?m)^[a-z]+ +50053 +2  \S`, stderr.String())
	said := strings.Split(strings.TrimSpace(stderr.String()), "\n")
	assert.Contains(t, said[len(said)-1], "host=bundled records=57 matched=49 unknown=2 no_code=6 ")

	cmd = exec.Command("../../run.sh", object(t), "none.jsonl")
	cmd.Env = append(os.Environ(), "FLUENT_BIT=", "PATH="+pathWithout(t, "fluent-bit"))
	assert.Error(t, cmd.Run(), "a fault of the host is one of make run")
}

// pathWithout returns a PATH on which there is everything but one program.
func pathWithout(t *testing.T, program string) string {
	t.Helper()
	dir := t.TempDir()
	for _, from := range filepath.SplitList(os.Getenv("PATH")) {
		entries, _ := os.ReadDir(from) // a folder of PATH need not be there
		for _, e := range entries {
			if e.Name() != program {
				_ = os.Symlink(filepath.Join(from, e.Name()), filepath.Join(dir, e.Name())) // the first on PATH counts
			}
		}
	}
	return dir
}
