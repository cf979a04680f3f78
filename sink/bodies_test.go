package sink

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

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
	const total = 50
	for _, done := range []int{0, 4} { // how many records are done when the text is wanted again
		r := startRig(t, HTTP, nil)
		c := &Chunk{ID: ID{1}, Tag: "t", Records: numberedRecords(total)}
		bodies := newSharedBodies(c.Records)
		c.Bodies = bodies
		n := r.sink.(*network)
		b := &batch{encoder: n.wire.newEncoder()}
		out := make([]outcome, total)
		n.reset(c, b, 0)
		for pos := range c.Records {
			n.encode(c, b, pos, out)
		}
		c.drop()
		first := b.encoded
		read := func(from int) string {
			text, size := n.text(c, b, from, total, out)
			s, err := io.ReadAll(text)
			require.NoError(t, err)
			assert.Len(t, s, size)
			require.NoError(t, text.Close())
			return string(s)
		}
		all := read(0)
		assert.Nil(t, b.encoded)
		assert.Zero(t, first.refs.Load(), "given back")
		for pos := range done {
			out[pos] = outcome{state: delivered}
		}
		again := read(done)
		assert.Equal(t, total-done, strings.Count(again, "\n"))
		assert.True(t, strings.HasSuffix(all, again))
		assert.Equal(t, 1, bodies.restores)
		read(done)
		assert.Equal(t, 1, bodies.restores, "what was wanted twice is kept")
		b.release()
	}
}

// A receiver whose limit is known gets smaller requests of what was encoded once.
func TestHalvesAreEncodedOnce(t *testing.T) {
	const total = 2000
	r := startRig(t, HTTP, map[string]string{"Batch_Bytes": "1M"})
	r.sink.(*network).limit.refused(leastLimit, time.Now())
	c := &Chunk{ID: ID{1}, Tag: "t", Records: numberedRecords(total)}
	bodies := newSharedBodies(c.Records)
	c.Bodies = bodies
	assert.Equal(t, Verdict{Delivered: total}, r.Deliver(t.Context(), c))
	assert.Zero(t, bodies.restores)
	r.checkOnce(t, total)
}

// The last request of a later attempt keeps no bodies either.
func TestBodiesAreDroppedInALaterAttempt(t *testing.T) {
	const total = 30
	r := startRig(t, HTTP, nil)
	r.server.SetFault(sinktest.First(1, sinktest.Say(sinktest.Reply{Status: http.StatusServiceUnavailable})))
	for _, answer := range []Answer{Retry, OK} {
		c := &Chunk{ID: ID{1}, Tag: "t", Records: numberedRecords(total)}
		bodies := newSharedBodies(c.Records)
		c.Bodies = bodies
		assert.Equal(t, answer, r.Deliver(t.Context(), c).Answer)
		assert.Equal(t, 1, bodies.drops)
		assert.Zero(t, bodies.restores)
	}
	r.checkOnce(t, total)
}

// A redirect is not followed, so nothing is sent, or encoded, a second time.
func TestARedirectDoesNotOpenTheTextAgain(t *testing.T) {
	r := startRig(t, HTTP, nil)
	r.server.SetFault(sinktest.First(1, sinktest.Say(sinktest.Reply{Status: http.StatusTemporaryRedirect, Location: "http://127.0.0.1:1/"})))
	c := &Chunk{ID: ID{1}, Tag: "t", Records: numberedRecords(10)}
	bodies := newSharedBodies(c.Records)
	c.Bodies = bodies
	assert.Equal(t, Retry, r.Deliver(t.Context(), c).Answer)
	assert.Zero(t, bodies.restores)
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
