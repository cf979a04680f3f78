package filter

import (
	"math/bits"
)

// A holder is an event or a line whose record may be inside it: in the lists of an envelope, or as JSON in a string.
type holder interface {
	// split puts the records of an envelope in the place of the holder. The envelope is the holder itself where in is nil;
	// else it is in the holder's string at v, and in is the innermost layer of JSON on the way there. Where the envelope
	// cannot be split, split returns false and changes nothing but the counts: where an element of a list is no map, where
	// the output would become too large, or where none of the records is Microsoft's.
	split(v *value, in *layer) bool
	// parsed is what takes the place of a string that holds an object.
	parsed(object string) []byte
}

// mayHold tells whether unwrap could do anything, which for most records it cannot.
func (r *Result) mayHold(a answer) bool {
	m := &r.engine.masks
	seen := uint64(0)
	if a.verdict == noCode {
		seen = r.seen.seen & (m.lists | m.json)
	} else if r.engine.options.ParseJSON {
		seen = r.seen.seen & m.json
	}
	for ; seen != 0; seen &= seen - 1 {
		v := &r.seen.values[bits.TrailingZeros64(seen)]
		if v.kind == list || v.kind == textual && looksLikeJSON(v.text) {
			return true
		}
	}
	return false
}

// unwrap looks for records inside a record that shows no code itself (a is what it shows), and puts the records that
// strings hold in the place of these where the options want that. done is true where the holder was split.
func (r *Result) unwrap(h holder, a answer) (_ answer, done bool) {
	e := r.engine
	if a.verdict == noCode && !r.inner && r.list().end != 0 && h.split(nil, nil) {
		return a, true
	}
	objects := uint64(0)
	for seen := r.seen.seen & e.masks.json; seen != 0; seen &= seen - 1 {
		i := bits.TrailingZeros64(seen)
		v := &r.seen.values[i]
		if v.end == 0 || r.seen.among(e.masks.json&(1<<i-1), v.start) || v.kind != textual || !looksLikeJSON(v.text) {
			continue
		}
		if a.verdict == noCode {
			r.layers[0] = layer{text: trimJSON(v.text)}
			a, done = r.unwrapText(h, v, &r.layers[0], 1)
			r.layers = [maxStrings]layer{}
			if done {
				return a, true
			}
			a = e.believe(a, &r.seen)
		}
		objects |= 1 << i
	}
	if e.options.ParseJSON {
		for ; objects != 0; objects &= objects - 1 {
			r.parse(h, &r.seen.values[bits.TrailingZeros64(objects)])
		}
	}
	return a, false
}

// list returns a list of records that the record shows; its end is 0 where there is none.
func (r *Result) list() value {
	for seen := r.seen.seen & r.engine.masks.lists; seen != 0; seen &= seen - 1 {
		if v := &r.seen.values[bits.TrailingZeros64(seen)]; v.kind == list && v.end != 0 {
			return *v
		}
	}
	return value{}
}

// maxStrings is how many strings inside each other a record may be in: a line of a container's log may hold a message of
// a queue that holds an envelope.
const maxStrings = 3

// unwrapText decides what the record in a text is, or puts the records in it in the place of the holder. The text is that of
// the layer: the string at v, or at a deeper level one inside it.
func (r *Result) unwrapText(h holder, v *value, at *layer, level int) (a answer, done bool) {
	e := r.engine
	in := e.result(nil)
	defer in.Release()
	if !in.seen.scanWhole(e.root, at.text) {
		if !validJSON(at.text) {
			r.Counts.Malformed++
			return a, false
		}
		// It looks like JSON and is some, but no object: a list.
		return a, e.options.Split && !r.inner && h.split(v, at)
	}
	r.azure = r.azure || in.ofAzure()
	if a = e.decide(&in.seen, r.state.catalog); a.verdict != noCode {
		if e.options.TimeFromRecord {
			a.stamp, a.timed = e.stampOf(&in.seen)
		}
		return a, false
	}
	if at.list = in.list(); at.list.end != 0 && !r.inner && h.split(v, at) {
		return a, true
	}
	for seen := in.seen.seen & e.masks.json; seen != 0 && level < maxStrings; seen &= seen - 1 {
		inner := &in.seen.values[bits.TrailingZeros64(seen)]
		if inner.kind != textual || inner.end == 0 || !looksLikeJSON(inner.text) {
			continue
		}
		at.start, at.end = inner.start, inner.end
		r.layers[level] = layer{outer: at, text: trimJSON(inner.text)}
		a, done = r.unwrapText(h, v, &r.layers[level], level+1)
		if a = e.believe(a, &in.seen); done || a.verdict != noCode {
			return a, done
		}
		at.start, at.end = 0, 0
	}
	return a, false
}

// parse replaces the string at v by the object in it, if it is one and no field will be written over it.
func (r *Result) parse(h holder, v *value) {
	text := trimJSON(v.text)
	if text[0] != '{' || !validJSON(text) {
		return
	}
	for i := range r.seen.hits {
		t := &r.seen.hits[i]
		if r.engine.layout.targets[t.target].field != nil && t.start <= v.start && v.end <= t.end {
			return
		}
	}
	r.edit(v.start, v.end, h.parsed(text))
}
