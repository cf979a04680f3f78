package sink

import (
	"bytes"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/sink/sinktest"
)

// sharedBodies holds the bodies of records in one buffer, which is overwritten when they are dropped, as by another chunk.
type sharedBodies struct {
	records  []Record
	original [][]byte
	buffer   []byte
	drops    int
	restores int
}

func newSharedBodies(records []Record) *sharedBodies {
	s := &sharedBodies{records: records}
	for i := range records {
		s.original = append(s.original, bytes.Clone(records[i].Body))
	}
	s.Restore()
	s.restores = 0
	return s
}

func (s *sharedBodies) Drop() {
	s.drops++
	for i := range s.buffer {
		s.buffer[i] = 0xc1 // what MessagePack never uses
	}
}

func (s *sharedBodies) Restore() {
	s.restores++
	s.buffer = bytes.Join(s.original, nil)
	at := 0
	for i, body := range s.original {
		s.records[i].Body = s.buffer[at : at+len(body)]
		at += len(body)
	}
}

func numberedRecords(n int) (records []Record) {
	for i := range n {
		// Two streams of Loki, whose records take turns.
		records = append(records, Record{Sec: int64(1_700_000_000 + i), Body: pack(pairs{"n", i, "severity", fmt.Sprint(i % 2), "text", "some words"})})
	}
	return records
}

func TestWhileTheAnswerIsAwaitedTheBodiesAreDropped(t *testing.T) {
	for _, kind := range networkKinds() {
		t.Run(kind, func(t *testing.T) {
			const total = 300
			r := startRig(t, kind, map[string]string{"Batch_Bytes": "1M"})
			c := &Chunk{ID: ID{1}, Tag: "t", Records: numberedRecords(total)}
			bodies := newSharedBodies(c.Records)
			c.Bodies = bodies
			// Half of the records, and then a quarter, need smaller requests, made of what was encoded.
			r.server.SetFault(sinktest.First(2, func(x *sinktest.Exchange) bool {
				assert.Equal(t, 1, bodies.drops)
				x.Answer(sinktest.Reply{Status: http.StatusRequestEntityTooLarge})
				return true
			}))
			v := r.Deliver(t.Context(), c)
			assert.Equal(t, Verdict{Delivered: total}, v)
			assert.Zero(t, bodies.restores)
			assert.Empty(t, r.checkOnce(t, total))
		})
	}
}

func TestARefusedRecordIsRestoredForTheDeadLetters(t *testing.T) {
	const total = 20
	r := startRig(t, HTTP, nil)
	r.server.SetFault(sinktest.Say(sinktest.Reply{Status: http.StatusBadRequest}))
	c := &Chunk{ID: ID{1}, Tag: "t", Records: numberedRecords(total)}
	bodies := newSharedBodies(c.Records)
	c.Bodies = bodies
	v := r.Deliver(t.Context(), c)
	assert.Equal(t, Verdict{Refused: total}, v)
	assert.Equal(t, 1, bodies.drops)
	assert.Equal(t, 1, bodies.restores)
	assert.Len(t, r.checkOnce(t, total), total)
}

func TestBodiesAreKeptUntilTheLastRequest(t *testing.T) {
	const total = 300
	r := startRig(t, HTTP, map[string]string{"Batch_Bytes": "4k"})
	c := &Chunk{ID: ID{1}, Tag: "t", Records: numberedRecords(total)}
	bodies := newSharedBodies(c.Records)
	c.Bodies = bodies
	requests := 0
	r.server.SetFault(func(*sinktest.Exchange) bool { requests++; return false })
	require.Equal(t, Verdict{Delivered: total}, r.Deliver(t.Context(), c))
	assert.Greater(t, requests, 3)
	assert.Equal(t, 1, bodies.drops)
	r.checkOnce(t, total)
}
