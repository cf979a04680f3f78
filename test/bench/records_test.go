package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/filter"
)

func generated(t *testing.T, n int) []string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, generate(&b, n))
	return strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
}

func TestRecordsAreTheSameEveryTime(t *testing.T) {
	assert.Equal(t, generated(t, 50), generated(t, 50))
}

func TestRecordsAreAboutTwoKilobytesOfJSON(t *testing.T) {
	lines := generated(t, 1000)
	require.Len(t, lines, 1000)
	size := 0
	for _, line := range lines {
		assert.True(t, json.Valid([]byte(line)), line)
		size += len(line)
	}
	assert.InDelta(t, 2048, size/len(lines), 250)
}

func TestRecordsNumberThemselves(t *testing.T) {
	for i, line := range generated(t, 20_000) {
		id, ok := idOf([]byte(line))
		require.True(t, ok)
		require.Equal(t, i, id)
		require.Equal(t, 1, strings.Count(line, idMark), "the mark stands in one place")
	}
}

func TestRecordsAreWhatTheFilterIsFor(t *testing.T) {
	const n = 5000
	e, err := filter.New(filter.DefaultOptions(), catalog.Embedded())
	require.NoError(t, err)
	for _, line := range generated(t, n) {
		_, _, err := e.EnrichJSON(nil, []byte(line))
		require.NoError(t, err, line)
	}
	c := e.Stats()
	assert.EqualValues(t, n, c.Records)
	assert.Zero(t, c.NoCode)
	assert.InDelta(t, 0.004*n, c.Unknown, 0.004*n, "a few codes that no catalog has")
	assert.InDelta(t, 0.6*n, c.Judged[catalog.Success][catalog.Info], 0.03*n, "most succeed")
	assert.NotZero(t, c.Severity(catalog.High))
}

func TestTheMixIsOfKnownCodes(t *testing.T) {
	sum := 0
	for _, m := range mix {
		_, ok := catalog.Embedded().Lookup(uint32(m.code))
		assert.True(t, ok, m.code)
		sum += m.weight
	}
	assert.Less(t, sum, 1000)
	assert.Greater(t, sum, 990)
}
