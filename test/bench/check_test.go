package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func outputLine(id int, severity string) string {
	return fmt.Sprintf(`{"correlationId":"1f577997-0710-4bd4-5eed-%012d","description":"d","severity":%q}`+"\n", id, severity)
}

func TestCollectCountsAndSamples(t *testing.T) {
	got, err := collect(strings.NewReader("Fluent Bit\n"+outputLine(1, "low")+outputLine(0, "high")), 2)
	require.NoError(t, err)
	assert.Equal(t, map[int]verdict{0: {"d", "high"}, 1: {"d", "low"}}, got)
}

func TestCollectFindsRecordsInsideStrings(t *testing.T) {
	got, err := collect(strings.NewReader(`{"log":"{\"correlationId\":\"1f577997-0710-4bd4-5eed-000000000000\"}","severity":"low"}`), 1)
	require.NoError(t, err)
	assert.Equal(t, verdict{Severity: "low"}, got[0])
}

func TestCollectRefusesLossAndRepetition(t *testing.T) {
	_, err := collect(strings.NewReader(outputLine(1, "low")), 2)
	require.EqualError(t, err, "1 of 2 records came out")
	_, err = collect(strings.NewReader(outputLine(1, "low")+outputLine(1, "low")), 2)
	require.EqualError(t, err, "record 1 came twice")
	_, err = collect(strings.NewReader(strings.TrimSuffix(outputLine(0, "low"), "}\n")), 1)
	require.ErrorContains(t, err, "record 0: ")
}

func TestTroubleIsAWarningOrAnError(t *testing.T) {
	const usual = "[2026/01/01] [ info] [engine] started\n[2026/01/01] [ warn] [engine] service will shutdown in max 5 seconds\n"
	assert.Empty(t, trouble(usual))
	assert.Contains(t, trouble(usual+"[2026/01/01] [error] [filter:lua:lua.0] invalid\n"), "invalid")
	assert.Contains(t, trouble("[2026/01/01] [ warn] [input] paused\n"+usual), "paused")
}
