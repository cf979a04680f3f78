package filter

import (
	"math/bits"

	"fluent-bit-entra-signin/catalog"
)

// verdict is what a record is.
type verdict uint8

const (
	noCode  verdict = iota
	known           // with a code that the catalog has
	unknown         // with a code that it has not
)

// An answer is what was decided of a record.
type answer struct {
	verdict verdict
	code    uint32
	entry   int    // position in the catalog, for known
	reason  string // the record's own words, for unknown; may point into the record
	// inWords says that the code stands in free text. Then nothing that the record has is replaced.
	inWords bool
	// stamp is the time that the record states where it is in a string, and timed whether it states one.
	stamp [10]byte
	timed bool
}

// masks are the places with a role, as bits.
type masks struct {
	candidates, marks, keys, principals, reasons, json, times, lists, azure uint64
}

func masksOf(places []place) (m masks) {
	for i, p := range places {
		for _, of := range []struct {
			role role
			mask *uint64
		}{
			{candidate, &m.candidates}, {signInMark, &m.marks}, {signInKey, &m.keys}, {principal, &m.principals},
			{reasonText, &m.reasons}, {jsonText, &m.json}, {eventTime, &m.times}, {recordList, &m.lists}, {azureHead, &m.azure},
		} {
			if p.role&of.role != 0 {
				*of.mask |= 1 << i
			}
		}
	}
	return m
}

// decide finds the code of a record: of the places that hold one, the first whose code the catalog has and that is not
// 0 (a record may say 0 in one place and the true code in another); else the first that the catalog lacks; else 0.
func (e *Engine) decide(s *sighting, c *catalog.Catalog) answer {
	var (
		best answer
		zero bool
		sign = evidence{engine: e, sighting: s}
	)
	for seen := s.seen & e.masks.candidates; seen != 0; seen &= seen - 1 {
		i := bits.TrailingZeros64(seen)
		p := &e.places[i]
		if p.role&codeName != 0 && zero {
			continue // a name is asked where there is no number
		}
		code, trust, ok := p.code(&s.values[i], c)
		if !ok {
			continue
		}
		entry, inCatalog := c.Find(code)
		if !sign.supports(trust, inCatalog && code != 0) {
			continue
		}
		switch {
		case code == 0:
			zero = true
		case inCatalog:
			return answer{verdict: known, code: code, entry: entry, inWords: trust == inWords}
		case best.verdict == noCode:
			best = answer{verdict: unknown, code: code, inWords: trust == inWords}
		}
	}
	if best.verdict == noCode && zero {
		if entry, ok := c.Find(0); ok {
			return answer{verdict: known, entry: entry}
		}
		best.verdict = unknown
	}
	if best.verdict == unknown {
		best.reason = e.reason(s)
	}
	return best
}

// code reads the code at a place, by what the place is for, and what it takes to believe it.
func (p *place) code(v *value, c *catalog.Catalog) (code uint32, t trust, ok bool) {
	if p.role&codeValue != 0 {
		code, named, ok := v.code()
		if ok && named {
			return code, always, true
		}
		if ok {
			return code, p.trust, true
		}
	}
	if v.kind != textual {
		return 0, 0, false
	}
	if p.role&codeText != 0 && !looksLikeJSON(v.text) {
		code, ok = codeIn(v.text)
		return code, p.trust, ok
	}
	if p.role&codeName != 0 {
		if entry, ok := c.LookupName(v.text); ok {
			return entry.Code, p.trust, true
		}
	}
	return 0, 0, false
}

// reason returns the record's own words for what went wrong, or "".
func (e *Engine) reason(s *sighting) string {
	for seen := s.seen & e.masks.reasons; seen != 0; seen &= seen - 1 {
		v := &s.values[bits.TrailingZeros64(seen)]
		if v.kind == textual && v.text != "" && v.text != "Other." { // which Microsoft writes where it has no reason
			return v.text
		}
	}
	return ""
}
