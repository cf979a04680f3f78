package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func environment(of map[string]string) func(string) string {
	return func(name string) string { return of[name] }
}

func TestOptionsHaveDefaults(t *testing.T) {
	o, err := readOptions([]string{"x.so"}, environment(map[string]string{"FLUENT_BIT": "fluent-bit"}))
	require.NoError(t, err)
	assert.Equal(t, 100_000, o.records)
	assert.Equal(t, 5, o.rounds)
	assert.Equal(t, filepath.Join("build", "bench.json"), o.out)
	assert.True(t, filepath.IsAbs(o.object))
	assert.Nil(t, o.only)
}

func TestOptionsFromTheEnvironment(t *testing.T) {
	o, err := readOptions([]string{"x.so"}, environment(map[string]string{
		"FLUENT_BIT": "fluent-bit", "RECORDS": "10", "ROUNDS": "7", "ONLY": "lua,modify", "BENCH_OUT": "b.json", "BUFFER_CHUNK_SIZE": "1M"}))
	require.NoError(t, err)
	assert.Equal(t, []any{10, 7, "b.json", "1M"}, []any{o.records, o.rounds, o.out, o.chunk})
	assert.Equal(t, []string{"lua", "modify"}, o.only)
}

func TestOptionsThatAreRefused(t *testing.T) {
	for _, env := range []map[string]string{
		{},
		{"FLUENT_BIT": "f", "RECORDS": "0"},
		{"FLUENT_BIT": "f", "ROUNDS": "many"},
	} {
		_, err := readOptions([]string{"x.so"}, environment(env))
		assert.Error(t, err, env)
	}
	_, err := readOptions(nil, environment(map[string]string{"FLUENT_BIT": "f"}))
	assert.Error(t, err)
}
