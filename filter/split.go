package filter

import (
	"encoding/binary"
	"math/bits"

	"github.com/tidwall/gjson"
	"github.com/tinylib/msgp/msgp"
)

// An event is one of a chunk: r.chunk[start:body.end].
type event struct {
	*Result
	start  int
	header header
	body   container
}

func (ev *event) parsed(object string) []byte {
	p := ev.arena.begin()
	p.room(len(object)) // MessagePack is shorter but for short floats
	p.arena.block = appendMsgpack(p.arena.block, object)
	return p.bytes()
}

// splitList splits a list in MessagePack, which is whole.
func (ev *event) splitList(v *value) bool {
	n, i, _ := arrayHead(ev.chunk, v.start)
	s := ev.begin(v)
	defer s.in.Release()
	for s.fits(n); n > 0 && s.ok; n-- {
		next := skip(ev.chunk, i)
		s.add(func(dst []byte) []byte { return append(dst, ev.chunk[i:next]...) })
		i = next
	}
	return s.end()
}

func (ev *event) splitText(v *value, array gjson.Result) bool {
	s := ev.begin(v)
	defer s.in.Release()
	array.ForEach(func(_, element gjson.Result) bool {
		return s.add(func(dst []byte) []byte { return appendMsgpack(dst, element.Raw) })
	})
	return s.end()
}

// A splitter makes events of the records of an envelope, one at a time, and enriches them.
type splitter struct {
	ev   *event
	in   *Result
	out  piece
	head []byte // what each event begins with
	rest []byte // what each gets of the envelope; nil for nothing
	left uint64 // how much of these may be repeated yet
	ok   bool   // so far
}

func (ev *event) begin(v *value) *splitter {
	s := &splitter{ev: ev, in: ev.engine.result(nil), out: ev.arena.begin(), head: ev.chunk[ev.start:ev.header.body], ok: true}
	s.in.inner, s.in.state = true, ev.state
	if ev.engine.options.EnvelopeKey != "" {
		s.rest = ev.rest(v)
	}
	s.left = maxRepeat * uint64(ev.body.end-ev.start)
	return s
}

// fits tells whether so many events more do not repeat too much.
func (s *splitter) fits(n uint64) bool {
	s.ok = s.ok && n*uint64(len(s.head)+len(s.rest)) <= s.left
	return s.ok
}

// add makes an event of the record that body appends; false where it is no map, or one too many.
func (s *splitter) add(body func(dst []byte) []byte) bool {
	if !s.fits(1) {
		return false
	}
	s.left -= uint64(len(s.head) + len(s.rest))
	b := body(append(s.in.scratch[:0], s.head...))
	if _, _, s.ok = mapHead(b, len(s.head)); !s.ok {
		return false
	}
	in := s.in
	b = s.ev.engine.finish(b, s.ev.header.shift(-s.ev.start), s.rest)
	in.scratch, in.chunk, in.Size = b, b, len(b)
	in.enrichEvent(0)
	s.out.room(in.Size)
	s.out.arena.block = in.AppendTo(s.out.arena.block)
	in.next()
	return true
}

// end puts the events in the place of the envelope.
func (s *splitter) end() bool {
	if !s.ok || len(s.out.bytes()) == 0 || !s.ev.take(s.in) {
		s.out.drop()
		return false
	}
	s.ev.edit(s.ev.start, s.ev.body.end, s.out.bytes())
	return true
}

// rest returns the pairs of an event's body without the one that holds v, as a map.
func (ev *event) rest(v *value) []byte {
	var pairs []byte
	n := uint32(0)
	for i := ev.body.head; i < ev.body.end; {
		value := skip(ev.chunk, i)
		next := skip(ev.chunk, value)
		if v.start < value || v.start >= next {
			pairs = append(pairs, ev.chunk[i:next]...)
			n++
		}
		i = next
	}
	return append(msgp.AppendMapHeader(nil, n), pairs...)
}

// shift moves a header by so many bytes.
func (h header) shift(by int) header {
	h.stamp += by
	h.body += by
	if h.metadata != bad {
		h.metadata += by
	}
	return h
}

// finish gives an event, which is all of b, what the options want of one that comes from an envelope.
func (e *Engine) finish(b []byte, h header, rest []byte) []byte {
	if rest != nil {
		b = appendEnvelope(b, h.body, e.options.EnvelopeKey, rest)
	}
	if !e.options.TimeFromRecord {
		return b
	}
	if stamp, ok := e.timeOf(b, h.body); ok {
		tail := append([]byte(nil), b[skip(b, h.stamp):]...)
		b = append(append(b[:h.stamp], stamp[:]...), tail...)
	}
	return b
}

// appendEnvelope puts the rest of the envelope into the map at body, which ends b, unless it has that key itself.
func appendEnvelope(b []byte, body int, key string, rest []byte) []byte {
	pairs, head, _ := mapHead(b, body)
	for i := head; i < len(b); {
		if own, _, ok := text(b, i); ok && own == key {
			return b
		}
		i = skip(b, skip(b, i))
	}
	own := append([]byte(nil), b[head:]...)
	b = append(msgp.AppendMapHeader(b[:body], uint32(pairs)+1), own...)
	return append(msgp.AppendString(b, key), rest...)
}

// timeOf returns the time that the record at body states, as a timestamp of Fluent Bit.
func (e *Engine) timeOf(b []byte, body int) (stamp [10]byte, ok bool) {
	in := e.result(nil)
	defer in.Release()
	in.seen.scan(e.root, b, body)
	for seen := in.seen.seen & e.masks.times; seen != 0; seen &= seen - 1 {
		v := &in.seen.values[bits.TrailingZeros64(seen)]
		if v.kind != textual {
			continue
		}
		if t, ok := parseTime(v.text); ok {
			stamp[0] = 0xd7 // ext of 8 bytes, type 0
			binary.BigEndian.PutUint32(stamp[2:], uint32(t.Unix()))
			binary.BigEndian.PutUint32(stamp[6:], uint32(t.Nanosecond()))
			return stamp, true
		}
	}
	return stamp, false
}
