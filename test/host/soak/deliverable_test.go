package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/filter"
	"fluent-bit-entra-signin/sink"
)

// What is expected of an output is what package sink writes.
func TestDeliverable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.json")
	o := sink.DefaultOptions()
	o.Sink, o.Path = sink.File, path
	d, err := sink.New(o, func(sink.Level, string) {})
	require.NoError(t, err)
	defer d.Close(t.Context())

	c := corpusOf(t)
	for _, k := range slices.Concat(goodKinds, hostileKinds) {
		for id := range uint64(5) {
			chunk := k.make(c, newMessage(c, 5, id).r, id)
			var want []byte
			deliverable(chunk, func(line []byte) { want = append(append(want, line...), '\n') })

			var records []sink.Record
			_ = filter.Events(chunk, func(e filter.Event) bool {
				if !e.Marker {
					records = append(records, sink.Record{Sec: e.Sec, Nsec: e.Nsec, Body: e.Body})
				}
				return true
			})
			require.NoError(t, os.Truncate(path, 0))
			v := d.Deliver(t.Context(), &sink.Chunk{ID: sink.ChunkID(tag, chunk), Tag: tag, Records: records})
			require.Equal(t, sink.OK, v.Answer)
			assert.Equal(t, v.Delivered, bytes.Count(want, []byte{'\n'}), k.name)
			got, err := os.ReadFile(path)
			require.NoError(t, err)
			require.True(t, bytes.Equal(want, got), k.name)
		}
	}
}
