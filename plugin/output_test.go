package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tinylib/msgp/msgp"

	"fluent-bit-entra-signin/plugin/settings"
)

// Whatever the receiver answers, flushes that wait for a turn, an answer or the dead letters come to an end, and every turn is given back.
func TestEveryFlushEnds(t *testing.T) {
	answers := []int{http.StatusOK, http.StatusBadRequest, http.StatusServiceUnavailable, http.StatusRequestEntityTooLarge}
	var requests atomic.Int64
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(answers[int(requests.Add(1)*7/3)%len(answers)])
	}))
	defer receiver.Close()

	s := settings.DefaultOutput()
	s.Sink.Sink, s.Sink.URL = "http", receiver.URL
	s.Sink.BatchBytes = 2 << 10
	s.Sink.DeadLetterFile = filepath.Join(t.TempDir(), "dead.jsonl")
	o, err := newOutput(outputHost{}, s)
	require.NoError(t, err)
	defer o.exit()

	var chunk []byte
	for i := range 40 {
		chunk = msgp.AppendArrayHeader(chunk, 2)
		chunk = msgp.AppendInt(chunk, 1_700_000_000+i)
		chunk = msgp.AppendMapHeader(chunk, 2)
		chunk = msgp.AppendString(msgp.AppendString(chunk, "id"), fmt.Sprintf("%036d", i))
		chunk = msgp.AppendInt(msgp.AppendString(chunk, "errorCode"), 50126)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		var flushes sync.WaitGroup
		for worker := range 4 * runtime.GOMAXPROCS(0) {
			flushes.Go(func() {
				for n := range 100 {
					o.flush(chunk, fmt.Sprint("tag", worker, n))
				}
			})
		}
		flushes.Wait()
	}()
	select {
	case <-done:
	case <-time.After(time.Minute):
		require.Fail(t, "the flushes do not end")
	}
	assert.Empty(t, o.turns)
	assert.Greater(t, o.delivery.Stats().Refused, int64(0))
	assert.Greater(t, o.delivery.Stats().Retried, int64(0))
}
