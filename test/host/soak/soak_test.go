package main

import (
	"bytes"
	"context"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/test/host"
)

// buildDir is made before any test changes TMPDIR.
var buildDir string

func TestMain(m *testing.M) {
	status := 1
	var err error
	if buildDir, err = os.MkdirTemp("", "entra-soak-test-"); err == nil {
		status = m.Run()
	}
	_ = os.RemoveAll(buildDir)
	os.Exit(status)
}

// object is the shared object, built unless ENTRA_SIGNIN_SO names one.
var object = sync.OnceValues(func() (string, error) {
	if so := os.Getenv("ENTRA_SIGNIN_SO"); so != "" {
		return so, nil
	}
	return host.BuildPlugin(buildDir)
})

func settingsOf(t *testing.T, out *bytes.Buffer) settings {
	t.Helper()
	if testing.Short() {
		t.Skip("takes seconds")
	}
	so, err := object()
	require.NoError(t, err)
	return settings{so: so, length: 3 * time.Second, seed: 1, out: out}
}

func TestShortRun(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), settingsOf(t, &out)), "%s", &out)
	t.Log(out.String())
	assert.Contains(t, out.String(), "seed 1,")
	assert.Contains(t, out.String(), "too short to judge growth")
	assert.Contains(t, out.String(), "verdict: passed")
}

// drive runs the traffic after a test has changed something.
func drive(t *testing.T, change func(s *soak)) (*soak, string) {
	t.Helper()
	var out bytes.Buffer
	s, err := start(t.Context(), settingsOf(t, &out), t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.close()) })
	change(s)
	s.drive()
	return s, out.String()
}

func TestAnotherOutputThanTheEnginesIsFound(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()) // for the chunk that is kept
	s, _ := drive(t, func(s *soak) { s.engines[1] = s.engines[2] })
	require.ErrorContains(t, s.failed(), "is not the engine's")
	assert.ErrorContains(t, s.failed(), "Prefix=entra_", "with which options")
	assert.ErrorContains(t, s.failed(), ".chunk", "and for which chunk")
}

func TestALostRecordIsFound(t *testing.T) {
	s, _ := drive(t, func(s *soak) { s.ledgers[toFile].expect([]byte("{}"), "nobody") })
	require.ErrorContains(t, s.failed(), "output file: 1 records are lost, one of them of nobody")
}

func TestTheEndOfTheHostIsFound(t *testing.T) {
	var out bytes.Buffer
	t.Setenv("TMPDIR", t.TempDir())
	s, err := start(t.Context(), settingsOf(t, &out), t.TempDir())
	require.NoError(t, err)
	time.AfterFunc(500*time.Millisecond, func() { _ = s.h.Signal(syscall.SIGKILL) })
	s.drive()
	require.ErrorIs(t, s.failed(), host.ErrEnded)
	assert.ErrorContains(t, s.close(), "killed")
}

func TestAnInterruptedRunHasNotPassed(t *testing.T) {
	var out bytes.Buffer
	o := settingsOf(t, &out)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	require.ErrorContains(t, run(ctx, o), "interrupted")
	assert.NotContains(t, out.String(), "passed")
}

func TestAFaultInTheLogIsFound(t *testing.T) {
	var s soak
	assert.NoError(t, s.hear([]host.Line{{Level: host.Warn, Text: "damaged chunk: x"}, {Level: host.Error, Text: "option Catalog: x"}}))
	assert.ErrorContains(t, s.hear([]host.Line{{Level: host.Error, Text: "fault in the plugin: x"}}), "fault")
	assert.ErrorContains(t, s.hear([]host.Line{{Level: host.Error, Text: "closing the sink"}}), "closing the sink")
	assert.Equal(t, "damaged chunk 1, option Catalog 1", s.logged.String())
}
