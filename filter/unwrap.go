package filter

import (
	"math/bits"

	"fluent-bit-entra-signin/internal/jsontext"
	"fluent-bit-entra-signin/internal/view"
)

// An envelopeHost is an event or a line whose record may be inside it: in the lists of an envelope, as JSON in a string, or in a map or
// list at Json_Key, which is treated as its JSON would be.
type envelopeHost interface {
	// split replaces the host by the records of an envelope. The envelope is the host itself if in is nil. Else the envelope
	// is in the host's value at v, and in is the innermost layer of JSON on the way there. If the envelope cannot be split, split
	// returns false and changes nothing but the counts: if an element of a list is not a map, if the output would become too
	// large, or if none of the records is Microsoft's.
	split(v *foundValue, in *layer) bool
	// jsonOf returns the map or list at v as JSON. ok is false if nothing in it can be a record, or if it is not JSON.
	jsonOf(v *foundValue) (text string, ok bool)
	// parsed returns what replaces a string that holds an object.
	parsed(object string) []byte
}

// A layer is one of the JSON texts that lead to an envelope in a string: the text, and where in that text the value with the
// next layer stands. The innermost layer holds the records and has no such value.
type layer struct {
	outer      *layer
	text       string
	start, end int
	list       foundValue // a list of records that a scan has found in the text, so that its end is known
}

// maxStrings is how many strings inside each other a record may be in: a line of a container's log may hold a message of
// a queue that holds an envelope.
const maxStrings = 3

// mayHold reports whether unwrap could do anything, which for most records it cannot.
func (p *pass) mayHold(d decision) bool {
	m := &p.engine.masks
	seen := uint64(0)
	if d.verdict == noCode {
		seen = p.found.seen & (m.lists | m.json)
	} else if p.engine.options.ParseJSON {
		seen = p.found.seen & m.json
	}
	for ; seen != 0; seen &= seen - 1 {
		v := &p.found.values[bits.TrailingZeros64(seen)]
		if v.kind == records || v.kind == object || v.kind == textual && looksLikeJSON(v.text) {
			return true
		}
	}
	return false
}

// unwrap looks for records inside a record that has no code itself (d is the decision about it), and replaces strings by
// the records in them if the options want that. split reports whether the host was split.
func (p *pass) unwrap(h envelopeHost, d decision) (_ decision, split bool) {
	e := p.engine
	if d.verdict == noCode && !p.fromEnvelope && e.listOf(&p.found).end != 0 && h.split(nil, nil) {
		return d, true
	}
	objects := uint64(0)
	for seen := p.found.seen & e.masks.json; seen != 0; seen &= seen - 1 {
		i := bits.TrailingZeros64(seen)
		v := &p.found.values[i]
		if v.end == 0 || p.found.seenAt(e.masks.json&(1<<i-1), v.start) {
			continue
		}
		isText := v.kind == textual && looksLikeJSON(v.text)
		if d.verdict == noCode {
			text, ok := "", isText
			if isText {
				text = trimJSON(v.text)
			} else if (v.kind == object || v.kind == records) && !p.found.isField(v) {
				text, ok = h.jsonOf(v)
			}
			if !ok {
				continue
			}
			p.layers[0] = layer{text: text}
			d, split = p.unwrapText(h, v, &p.layers[0], 1)
			p.layers = [maxStrings]layer{}
			if split {
				return d, true
			}
			d = e.unlessOther(d, &p.found)
		}
		if isText {
			objects |= 1 << i
		}
	}
	if e.options.ParseJSON {
		for ; objects != 0; objects &= objects - 1 {
			p.parse(h, &p.found.values[bits.TrailingZeros64(objects)])
		}
	}
	return d, false
}

// listOf returns a list of records that was found. Its end is 0 if there is none.
func (e *Engine) listOf(f *findings) foundValue {
	for seen := f.seen & e.masks.lists; seen != 0; seen &= seen - 1 {
		if v := &f.values[bits.TrailingZeros64(seen)]; v.kind == records && v.end != 0 {
			return *v
		}
	}
	return foundValue{}
}

// unwrapText decides what the record in a text is, or replaces the host by the records in the text. The text is that of the
// layer: the string at v (or a map or list there, as JSON), or at a deeper level a string, a map or a list inside it.
func (p *pass) unwrapText(h envelopeHost, v *foundValue, at *layer, level int) (d decision, split bool) {
	e := p.engine
	in := e.scanner()
	defer in.end()
	in.state = p.state
	in.beginFacts(view.Bytes(at.text), 0, false)
	if !in.found.scanWhole(p.state.trie, at.text) {
		if !jsontext.Valid(at.text) {
			p.out.Counts.Malformed++
			return d, false
		}
		// The text is valid JSON that begins like a record, and not an object: a list.
		return d, e.options.Split && !p.fromEnvelope && h.split(v, at)
	}
	p.azure = p.azure || e.ofAzure(&in.found)
	if d = p.decide(&in.found); d.verdict != noCode {
		if e.options.TimeFromRecord {
			d.stamp, d.timed = e.stampOf(&in.found)
		}
		return d, false
	}
	if at.list = e.listOf(&in.found); at.list.end != 0 && !p.fromEnvelope && h.split(v, at) {
		return d, true
	}
	for seen := in.found.seen & e.masks.json; seen != 0 && level < maxStrings; seen &= seen - 1 {
		inner := &in.found.values[bits.TrailingZeros64(seen)]
		text := ""
		switch {
		case inner.end == 0:
			continue
		case inner.kind == object || inner.kind == records:
			text = at.text[inner.start:inner.end]
		case inner.kind == textual && looksLikeJSON(inner.text):
			text = trimJSON(inner.text)
		default:
			continue
		}
		at.start, at.end = inner.start, inner.end
		p.layers[level] = layer{outer: at, text: text}
		d, split = p.unwrapText(h, v, &p.layers[level], level+1)
		if d = e.unlessOther(d, &in.found); split || d.verdict != noCode {
			return d, split
		}
		at.start, at.end = 0, 0
	}
	return d, false
}

// parse replaces the string at v by the object in it, if there is one and no field is written over the string.
func (p *pass) parse(h envelopeHost, v *foundValue) {
	text := trimJSON(v.text)
	if text[0] != '{' || !jsontext.Valid(text) {
		return
	}
	for i := range p.found.existing {
		x := &p.found.existing[i]
		if p.engine.tree.fields[x.field].value != nil && x.start <= v.start && v.end <= x.end {
			return
		}
	}
	p.out.edit(v.start, v.end, h.parsed(text))
}

// jsonObject returns the JSON object that a text is, without what may stand around the object.
func jsonObject(text string) (object string, ok bool) {
	if !looksLikeJSON(text) {
		return "", false
	}
	text = trimJSON(text)
	return text, text[0] == '{' && jsontext.Valid(text)
}

// merge adds to the counts of the pass those of the records that its host was split into. It returns false, and does nothing,
// if none of the records is Microsoft's.
func (p *pass) merge(in *pass) bool {
	if !in.hasMicrosofts() {
		return false
	}
	p.out.merge(in.out)
	p.out.Counts.Split++
	return true
}

// hasMicrosofts reports whether one of the records that were enriched is Microsoft's: it has a code, or Azure Monitor wrote it.
func (p *pass) hasMicrosofts() bool {
	return p.out.Counts.Matched+p.out.Counts.Unknown > 0 || p.azure
}
