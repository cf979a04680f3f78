package sink

import (
	"sync"
	"unicode/utf8"

	"fluent-bit-entra-signin/internal/jsontext"
	"fluent-bit-entra-signin/internal/msgpack"
)

// appendLogfmt appends a record as logfmt: key=value pairs separated by blanks. Maps are flattened with an underscore
// (status_errorCode=50126), like in Loki's json parser. These values become JSON in a quoted string:
//
//   - an array
//   - a map deeper than maxDepth
//   - a map whose members would repeat the keys above them too often, see logfmtWriter.room
//
// A value that is empty, or that has a blank or a quotation mark, is quoted as in JSON. limit limits len(dst) as in appendValue.
func appendLogfmt(dst, record []byte, limit int) ([]byte, error) {
	var t msgpack.Token
	at, err := t.Read(record, 0)
	if err != nil {
		return dst, err
	}
	if t.Kind != msgpack.KindMap {
		return dst, errNotMap
	}
	w := logfmtWriters.Get().(*logfmtWriter)
	defer logfmtWriters.Put(w)
	w.dst, w.key, w.some = dst, w.key[:0], false
	w.room, w.limit = repeatRoom(len(record)), limit
	_, err = w.members(record[at:], t.N, 1)
	line := w.dst
	w.dst = nil
	if err != nil {
		return dst, err
	}
	return line, nil
}

var logfmtWriters = sync.Pool{New: func() any { return new(logfmtWriter) }}

type logfmtWriter struct {
	dst     []byte
	key     []byte // the path to the current member
	scratch []byte
	some    bool // a pair was written, so the next one needs a blank
	limit   int
	// room is how many bytes of repeated keys may still be written. Without a limit, a record of 70 kB with one long key above
	// thousands of members would become a line of 150 MB.
	room int
}

// repeatRoom returns the room for a record of size bytes. A sign-in needs less than half of the constant.
func repeatRoom(size int) int { return 2*size + 4096 }

// flatten reports whether there is room for n members under the current path, and takes the room.
func (w *logfmtWriter) flatten(n uint64) bool {
	prefix := uint64(len(w.key) + 1)
	if n > uint64(w.room)/prefix {
		return false
	}
	w.room -= int(n * prefix)
	return true
}

func (w *logfmtWriter) members(b []byte, n uint64, depth int) ([]byte, error) {
	outer := len(w.key)
	var err error
	for range n {
		if len(w.dst) > w.limit {
			return b, errTooLong
		}
		w.key = w.key[:outer]
		if outer > 0 {
			w.key = append(w.key, '_')
		}
		if b, err = w.name(b); err != nil {
			return b, err
		}
		if b, err = w.value(b, depth); err != nil {
			return b, err
		}
	}
	w.key = w.key[:outer]
	return b, nil
}

// name appends a key to the path. Bytes that would end a logfmt key become underscores.
func (w *logfmtWriter) name(b []byte) ([]byte, error) {
	if key, end, ok := msgpack.ShortString(b, 0); ok && bare(key) {
		w.key = append(w.key, key...)
		return b[end:], nil
	}
	var end int
	var err error
	if w.scratch, end, err = appendKey(w.scratch[:0], b, 0, w.limit); err != nil {
		return b, err
	}
	for _, c := range w.scratch[1 : len(w.scratch)-1] {
		if kinds[c] == stop {
			c = '_'
		}
		w.key = append(w.key, c)
	}
	return b[end:], nil
}

func (w *logfmtWriter) value(b []byte, depth int) ([]byte, error) {
	var t msgpack.Token
	end, err := t.Read(b, 0)
	if err != nil {
		return b, err
	}
	if t.Kind == msgpack.KindMap && depth < maxDepth && w.flatten(t.N) {
		return w.members(b[end:], t.N, depth+1)
	}
	if len(t.Data) > w.limit-len(w.dst) {
		return b, errTooLong
	}
	if w.some {
		w.dst = append(w.dst, ' ')
	}
	w.some = true
	w.dst = append(w.dst, w.key...)
	w.dst = append(w.dst, '=')
	if text, ok := appendText(w.scratch[:0], &t); ok {
		w.scratch = text
		w.text(text)
		return b[end:], nil
	}
	if w.scratch, end, err = appendValue(w.scratch[:0], b, 0, depth, w.limit); err != nil {
		return b, err
	}
	w.text(w.scratch)
	return b[end:], nil
}

func (w *logfmtWriter) text(s []byte) {
	if bare(s) {
		w.dst = append(w.dst, s...)
		return
	}
	w.dst = jsontext.AppendQuoted(w.dst, s)
}

// bare reports whether a text needs no quotation marks.
func bare(s []byte) bool {
	longer := false
	for _, c := range s {
		if kind := kinds[c]; kind != ascii {
			if kind == stop {
				return false
			}
			longer = true
		}
	}
	return len(s) > 0 && (!longer || utf8.Valid(s))
}

// The kinds of a byte: one that stands for itself, part of a longer character, or one that would end a key or a value.
const (
	ascii = 0
	more  = 1
	stop  = 2
)

var kinds = func() (t [256]uint8) {
	for c := range t {
		switch {
		case c <= ' ' || c == '=' || c == '"' || c == '\\' || c == 0x7f:
			t[c] = stop
		case c >= utf8.RuneSelf:
			t[c] = more
		}
	}
	return t
}()
