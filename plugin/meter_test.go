package main

import (
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/plugin/settings"
	"fluent-bit-entra-signin/sink"
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
	s := settings.DefaultFilter()
	s.MetricsListen = l.Addr().String()
	o := sink.DefaultOptions()
	e, err := newEnricher(s, &o)
	assert.Nil(t, e)
	assert.ErrorContains(t, err, "option Metrics_Listen")
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
