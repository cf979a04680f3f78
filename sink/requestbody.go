package sink

import (
	"bytes"
	"io"
	"sync"
	"sync/atomic"
)

// body is the body of a request in a buffer from a pool. net/http may go on reading it after the answer has come, so the buffer
// goes back when the last reader is closed, and not before.
type body struct {
	buf  []byte
	refs atomic.Int32
}

var bodies = sync.Pool{New: func() any { return new(body) }}

// maxPooled is the largest buffer worth keeping between requests.
const maxPooled = 32 << 20

// newBody is an empty body with one reference, the caller's.
func newBody() *body {
	b := bodies.Get().(*body)
	b.buf = b.buf[:0]
	b.refs.Store(1)
	return b
}

func (b *body) release() {
	if b.refs.Add(-1) == 0 && cap(b.buf) <= maxPooled {
		bodies.Put(b)
	}
}

// Write makes a body the target of a compressor.
func (b *body) Write(p []byte) (int, error) {
	b.buf = append(b.buf, p...)
	return len(p), nil
}

func (b *body) reader() io.ReadCloser {
	b.refs.Add(1)
	r := &bodyReader{body: b}
	r.Reset(b.buf)
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
