package filter

import (
	"bytes"
	"encoding/json"

	"fluent-bit-entra-signin/catalog/rules"
	"fluent-bit-entra-signin/internal/msgpack"
	"fluent-bit-entra-signin/internal/view"
)

// A pass goes through one chunk, or one record in JSON: for each record it scans, decides, and notes in its result what to
// append. A pass belongs to one goroutine.
type pass struct {
	engine *Engine
	state  *state  // the catalog of this pass
	out    *Result // nil for a pass that only scans
	chunk  []byte  // of out

	found   findings // of the current record
	scratch []byte   // one record of an envelope as an event, before the event is enriched
	host    eventHost
	layers  [maxStrings]layer

	evidence evidence        // of the current record, for the rules about the severity
	answer   rules.Answer    // of the current record to the rules about the severity
	judged   *rules.Decision // of answer: what they make of the record, if the record has a code

	traced       bool // Origins are wanted
	fromEnvelope bool // the records come from an envelope, so they are not split again
	azure        bool // one of the records of the envelope was written by Azure Monitor, whether a sign-in or not
}

// begin returns a pass that notes in a result of its own what to do with a chunk.
func (e *Engine) begin(chunk []byte) *pass {
	p := e.scanner()
	p.out = e.results.Get().(*Result)
	p.out.state, p.out.chunk, p.chunk = p.state, chunk, chunk
	return p
}

// scanner returns a pass without a result, to scan a record inside another.
func (e *Engine) scanner() *pass {
	p := e.passes.Get().(*pass)
	p.state = e.state.Load()
	return p
}

// use makes the pass use the catalog of another.
func (p *pass) use(s *state) { p.state, p.out.state = s, s }

// end gives the pass back, and returns its result.
func (p *pass) end() (r *Result) {
	r = p.out
	p.found.reset()
	p.state, p.out, p.chunk, p.host = nil, nil, nil, eventHost{}
	p.traced, p.fromEnvelope, p.azure = false, false, false
	if cap(p.scratch)+cap(p.found.existing)*40 <= keepScratch {
		p.engine.passes.Put(p)
	}
	return r
}

// drop gives the pass and its result back.
func (p *pass) drop() { p.end().Release() }

// resetForNext makes the pass of an envelope ready for the next record. The counts stay.
func (p *pass) resetForNext() {
	p.out.clearEdits()
	p.found.reset()
}

// enrichChunk enriches every event of the chunk.
func (p *pass) enrichChunk() {
	b, r := p.chunk, p.out
	r.Size, r.limit = len(b), limitOf(len(b))
	for i := 0; i < len(b); {
		var next int
		if r.full() {
			next = p.passOverLimit(i)
		} else {
			next = p.enrichEvent(i)
		}
		if next == msgpack.Bad {
			r.Counts.Malformed++
			r.Err = &DamageError{At: i, Length: len(b), Byte: b[i]}
			break
		}
		i = next
	}
	r.Changed = len(r.edits) > 0
}

// decide decides what the record is that was scanned last, and applies the rules about the severity.
func (p *pass) decide(f *findings) decision {
	d := p.engine.decide(f, p.state.catalog)
	if p.state.program != nil && d.verdict != noCode {
		p.judge(f, d)
	}
	return d
}

// An event is where an event of a chunk stands: from start to body.end.
type event struct {
	start  int
	header header
	body   mapSpan
}

// enrichEvent enriches the event at i and returns the index behind the event.
func (p *pass) enrichEvent(i int) (next int) {
	b := p.chunk
	h, ok := readHeader(b, i)
	if !ok {
		return p.passThrough(i, &p.out.Counts.Malformed)
	}
	// The events around a group are not records, though resource attributes in them may look like one.
	if _, _, marker := stampAt(b, h.stamp); marker {
		return msgpack.Skip(b, i)
	}
	pairs, head, ok := msgpack.MapHead(b, h.body)
	if !ok {
		return p.passThrough(i, &p.out.Counts.Malformed)
	}
	p.found.reset()
	p.beginFacts(b, h.body, true)
	next = p.found.scan(p.state.trie, b, h.body)
	if next == msgpack.Bad {
		return msgpack.Bad
	}
	p.enrichRecord(event{start: i, header: h, body: mapSpan{start: h.body, head: head, end: next, pairs: pairs}})
	return next
}

