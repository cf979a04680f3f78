package sink

import (
	"bytes"
	"fmt"
	"io"
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
	pauses   int
	paused   bool
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

func (s *sharedBodies) Pause()  { s.pauses++; s.paused = true }
func (s *sharedBodies) Resume() { s.paused = false }

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
			// Half of the records, and then a quarter, need smaller requests. The records are encoded once more for all of these.
			r.server.SetFault(sinktest.First(2, func(x *sinktest.Exchange) bool {
				assert.Equal(t, bodies.restores+1, bodies.drops)
				x.Answer(sinktest.Reply{Status: http.StatusRequestEntityTooLarge})
				return true
			}))
			v := r.Deliver(t.Context(), c)
			assert.Equal(t, Verdict{Delivered: total}, v)
			assert.Equal(t, 1, bodies.restores)
			assert.Equal(t, 2, bodies.drops)
			assert.Empty(t, r.checkOnce(t, total))
		})
	}
}

// While the answer is awaited, the encoded records are in memory no longer either.
func TestWhileTheAnswerIsAwaitedTheTextIsGivenBack(t *testing.T) {
	for _, gzip := range []string{"none", "gzip"} {
		r := startRig(t, HTTP, map[string]string{"Compress": gzip})
		c := &Chunk{ID: ID{1}, Tag: "t", Records: numberedRecords(50)}
		c.Bodies = newSharedBodies(c.Records)
		n := r.sink.(*network)
		b := &batch{encoder: n.wire.newEncoder()}
		out := make([]outcome, len(c.Records))
		n.reset(c, b, 0)
		for pos := range c.Records {
			n.encode(c, b, pos, out)
		}
		c.drop()
		first := b.encoded
		text, size := n.text(c, b, 0, b.end(), out)
		assert.Nil(t, b.encoded)
		before, err := io.ReadAll(text)
		require.NoError(t, err)
		assert.Len(t, before, size)
		assert.Equal(t, int32(1), first.refs.Load())
		require.NoError(t, text.Close())
		assert.Zero(t, first.refs.Load())

		text, _ = n.text(c, b, 0, b.end(), out)
		after, err := io.ReadAll(text)
		require.NoError(t, err)
		assert.Equal(t, string(before), string(after))
		require.NoError(t, text.Close())
		out[3] = outcome{state: delivered}
		text, size = n.text(c, b, 4, 6, out)
		assert.Equal(t, 2, bytes.Count(before[:size], []byte("\n")))
		require.NoError(t, text.Close())
		b.release()
	}
}

// A receiver that closes a connection which it has kept open gets the same request on another one, at once.
func TestTheTextIsSentAgainOnAnotherConnection(t *testing.T) {
	for _, gzip := range []string{"none", "gzip"} {
		t.Run(gzip, func(t *testing.T) {
			const total = 300
			r := startRig(t, HTTP, map[string]string{"Compress": gzip, "Batch_Bytes": "1M"})
			require.Equal(t, OK, r.Deliver(t.Context(), &Chunk{ID: ID{9}, Tag: "t", Records: numberedRecords(1)}).Answer)
			var texts []string
			r.server.SetFault(func(x *sinktest.Exchange) bool {
				texts = append(texts, string(x.Body))
				if len(texts) == 1 {
					x.Reset(nil)
					return true
				}
				return false
			})
			c := &Chunk{ID: ID{1}, Tag: "t", Records: numberedRecords(total)}
			bodies := newSharedBodies(c.Records)
			c.Bodies = bodies
			assert.Equal(t, Verdict{Delivered: total}, r.Deliver(t.Context(), c))
			require.Equal(t, 2, len(texts)) //nolint:testifylint // the texts are long
			assert.Equal(t, len(texts[0]), len(texts[1]))
			assert.True(t, texts[0] == texts[1])
			assert.Equal(t, map[string]int{"none": 1, "gzip": 0}[gzip], bodies.restores, "the compressed text is kept")
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
	r.server.SetFault(func(*sinktest.Exchange) bool {
		requests++
		assert.True(t, bodies.paused || bodies.drops == 1, "a request waits, and neither")
		return false
	})
	require.Equal(t, Verdict{Delivered: total}, r.Deliver(t.Context(), c))
	assert.Greater(t, requests, 3)
	assert.Equal(t, requests-1, bodies.pauses)
	assert.Equal(t, 1, bodies.drops)
	assert.False(t, bodies.paused)
	r.checkOnce(t, total)
}
