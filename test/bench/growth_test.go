package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Over one base, only what grows differs.
func TestGrowthPipelines(t *testing.T) {
	p := &peers{dir: "DIR", object: "SO", outputObject: "OUT", receiver: "127.0.0.1:1"}
	byName := map[string]string{}
	for _, l := range p.pipelines([]string{growthRun}) {
		byName[l.name] = l.config("DIR", "", toNull)
	}
	assert.Len(t, byName, 4*3+1+3+1+4)
	assert.Contains(t, byName["none_chunk_1000"], "buffer_chunk_size 2150000\n")
	assert.Contains(t, byName["entra_signin_chunk_1000"], "buffer_chunk_size 2150000\n")
	assert.Contains(t, byName["none_parts"], "tag entra.part<part>\n")
	assert.Contains(t, byName["es_workers_3"], "workers 3\n")
	assert.Equal(t, 2, strings.Count(byName["entra_signin_instances_2"], "[FILTER]"))
	assert.Contains(t, byName["entra_signin_instances_2"], "match_regex ^entra.part[02]$\n")
	assert.Contains(t, byName["entra_signin_instances_2"], "match_regex ^entra.part[13]$\n")
	assert.NotContains(t, byName["entra_signin_instances_2"], "[FILTER]\n    match *\n")
	for _, l := range p.pipelines(nil) {
		assert.NotContains(t, byName, strings.ReplaceAll(l.name, none, "-"), "runs only if it is asked for")
	}
}

func TestPartsHoldEachLineOnce(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, recordsFile), []byte("a\nb\nc\nd\ne\n"), 0o600))
	require.NoError(t, writeParts(dir))
	var got []string
	for i := range parts {
		text, err := os.ReadFile(filepath.Join(dir, "part"+string(rune('0'+i))+".jsonl"))
		require.NoError(t, err)
		got = append(got, string(text))
	}
	assert.Equal(t, []string{"a\ne\n", "b\n", "c\n", "d\n"}, got)
}

func TestGrowthIsTheHighestCostOfTheLowest(t *testing.T) {
	s := ideal()
	s["es_workers_2"] = took(50_000, 150+33)
	what := "cost of a record by " + workers + ", the highest of the lowest"
	got, _ := verdictOf(t, s, what)
	assert.InDelta(t, 1.1, got, 1e-9)
	s["es_workers_2"] = took(50_000, 150+34)
	_, met := verdictOf(t, s, what)
	assert.False(t, met)

	r := &report{records: 100_000, lines: (&peers{}).growth(), samples: s}
	assert.Regexp(t, `(?m)^workers of the output +2 +3\.40$`, r.growthTable())
	assert.Empty(t, sample().growthTable())
}