// passOverLimit passes on the value at i because the result has reached its limit.
func (p *pass) passOverLimit(i int) (next int) {
	if h, ok := readHeader(p.chunk, i); ok {
		if _, _, marker := stampAt(p.chunk, h.stamp); marker {
			return msgpack.Skip(p.chunk, i)
		}
	}
	return p.passThrough(i, &p.out.Counts.OverLimit)
}

// passThrough passes on the value at i as it is, and counts the reason.
func (p *pass) passThrough(i int, reason *uint64) (next int) {
	if next = msgpack.Skip(p.chunk, i); next != msgpack.Bad {
		p.out.Counts.Records++
		p.out.Counts.NoCode++
		*reason++
		p.trace(p.chunk[i:next], false)
	}
	return next
}

// enrichRecord decides what the record of an event is and edits the event.
func (p *pass) enrichRecord(ev event) {
	e, r := p.engine, p.out
	first := len(r.edits)
	d := p.decide(&p.found)
	if p.fromEnvelope && e.ofAzure(&p.found) {
		p.azure = true
	}
	if p.mayHold(d) {
		p.host = eventHost{p, ev}
		var split bool
		if d, split = p.unwrap(&p.host, d); split {
			return
		}
	}
	r.Counts.Records++
	p.trace(p.chunk[ev.body.start:ev.body.end], d.verdict != noCode)
	if e.options.TimeFromRecord && !p.fromEnvelope {
		p.setTime(ev.header.stamp, d)
	}
	if d.verdict == noCode {
		r.Counts.NoCode++
	} else {
		p.append(d, msgpackEncoding{}, p.state.msgpack, ev.body)
	}
	r.order(first)
}

// setTime replaces the timestamp at an index by the time that the record states, if the record is a sign-in.
func (p *pass) setTime(at int, d decision) {
	e, r := p.engine, p.out
	if d.verdict == noCode && e.hintOf(&p.found) != hintSignIn {
		return
	}
	stamp, ok := e.stampOf(&p.found)
	if !ok {
		stamp, ok = d.stamp, d.timed
	}
	if !ok {
		return
	}
	text := r.arena.begin()
	text.append(stamp[:]...)
	r.replace(at, msgpack.Skip(p.chunk, at), text.bytes())
}

// trace notes the origin of the next record of the output.
func (p *pass) trace(record []byte, signIn bool) {
	if p.traced {
		p.out.Origins = append(p.out.Origins, Origin{Record: record, SignIn: signIn})
	}
}

// enrichLine enriches a JSON object, which has no line breaks, and appends the line to dst. ok is false if the line is not a JSON
// object.
func (p *pass) enrichLine(dst, object []byte) (_ []byte, ok bool) {
	e, r := p.engine, p.out
	p.chunk, r.chunk, r.Size = object, object, len(object)
	p.beginFacts(object, 0, false)
	if !p.found.scanWhole(p.state.trie, view.String(object)) {
		return dst, false
	}
	d := p.decide(&p.found)
	if p.fromEnvelope && e.ofAzure(&p.found) {
		p.azure = true
	}
	if p.mayHold(d) {
		host := &lineHost{pass: p, dst: dst}
		var split bool
		if d, split = p.unwrap(host, d); split {
			return host.dst, true
		}
	}
	r.Counts.Records++
	if d.verdict == noCode {
		r.Counts.NoCode++
	} else {
		p.append(d, jsonEncoding{}, p.state.json(), mapSpan{end: len(object), pairs: pairsIn(view.String(object))})
	}
	r.order(0)
	return append(r.AppendTo(dst), '\n'), true
}

// oneLine takes the line breaks out of JSON text. Other text stays as it is.
func oneLine(text []byte) []byte {
	if bytes.IndexByte(text, '\n') < 0 && bytes.IndexByte(text, '\r') < 0 {
		return text
	}
	var line bytes.Buffer
	if err := json.Compact(&line, text); err != nil {
		return text
	}
	return line.Bytes()
}
