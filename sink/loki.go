package sink

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
)

// Bounds that Loki has by default.
const (
	maxLineBytes     = 256 << 10
	maxMetadataBytes = 64 << 10
)

// maxLabelBytes cuts the value of a label that comes from a record. Loki takes 2048, but nothing that long is a label.
const maxLabelBytes = 256

var (
	errLineTooLong = fmt.Errorf("the line is longer than the %d kB that Loki takes", maxLineBytes>>10)
	errTimeRange   = errors.New("the time is outside the years 1678 to 2262 that Loki can store")
)

// lokiWire writes push requests as JSON. Loki drops an entry that has the time, the line and the stream of one that it has, so
// what it gets twice it stores once.
type lokiWire struct {
	client   *client
	labels   []label
	metadata []label
	logfmt   bool
}

// streams numbers the label sets of a batch.
type streams struct {
	number map[string]int
	labels []string // JSON objects
	last   int      // number of the latest record's
}

func (s *streams) reset() {
	clear(s.number)
	s.labels = s.labels[:0]
}

func (s *streams) enter(labels []byte) {
	n, ok := s.number[string(labels)]
	if !ok {
		if s.number == nil {
			s.number = map[string]int{}
		}
		n = len(s.labels)
		s.labels = append(s.labels, string(labels))
		s.number[s.labels[n]] = n
	}
	s.last = n
}

func (w *lokiWire) encode(b *batch, r *Record) (err error) {
	var ok bool
	b.buf = append(b.buf, `["`...)
	if b.buf, ok = appendUnixNano(b.buf, r.Sec, r.Nsec); !ok {
		return errTimeRange
	}
	b.buf = append(b.buf, `",`...)
	b.scratch, err = w.appendLine(b.scratch[:0], r)
	if errors.Is(err, errTooLong) || len(b.scratch) > maxLineBytes {
		return errLineTooLong
	}
	if err != nil {
		return err
	}
	b.buf = appendQuoted(b.buf, b.scratch)
	if len(w.metadata) > 0 {
		b.buf = b.appendMembers(append(b.buf, ','), w.metadata, maxMetadataBytes, maxMetadataBytes, r)
	}
	b.buf = append(b.buf, ']')
	b.scratch = b.appendMembers(b.scratch[:0], w.labels, maxLabelBytes, math.MaxInt, r)
	b.streams.enter(b.scratch)
	return nil
}

// appendLine appends a line to dst, which is empty, and stops soon after maxLineBytes.
func (w *lokiWire) appendLine(dst []byte, r *Record) ([]byte, error) {
	if w.logfmt {
		return appendLogfmt(dst, r.Body, maxLineBytes)
	}
	if t, _, err := next(r.Body); err == nil && t.kind != kindMap {
		return dst, errNotMap
	}
	line, _, err := appendValue(dst, r.Body, 0, 0, maxLineBytes)
	return line, err
}

// appendMembers writes labels or metadata as an object. A field that the record has not is left out, and so is what does
// not fit into room: the line has it too.
func (b *batch) appendMembers(dst []byte, labels []label, most, room int, r *Record) []byte {
	sep := byte('{')
	for i := range labels {
		before := len(dst)
		dst, b.value = labels[i].appendTo(dst, sep, b.value, most, r)
		size := len(labels[i].name) + min(len(b.value), most)
		switch {
		case len(dst) == before:
		case size > room:
			dst = dst[:before]
		default:
			room -= size
			sep = ','
		}
	}
	if sep == '{' {
		dst = append(dst, sep)
	}
	return append(dst, '}')
}

// body groups the items by stream and sorts those of a stream by time, as they came where the times are equal.
func (w *lokiWire) body(dst []byte, b *batch, items []item) []byte {
	b.sorted = append(b.sorted[:0], items...)
	items = b.sorted
	slices.SortStableFunc(items, func(x, y item) int {
		return cmp.Or(cmp.Compare(x.stream, y.stream), cmp.Compare(x.sec, y.sec), cmp.Compare(x.nsec, y.nsec))
	})
	dst = append(dst, `{"streams":[`...)
	for i, it := range items {
		switch {
		case i == 0 || it.stream != items[i-1].stream:
			if i > 0 {
				dst = append(dst, "]},"...)
			}
			dst = append(dst, `{"stream":`...)
			dst = append(dst, b.streams.labels[it.stream]...)
			dst = append(dst, `,"values":[`...)
		default:
			dst = append(dst, ',')
		}
		dst = append(dst, b.buf[it.from:it.to]...)
	}
	return append(dst, "]}]}"...)
}

func (w *lokiWire) header(*Chunk, []item) http.Header { return nil }

// accept wants nothing in the answer: Loki's own has the status 204.
func (w *lokiWire) accept(a *answer, items []item, out []Outcome) (stop string) {
	if len(bytes.TrimSpace(a.body)) > 0 {
		return fmt.Sprintf("answered %d with a text, which Loki does not (option URL): %s", a.status, w.client.excerpt(a.body))
	}
	settle(out, items, Outcome{State: Delivered, Status: a.status})
	return ""
}

func (w *lokiWire) longestAnswer(int) int64 { return maxAnswer }

// refusal never knows: a 400 says nothing that tells the request from its records.
func (w *lokiWire) refusal(*answer) string { return "" }
