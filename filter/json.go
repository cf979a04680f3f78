package filter

import (
	"bytes"
	"encoding/json"
	"errors"
)

// ErrNotJSON is what EnrichJSON says of anything that is not an object in JSON.
var ErrNotJSON = errors.New("no JSON object, or one that nests deeper than 64")

// EnrichJSON is Enrich for one record as a JSON object: it appends the enriched record to dst, on a line of its own. An
// envelope becomes a line for each of its records. But for white space outside strings in a record of several lines,
// every byte that is not appended is the record's own. Text that is no JSON object is passed on as it is, with ErrNotJSON.
func (e *Engine) EnrichJSON(dst, doc []byte) ([]byte, Counts, error) {
	r := e.result(nil)
	defer r.Release()
	var err error
	dst, ok := r.line(dst, oneLine(bytes.Trim(doc, " \t\r\n")))
	if !ok {
		r.Counts = Counts{Records: 1, NoCode: 1, Malformed: 1}
		dst, err = append(append(dst, bytes.TrimRight(doc, "\r\n")...), '\n'), ErrNotJSON
	}
	e.count(r)
	return dst, r.Counts, err
}

// line enriches an object in JSON, which has no line breaks, and appends it to dst; ok is false where it is none.
func (r *Result) line(dst, object []byte) (_ []byte, ok bool) {
	e := r.engine
	r.chunk, r.Size = object, len(object)
	if !r.seen.scanWhole(e.root, view(object)) {
		return dst, false
	}
	r.azure = r.azure || r.ofAzure()
	a := e.decide(&r.seen, r.state.catalog)
	if r.mayHold(a) {
		l := &line{Result: r, dst: dst}
		var done bool
		if a, done = r.unwrap(l, a); done {
			return l.dst, true
		}
	}
	r.Counts.Records++
	if a.verdict == noCode {
		r.Counts.NoCode++
	} else {
		r.apply(a, jsonEncoding{}, r.state.json(), container{end: len(object), pairs: pairsIn(view(object))})
	}
	r.order(0)
	return append(r.AppendTo(dst), '\n'), true
}

// oneLine takes the line breaks out of a JSON text; what is no JSON stays as it is.
func oneLine(text []byte) []byte {
	if !bytes.ContainsAny(text, "\r\n") {
		return text
	}
	var line bytes.Buffer
	if err := json.Compact(&line, text); err != nil {
		return text
	}
	return line.Bytes()
}
