package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPipelinesDifferInTheirFiltersOnly(t *testing.T) {
	p := &peers{dir: "DIR", object: "SO", floor: "FLOOR", wasm: "WASM"}
	rest := map[string]string{} // by base
	for _, l := range p.pipelines(nil) {
		if l.base == outputsBase {
			continue // TestOutputsDifferInTheirOutputsOnly
		}
		var kept []string
		for _, section := range strings.Split(l.config("DIR", "", toNull), "[") {
			if !strings.HasPrefix(section, "FILTER]") {
				kept = append(kept, strings.ReplaceAll(section, "    plugins_file DIR/"+l.name+".plugins.conf\n", ""))
			}
		}
		text := strings.Join(kept, "[")
		if rest[l.base] == "" {
			rest[l.base] = text
		}
		assert.Equal(t, rest[l.base], text, l.name)
	}
	assert.Equal(t, rest[none], strings.Replace(rest[noneUnparsed], "exit_on_eof on\n", "exit_on_eof on\n    parser entra_json\n", 1))
}

// Our outputs enrich by themselves, so only they have no filter.
func TestOutputsDifferInTheirOutputsOnly(t *testing.T) {
	p := &peers{dir: "DIR", object: "SO", outputObject: "OUT", receiver: "127.0.0.1:1"}
	rest := ""
	for _, l := range p.outputs() {
		text := l.config("DIR", "", toNull)
		if l.peer == "" {
			assert.Contains(t, text, "[FILTER]\n    match *\n    name entra_signin\n", l.name)
		} else {
			assert.NotContains(t, text, "[FILTER]", l.name)
			assert.Contains(t, text, "    name entra_signin\n", l.name)
		}
		before, _, _ := strings.Cut(strings.Replace(text, l.name+".plugins.conf", "", 1), "[FILTER]")
		before, _, _ = strings.Cut(before, "[OUTPUT]")
		if rest == "" {
			rest = before
		}
		assert.Equal(t, rest, before, l.name)
	}
}

func TestFiltersKeepTheirOrder(t *testing.T) {
	l := pipeline{name: "x", base: noneUnparsed, filters: [][]string{{"name parser", "key_name log"}, {"name entra_signin"}}}
	assert.Contains(t, l.config("DIR", "", toNull), `[FILTER]
    match *
    name parser
    key_name log
[FILTER]
    match *
    name entra_signin
[OUTPUT]
    name null
`)
}

func TestChunkSizeIsTails(t *testing.T) {
	l := pipeline{name: none, base: none}
	assert.Contains(t, l.config("DIR", "512k", toNull), "buffer_chunk_size 512k\n    buffer_max_size 512k\n")
	assert.NotContains(t, l.config("DIR", "", toNull), "buffer_")
}

func TestOnlySomePipelines(t *testing.T) {
	names := func(p *peers, only []string) (names []string) {
		for _, l := range p.pipelines(only) {
			names = append(names, l.name)
		}
		return names
	}
	assert.Equal(t, []string{none, ours, noneUnparsed, outputsBase}, names(&peers{}, []string{ours, wasm}))
	assert.NotContains(t, names(&peers{}, nil), wasm, "there is none to run")
	assert.Contains(t, names(&peers{wasm: "WASM"}, nil), wasm)
}
