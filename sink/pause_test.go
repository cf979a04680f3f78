package sink

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPauseEnds(t *testing.T) {
	var p pause
	now := time.Now()
	assert.Nil(t, p.still(now), "a new one")
	p.begin(interval{end: now.Add(time.Second), why: "why"})
	assert.EqualError(t, p.still(now), "why")
	assert.EqualError(t, p.still(now.Add(time.Second-1)), "why")
	assert.Nil(t, p.still(now.Add(time.Second)))
}

// A clock that is set back moves no end: both readings of the monotonic clock are compared.
func TestPauseKeepsTheMonotonicClock(t *testing.T) {
	var p pause
	p.begin(interval{end: time.Now().Add(time.Hour)})
	assert.Contains(t, p.current.Load().end.String(), " m=", "the end has a monotonic reading")
}

func TestReceiverThatHangsIsNotAskedForEveryChunk(t *testing.T) {
	var requests atomic.Int64
	var hangs atomic.Bool
	hangs.Store(true)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		_, _ = io.Copy(io.Discard, r.Body) // the server sees that the client has gone only when it has read all
		if hangs.Load() {
			<-r.Context().Done()
		}
	}))
	defer server.Close()
	o := DefaultOptions()
	o.Sink, o.URL, o.Timeout = HTTP, server.URL, time.Second
	d, err := New(o, func(Level, string) {})
	require.NoError(t, err)
	defer func() { assert.NoError(t, d.Close(context.Background())) }()
	chunk := func(n byte) *Chunk {
		return &Chunk{ID: ChunkID("t", []byte{n}), Tag: "t", Records: []Record{{Sec: 1, Body: []byte{0x81, 0xa1, 'n', n}}}}
	}

	first := d.Deliver(context.Background(), chunk(0))
	assert.Equal(t, Retry, first.Answer)
	assert.Contains(t, first.Reason, "no whole answer within 1s")
	began := time.Now()
	for n := range byte(20) {
		assert.Equal(t, Retry, d.Deliver(context.Background(), chunk(n)).Answer)
	}
	if time.Since(began) < time.Second/2 { // else the machine is too slow to tell
		assert.EqualValues(t, 1, requests.Load())
	}

	hangs.Store(false)
	require.Eventually(t, func() bool { return d.Deliver(context.Background(), chunk(0)).Answer == OK }, 10*time.Second, 50*time.Millisecond)
}
