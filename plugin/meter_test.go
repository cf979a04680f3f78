package main

import (
	"fluent-bit-entra-signin/plugin/settings"
	"fluent-bit-entra-signin/sink"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

func TestSampleOfAnOutput(t *testing.T) {
	s := settings.DefaultFilter()
	s.MetricsListen = freeAddress(t)
	o := sink.DefaultOptions()
	e, err := newEnricher(s, &o)
	require.NoError(t, err)
	defer e.stop(t.Context())
	e.enrich([]byte{0x92, 0x92}, "is lost").Release()
	got := e.sample()
	assert.Equal(t, "stdout", got.Sink)
	assert.Equal(t, 1, int(got.Records.Malformed))
	assert.Positive(t, got.Catalog.Codes)
	assert.Empty(t, got.Catalog.File)
	assert.Zero(t, got.Reloads)
}

func TestSampleKnowsTheCatalog(t *testing.T) {
	w, put := watched(t, good)
	before := w.owner.sample().Catalog
	assert.Len(t, before.File, 12)
	put(good + "2,Another.,low\n")
	w.look()
	after := w.owner.sample()
	assert.NotEqual(t, before.File, after.Catalog.File)
	assert.Equal(t, before.Codes+1, after.Catalog.Codes)
	assert.EqualValues(t, 1, after.Reloads)
	assert.Empty(t, after.Sink)
}

// After a reload the old pipeline is gone, and an error would end Fluent Bit.
func TestNoErrorForThePortAfterAReload(t *testing.T) {
	exited.Store(true)
	defer exited.Store(false)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	s := settings.DefaultFilter()
	s.MetricsListen = l.Addr().String()
	e, err := newEnricher(s, nil)
	require.NoError(t, err)
	e.enrich([]byte{0x92, 0x92}, "is lost").Release()
	said := drained(&e.lines)
	assert.Equal(t, levelError, said[1].level)
	assert.Contains(t, said[1].text, "option Metrics_Listen")
	assert.Contains(t, said[1].text, "until the next reload")
	e.stop(t.Context())
}

// What has been opened before the port turns out to be taken is closed again.
func TestNoInstanceWhereThePortIsTaken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	dir := t.TempDir()
	s := settings.DefaultFilter()
	s.MetricsListen = l.Addr().String()
	s.Catalog, s.CatalogReload = filepath.Join(dir, "codes.csv"), time.Hour
	require.NoError(t, os.WriteFile(s.Catalog, []byte("code,description,severity\n4242,Ours.,low\n"), 0o600))
	o := sink.DefaultOptions()
	o.Sink, o.Path = sink.File, filepath.Join(dir, "out.jsonl")
	goroutines := runtime.NumGoroutine()
	e, err := newEnricher(s, &o)
	assert.Nil(t, e)
	assert.ErrorContains(t, err, "option Metrics_Listen")

	files, err := os.ReadDir("/proc/self/fd")
	require.NoError(t, err)
	for _, f := range files {
		to, _ := os.Readlink("/proc/self/fd/" + f.Name()) // that of ReadDir is closed again
		assert.NotContains(t, to, dir, "a file of the output is open")
	}
	for end := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > goroutines; time.Sleep(time.Millisecond) {
		require.True(t, time.Now().Before(end), "the watch of the catalog still runs")
	}
}

func TestCountsAreLoggedAtIntervals(t *testing.T) {
	s := settings.DefaultFilter()
	s.StatsInterval = time.Nanosecond
	e, err := newEnricher(s, nil)
	require.NoError(t, err)
	drained(&e.lines)
	e.enrich(nil, "").Release()
	got := drained(&e.lines)
	require.Len(t, got, 1)
	assert.Equal(t, line{levelInfo, e.summary()}, got[0])
}
