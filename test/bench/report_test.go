package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func sample() *report {
	p := &peers{dir: "DIR", object: "SO", floor: "FLOOR", wasm: "WASM"}
	return &report{version: "5.1.1", records: 100, rounds: 1, lines: p.pipelines(nil), samples: ideal()}
}

func TestTableHasALineForEachPipeline(t *testing.T) {
	text := sample().table()
	for _, l := range sample().lines {
		assert.Regexp(t, `(?m)^`+l.name+` +\d`, text)
	}
	assert.Regexp(t, `(?m)^lua +3\.500  3\.500  3\.500 +7\.000 +40000 +2\.000 +2\.000 +0\.15x$`, text)
	assert.Regexp(t, `(?m)^none +1\.500  1\.500  1\.500 +3\.000 +40000$`, text)
}

func TestJSONIsInTheShapeOfTheIssue(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bench.json")
	r := sample()
	require.NoError(t, r.writeJSON(file))
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	runs := ""
	for _, l := range r.lines {
		if runs != "" {
			runs += ","
		}
		runs += `"` + l.name + `":{"cpu_s":1,"wall_s":2,"peak_rss_kb":1}`
		r.samples[l.name] = []usage{{cpu: 1e9, wall: 2e9, rss: 1}}
	}
	require.NoError(t, r.writeJSON(file))
	assert.Contains(t, string(text), `"cpu_s": 1.8`)
	text, err = os.ReadFile(file)
	require.NoError(t, err)
	assert.JSONEq(t, `{"fluent_bit":"5.1.1","records":100,"rounds":1,"runs":{`+runs+`}}`, string(text))
}
