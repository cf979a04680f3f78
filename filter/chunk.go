package filter

import (
	"encoding/binary"
)

// A header is what stands before the body of an event: [timestamp, body] in Fluent Bit 1 and 2.0,
// [[timestamp, metadata], body] since 2.1.
type header struct {
	stamp    int // index of the timestamp
	metadata int // index of the metadata; bad in the old form
	body     int
}

// readHeader reads the header of the event at i; false where something else is.
func readHeader(b []byte, i int) (h header, ok bool) {
	n, first, ok := arrayHead(b, i)
	if !ok || n != 2 {
		return h, false
	}
	h = header{stamp: first, metadata: bad}
	if n, stamp, ok := arrayHead(b, first); ok {
		if n != 2 {
			return h, false
		}
		h.stamp = stamp
		if h.metadata = skip(b, stamp); h.metadata == bad {
			return h, false
		}
		h.body = skip(b, h.metadata)
	} else {
		h.body = skip(b, first)
	}
	return h, h.body != bad && h.body < len(b)
}

// Fluent Bit 3.1 and later frames groups of records by events with these timestamps, in seconds.
const (
	groupStart = 0xffffffff
	groupEnd   = 0xfffffffe
)

// stampAt reads a timestamp: an ext of type 0 with seconds and nanoseconds, or a number of seconds.
func stampAt(b []byte, i int) (sec int64, nsec uint32, marker bool) {
	next := skip(b, i)
	if next == bad {
		return 0, 0, false
	}
	switch v := b[i:next]; {
	case v[0] == 0xd7 && v[1] == 0, v[0] == 0xc7 && v[1] == 8 && v[2] == 0:
		s := binary.BigEndian.Uint32(v[len(v)-8:])
		return int64(s), binary.BigEndian.Uint32(v[len(v)-4:]), s == groupStart || s == groupEnd
	case v[0] == 0xca || v[0] == 0xcb:
		f := float(v)
		if f >= 0 && f < 1<<33 {
			return int64(f), uint32((f - float64(int64(f))) * 1e9), false
		}
		return 0, 0, false
	}
	if n, ok := number(b, i); ok {
		return n, 0, false
	}
	return 0, 0, false
}

// Enrich finds the codes in a chunk of events and works out what to append. The chunk is only read, and must stay as it
// is until the result is released. It never fails: see Result.Err.
func (e *Engine) Enrich(chunk []byte) *Result {
	r := e.result(chunk)
	r.walk()
	e.count(r)
	return r
}

func (r *Result) walk() {
	b := r.chunk
	r.Size, r.limit = len(b), limitOf(len(b))
	for i := 0; i < len(b); {
		var next int
		if r.full() {
			next = r.pass(i)
		} else {
			next = r.enrichEvent(i)
		}
		if next == bad {
			r.Counts.Malformed++
			r.Err = &DamageError{At: i, Length: len(b), Byte: b[i]}
			break
		}
		i = next
	}
	r.Changed = len(r.edits) > 0
}

// enrichEvent enriches the event at i and returns the index behind it. What is not an event is left as it is.
func (r *Result) enrichEvent(i int) (next int) {
	b := r.chunk
	h, ok := readHeader(b, i)
	if !ok {
		return r.foreign(i)
	}
	// What frames a group is no record, though resource attributes in it may look like one.
	if _, _, marker := stampAt(b, h.stamp); marker {
		return skip(b, i)
	}
	pairs, head, ok := mapHead(b, h.body)
	if !ok {
		return r.foreign(i)
	}
	r.seen.reset()
	next = r.seen.scan(r.engine.root, b, h.body)
	if next == bad {
		return bad
	}
	ev := event{Result: r, start: i, header: h, body: container{start: h.body, head: head, end: next, pairs: pairs}}
	ev.enrich()
	return next
}

// pass passes on the value at i, whatever it is, where the result has come to its limit.
func (r *Result) pass(i int) (next int) {
	if h, ok := readHeader(r.chunk, i); ok {
		if _, _, marker := stampAt(r.chunk, h.stamp); marker {
			return skip(r.chunk, i)
		}
	}
	if next = skip(r.chunk, i); next != bad {
		r.Counts.Records++
		r.Counts.NoCode++
		r.Counts.OverLimit++
		r.trace(r.chunk[i:next], false)
	}
	return next
}

// foreign passes on a value that is not an event.
func (r *Result) foreign(i int) (next int) {
	if next = skip(r.chunk, i); next != bad {
		r.Counts.Records++
		r.Counts.NoCode++
		r.Counts.Malformed++
		r.trace(r.chunk[i:next], false)
	}
	return next
}

// enrich decides what an event is and edits it.
func (ev *event) enrich() {
	e := ev.engine
	first := len(ev.edits)
	ev.azure = ev.azure || ev.ofAzure()
	a := e.decide(&ev.seen, ev.state.catalog)
	if ev.mayHold(a) {
		ev.holder = *ev // what a holder is must be on the heap
		var done bool
		if a, done = ev.unwrap(&ev.holder, a); done {
			return
		}
	}
	ev.Counts.Records++
	ev.trace(ev.chunk[ev.body.start:ev.body.end], a.verdict != noCode)
	if e.options.TimeFromRecord && !ev.inner {
		ev.setTime(a)
	}
	if a.verdict == noCode {
		ev.Counts.NoCode++
	} else {
		ev.apply(a, msgpackEncoding{}, ev.state.msgpack, ev.body)
	}
	ev.order(first)
}

// setTime gives the event the time that its record states, if the record is a sign-in.
func (ev *event) setTime(a answer) {
	e := ev.engine
	if a.verdict == noCode && e.markOf(&ev.seen) != signIn {
		return
	}
	stamp, ok := e.stampOf(&ev.seen)
	if !ok {
		stamp, ok = a.stamp, a.timed
	}
	if !ok {
		return
	}
	text := ev.arena.begin()
	text.append(stamp[:]...)
	ev.replace(ev.header.stamp, skip(ev.chunk, ev.header.stamp), text.bytes())
}
