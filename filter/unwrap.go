package filter

import (
	"math/bits"
	"strings"

	"github.com/tidwall/gjson"
)

// A holder is an event or a line whose record may be inside it: in the list of an envelope, or as JSON in a string.
type holder interface {
	// splitList puts the records of the list at v in the place of the holder. It returns false, and changes nothing,
	// where that cannot be done: where a record is no map, where the rest of the envelope would be repeated too often,
	// or where none of the records is Microsoft's.
	splitList(v *value) bool
	// splitText is the same for a JSON array in the string at v.
	splitText(v *value, array gjson.Result) bool
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
	if a.verdict == noCode && !r.inner {
		for seen := r.seen.seen & e.masks.lists; seen != 0; seen &= seen - 1 {
			v := &r.seen.values[bits.TrailingZeros64(seen)]
			if v.kind == list && v.end != 0 && h.splitList(v) {
				return a, true
			}
		}
	}
	objects := uint64(0)
	for seen := r.seen.seen & e.masks.json; seen != 0; seen &= seen - 1 {
		i := bits.TrailingZeros64(seen)
		v := &r.seen.values[i]
		if v.end == 0 || r.seen.among(e.masks.json&(1<<i-1), v.start) || v.kind != textual || !looksLikeJSON(v.text) {
			continue
		}
		if a.verdict == noCode {
			if a, done = r.unwrapText(h, v, v.text, 1); done {
				return a, true
			}
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

// maxStrings is how many strings inside each other a record may be in: a line of a container's log may hold a message of
// a queue that holds an envelope.
const maxStrings = 3

// unwrapText decides what the record in a text is, or puts the records in it in the place of the holder. The text is the
// string at v, or at a deeper level one inside it.
func (r *Result) unwrapText(h holder, v *value, text string, level int) (a answer, done bool) {
	e := r.engine
	in := e.result(nil)
	defer in.Release()
	if !in.seen.scanWhole(e.root, text) {
		if !validJSON(text) {
			r.Counts.Malformed++
			return a, false
		}
		// It looks like JSON and is some, but no object: a list.
		return a, e.options.Split && !r.inner && h.splitText(v, gjson.Parse(text))
	}
	r.azure = r.azure || in.ofAzure()
	if a = e.decide(&in.seen, r.state.catalog); a.verdict != noCode {
		return a, false
	}
	for seen := in.seen.seen & e.masks.lists; seen != 0 && !r.inner; seen &= seen - 1 {
		at := &in.seen.values[bits.TrailingZeros64(seen)]
		if at.kind == list && at.end != 0 && h.splitText(v, gjson.Parse(text[at.start:at.end])) {
			return a, true
		}
	}
	for seen := in.seen.seen & e.masks.json; seen != 0 && level < maxStrings; seen &= seen - 1 {
		inner := &in.seen.values[bits.TrailingZeros64(seen)]
		if inner.kind != textual || !looksLikeJSON(inner.text) {
			continue
		}
		if a, done = r.unwrapText(h, v, inner.text, level+1); done || a.verdict != noCode {
			return a, done
		}
	}
	return a, false
}

// parse replaces the string at v by the object in it, if it is one and no field will be written over it.
func (r *Result) parse(h holder, v *value) {
	if strings.TrimLeft(v.text, " \t\r\n")[0] != '{' || !validJSON(v.text) {
		return
	}
	for i := range r.seen.hits {
		t := &r.seen.hits[i]
		if r.engine.layout.targets[t.target].field != nil && t.start <= v.start && v.end <= t.end {
			return
		}
	}
	r.edit(v.start, v.end, h.parsed(v.text))
}
