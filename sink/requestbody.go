package sink

import (
	"bytes"
	"io"
	"sync"
	"sync/atomic"
)

// body holds the text of one or more requests in a buffer that is used again. net/http may still read the body after the answer has come (see
// golang.org/issue/51907), so the buffer is free again when the last reader is closed.
type body struct {
	buf  []byte
	refs atomic.Int32
}

// freeBodies are the bodies that wait for another request. A sync.Pool would not do: the goroutine that releases a body is often not the
// one that takes the next, and the pool keeps an object of each processor out of reach of the others.
var freeBodies struct {
	mu   sync.Mutex
	list []*body
}

// Limits of freeBodies. A body is usually as large as a chunk and a quarter, and each worker has one or two.
const (
	maxFree      = 4
	maxFreeBytes = 16 << 20 // of one body
)

// newBody returns an empty body. The caller releases it.
func newBody() *body {
	freeBodies.mu.Lock()
	defer freeBodies.mu.Unlock()
	b := &body{}
	if last := len(freeBodies.list) - 1; last >= 0 {
		b, freeBodies.list = freeBodies.list[last], freeBodies.list[:last]
	}
	b.buf = b.buf[:0]
	b.refs.Store(1)
	return b
}

func (b *body) release() {
	if b.refs.Add(-1) > 0 || cap(b.buf) > maxFreeBytes {
		return
	}
	freeBodies.mu.Lock()
	defer freeBodies.mu.Unlock()
	if len(freeBodies.list) < maxFree {
		freeBodies.list = append(freeBodies.list, b)
	}
}

// Write appends to the body. It implements io.Writer for the compressor.
func (b *body) Write(p []byte) (int, error) {
	b.buf = append(b.buf, p...)
	return len(p), nil
}

// A bodyPart is the part of a body that is sent in one request.
type bodyPart struct {
	body *body
	text []byte
}

func (p bodyPart) reader() io.ReadCloser {
	p.body.refs.Add(1)
	r := &bodyReader{body: p.body}
	r.Reset(p.text)
	return r
}

type bodyReader struct {
	bytes.Reader
	body   *body
	closed atomic.Bool
}

func (r *bodyReader) Close() error {
	if !r.closed.Swap(true) {
		r.body.release()
	}
	return nil
}
