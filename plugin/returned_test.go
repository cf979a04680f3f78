package main

import (
	"encoding/base64"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/filter"
	"fluent-bit-entra-signin/sink"
)

// versionsOf returns n versions of catalogs that differ.
func versionsOf(t *testing.T, n int) (all []filter.Version) {
	t.Helper()
	e, err := filter.New(filter.DefaultOptions(), catalog.Embedded())
	require.NoError(t, err)
	for range n {
		e.SetCatalog(catalog.Embedded())
		r := e.EnrichTraced(nil, filter.Version{})
		all = append(all, r.Version())
		r.Release()
	}
	return all
}

func TestReturned(t *testing.T) {
	var r returned
	v := versionsOf(t, 2)
	assert.Zero(t, r.take(&sink.Chunk{ID: sink.ID{1}}), "a new chunk")
	r.put(sink.ID{1}, v[0])
	r.put(sink.ID{2}, v[1])
	r.put(sink.ID{1}, v[1]) // equal in every byte, and later
	assert.Equal(t, v[0], r.take(&sink.Chunk{ID: sink.ID{1}}))
	assert.Equal(t, v[1], r.take(&sink.Chunk{ID: sink.ID{1}}))
	assert.Zero(t, r.take(&sink.Chunk{ID: sink.ID{1}}))
	assert.Equal(t, v[1], r.take(&sink.Chunk{ID: sink.ID{2}}))
}

func TestReturnedIsBounded(t *testing.T) {
	var r returned
	v := versionsOf(t, maxVersions+3)
	for i := range maxReturned + 10 {
		r.put(sink.ID{byte(i), byte(i >> 8)}, v[0])
	}
	assert.Len(t, r.chunks, maxReturned)
	assert.Zero(t, r.take(&sink.Chunk{ID: sink.ID{9}}), "the oldest is forgotten")
	assert.Equal(t, v[0], r.take(&sink.Chunk{ID: sink.ID{10}}))
	for i, version := range v {
		r.put(sink.ID{0xff, 0xff, byte(i)}, version)
	}
	assert.Equal(t, maxVersions, r.versions())
	assert.Zero(t, r.take(&sink.Chunk{ID: sink.ID{0xff, 0xff, 2}}), "the oldest catalogs are let go")
	assert.Equal(t, v[3], r.take(&sink.Chunk{ID: sink.ID{0xff, 0xff, 3}}))
}

// Damage in the middle of a chunk loses nothing: what is behind it is one record that no sink can write.
func TestRecordsOfADamagedChunk(t *testing.T) {
	e, err := filter.New(filter.DefaultOptions(), catalog.Embedded())
	require.NoError(t, err)
	event := []byte("\x92\x01\x81\xaaresultType\xcd\xc3\xce")
	chunk := append(append(append([]byte(nil), event...), 0xc1), event...)
	r := e.EnrichTraced(chunk, filter.Version{})
	defer r.Release()
	list := records(nil, r.AppendTo(nil), r.Origins)
	require.Len(t, list, 2)
	assert.Equal(t, event[2:], list[0].Raw)
	assert.True(t, list[0].SignIn)
	assert.Equal(t, "\xc1"+string(event), string(list[1].Body))
	path := t.TempDir() + "/dead"
	d, err := sink.New(sink.Options{Sink: sink.Stdout, DeadLetterFile: path, Timeout: 1}, func(sink.Level, string) {})
	require.NoError(t, err)
	v := d.Deliver(t.Context(), &sink.Chunk{Tag: "t", Records: list[1:]})
	assert.Equal(t, sink.Verdict{Refused: 1}, v)
	require.NoError(t, d.Close(t.Context()))
	letter, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Contains(t, string(letter), `"raw":"`+base64.StdEncoding.EncodeToString(list[1].Body)+`"`)
}
