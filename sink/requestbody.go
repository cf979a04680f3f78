package sink

import (
	"bytes"
	"io"
	"sync"
	"sync/atomic"
)

// body is the body of a request in a pooled buffer. net/http may still read the body after the answer has come (see
// golang.org/issue/51907), so the buffer returns to the pool when the last reader is closed.
type body struct {
	buf  []byte
	refs atomic.Int32
}

var bodies = sync.Pool{New: func() any { return new(body) }}

// maxPooled is the largest buffer that is kept for another request.
const maxPooled = 32 << 20

// newBody returns an empty body. The caller releases it.
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

// Write appends to the body. It implements io.Writer for the compressor.
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
