package sink

import (
	"io"
	"net/http"
	"sync"
	"sync/atomic"

	"fluent-bit-entra-signin/internal/buffers"
)

// body holds the text of one or more requests. net/http may still read the body after the answer has come (see
// golang.org/issue/51907), so the buffer is free again when the last reader is closed.
type body struct {
	buf  []byte
	refs atomic.Int32
}

// newBody returns an empty body with room for so many bytes. The caller releases it.
func newBody(room int) *body {
	b := &body{buf: buffers.Take(room)}
	b.refs.Store(1)
	return b
}

func (b *body) release() {
	if b.refs.Add(-1) == 0 {
		buffers.Give(b.buf)
	}
}

// Write appends to the body. It implements io.Writer for the compressor.
func (b *body) Write(p []byte) (int, error) {
	b.buf = append(b.buf, p...)
	return len(p), nil
}

// openText opens the text of a request, once for each time that the request is sent, and tells its length. The text is the same each
// time.
type openText func() (text *bodyReader, size int)

// A bodyPart is what one request sends of a body: parts of its text, and what stands between them. The request is not put together in
// another buffer, because the buffer would be held until the answer comes.
type bodyPart struct {
	body  *body
	parts [][]byte
}

func (p bodyPart) size() (n int) {
	for _, part := range p.parts {
		n += len(part)
	}
	return n
}

func (p bodyPart) reader() *bodyReader {
	p.body.refs.Add(1)
	return &bodyReader{parts: p.parts, body: p.body}
}

// A bodyReader may be closed while another goroutine reads from it: nothing is read once the buffer was given back.
type bodyReader struct {
	mu     sync.Mutex
	parts  [][]byte // the elements are those of other readers too
	at     int      // read of the first part
	body   *body
	closed bool
}

// Read implements io.Reader. It fills dst unless the text ends.
func (r *bodyReader) Read(dst []byte) (n int, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return 0, http.ErrBodyReadAfterClose
	}
	for n < len(dst) && len(r.parts) > 0 {
		part := r.parts[0][r.at:]
		copied := copy(dst[n:], part)
		n, r.at = n+copied, r.at+copied
		if copied == len(part) {
			r.parts, r.at = r.parts[1:], 0
		}
	}
	if n == 0 && len(dst) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// WriteTo implements io.WriterTo.
func (r *bodyReader) WriteTo(w io.Writer) (n int64, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return 0, http.ErrBodyReadAfterClose
	}
	for len(r.parts) > 0 && err == nil {
		var wrote int
		wrote, err = w.Write(r.parts[0][r.at:])
		n += int64(wrote)
		r.parts, r.at = r.parts[1:], 0
	}
	return n, err
}

// Close implements io.Closer. It may be called more than once.
func (r *bodyReader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed {
		r.closed = true
		r.body.release()
	}
	return nil
}
