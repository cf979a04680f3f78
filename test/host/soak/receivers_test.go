package main

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLedger(t *testing.T) {
	l := newLedger()
	require.NoError(t, l.missing())
	for range 2 {
		l.expect([]byte("a"), "chunk 1")
	}
	require.NoError(t, l.arrived([]byte("a")))
	assert.EqualError(t, l.missing(), "1 records are lost, one of them of chunk 1")
	require.NoError(t, l.arrived([]byte("a")))
	require.NoError(t, l.missing())
	assert.ErrorContains(t, l.arrived([]byte("a")), "a record came twice")
	assert.Equal(t, 3, l.arrivals())
}

func TestFileIsReadThroughRotations(t *testing.T) {
	l := newLedger()
	for _, line := range []string{"a", "b", "c", "d"} {
		l.expect([]byte(line), "")
	}
	x := &file{path: filepath.Join(t.TempDir(), "out.json"), ledger: l}
	require.NoError(t, x.settle(), "nothing is there yet")
	require.NoError(t, x.rotate())
	f, err := os.Create(x.path)
	require.NoError(t, err)
	_, err = io.WriteString(f, "a\nb")
	require.NoError(t, err)
	require.NoError(t, x.rotate())
	_, err = io.WriteString(f, "\nc\n") // by somebody who has not noticed
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(x.path, []byte("d\n"), 0o644))
	require.NoError(t, x.settle())
	assert.NoError(t, l.missing())
	left, err := os.ReadDir(filepath.Dir(x.path))
	require.NoError(t, err)
	assert.Empty(t, left)

	require.NoError(t, os.WriteFile(x.path, []byte("torn"), 0o644))
	require.ErrorContains(t, x.settle(), "a line is not ended: torn")
	require.NoError(t, os.WriteFile(x.path, []byte("a\n"), 0o644))
	assert.ErrorContains(t, x.settle(), "a record came twice")
}

func post(t *testing.T, url, key, body string) (int, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewReader([]byte(body)))
	require.NoError(t, err)
	req.Header.Set("Idempotency-Key", key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	_, err = io.ReadAll(res.Body)
	return res.StatusCode, err
}

func TestReceiver(t *testing.T) {
	l := newLedger()
	var failure error
	r, err := newReceiver(1, l, func(err error) { failure = err })
	require.NoError(t, err)
	defer func() { r.server.Stop() }()
	l.expect([]byte("{}"), "")

	// Sent again and again until every fault has happened, and stored once.
	for i := 0; len(r.faults.n) < len(faults)-1 && i < 5000; i++ {
		before := r.faults.of("stalls")
		done := make(chan struct{})
		go func() {
			defer close(done)
			_, _ = post(t, r.server.URL(), "key", "{}\n")
		}()
		select {
		case <-done:
		case <-time.After(400 * time.Millisecond):
			require.Greater(t, r.faults.of("stalls"), before, "nothing else takes so long")
			r.server.Stop()
			<-done
			r, err = newReceiver(uint64(i), l, func(err error) { failure = err })
			require.NoError(t, err)
			r.keys["key"] = true
		}
	}
	require.NoError(t, failure)
	require.NoError(t, l.missing())
	assert.Equal(t, 1, l.arrivals())

	r.recover()
	d := &delay{arrived: make(chan struct{}), length: 50 * time.Millisecond}
	r.hold(d)
	began := time.Now()
	status, err := post(t, r.server.URL(), "key", "{}\n")
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, status)
	assert.GreaterOrEqual(t, time.Since(began), d.length)
	<-d.arrived

	_, err = post(t, r.server.URL(), "another", "{}\n")
	require.NoError(t, err)
	assert.ErrorContains(t, failure, "a record came twice")
}

func TestRetries(t *testing.T) {
	var q retries
	now := time.Now()
	first, second := &parcel{output: toHTTP}, &parcel{output: toHTTP, tries: 3}
	q.put(second, now)
	q.put(first, now)
	assert.Equal(t, 2, q.waiting(toHTTP))
	assert.Zero(t, q.waiting(toFile))
	assert.Nil(t, q.next(now))
	assert.Same(t, first, q.next(now.Add(150*time.Millisecond)), "who failed less often waits less")
	assert.Nil(t, q.next(now.Add(150*time.Millisecond)))
	assert.Same(t, second, q.next(now.Add(time.Second)))
	assert.Zero(t, q.waiting(toHTTP))
}
