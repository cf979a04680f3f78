package filter

import (
	"math/bits"

	"fluent-bit-entra-signin/catalog"
)

// A decision is what the engine says of a record.
type decision struct {
	verdict verdict
	code    uint32
	entry   int    // position in the catalog, for known
	reason  string // the record's own words, for unknown; may point into the record
	// freeText says that the code stands in free text. No field of the record is replaced then.
	freeText bool
	// stamp is the time that the record states if the record is in a string, and timed whether it states one.
	stamp [10]byte
	timed bool
}

type verdict uint8

const (
	noCode  verdict = iota
	known           // the catalog has the code
	unknown         // the catalog lacks the code
)

// decide finds the code of a record. Of the rules that yield a code, the first counts whose code the catalog has and is
// not 0: a record may say 0 in one place and the true code in another. Else the first that the catalog lacks counts, else 0.
func (e *Engine) decide(f *findings, c *catalog.Catalog) decision {
	var (
		best   decision
		zero   bool
		read   bool // hint was read, which only some rules need
		hinted hint
	)
	for seen := f.seen & e.masks.candidates; seen != 0; seen &= seen - 1 {
		i := bits.TrailingZeros64(seen)
		r := &e.rules[i]
		if r.role&codeName != 0 && zero {
			continue // a name counts only if there is no number
		}
		code, trust, ok := r.code(&f.values[i], c)
		if !ok {
			continue
		}
		if trust != trustAlways && !read {
			hinted, read = e.hintOf(f), true
		}
		entry, inCatalog := c.Find(code)
		if !believes(trust, hinted, inCatalog && code != 0, f.seen&e.masks.principals != 0) {
			continue
		}
		switch {
		case code == 0:
			zero = true
		case inCatalog:
			return decision{verdict: known, code: code, entry: entry, freeText: trust == trustFreeText}
		case best.verdict == noCode:
			best = decision{verdict: unknown, code: code, freeText: trust == trustFreeText}
		}
	}
	if best.verdict == noCode && zero {
		if entry, ok := c.Find(0); ok {
			return decision{verdict: known, entry: entry}
		}
		best.verdict = unknown
	}
	if best.verdict == unknown {
		best.reason = e.reason(f)
	}
	return best
}

// believes reports whether a code is believed that needs so much trust. A code that is not 0 and that the catalog has is
// unlikely to be anything else.
func believes(t trust, hinted hint, knownNonZero, hasPrincipal bool) bool {
	switch {
	case t == trustAlways:
		return true
	case t == trustFreeText:
		return hinted != hintOther
	case hinted == hintSignIn:
		return true
	case hinted == hintOther:
		return t == trustOwnPath && knownNonZero
	}
	return t == trustOwnPath || t == trustSharedPath && (knownNonZero || hasPrincipal)
}

// hintOf returns whether a record says that it is a sign-in or that it is something else. One value that says it is something
// else outweighs all others.
func (e *Engine) hintOf(f *findings) hint {
	hinted := noHint
	for seen := f.seen & e.masks.hints; seen != 0; seen &= seen - 1 {
		i := bits.TrailingZeros64(seen)
		if f.values[i].kind != textual {
			continue
		}
		switch e.rules[i].hint(f.values[i].text) {
		case hintOther:
			return hintOther
		case hintSignIn:
			hinted = hintSignIn
		}
	}
	if f.seen&e.masks.keys != 0 {
		return hintSignIn
	}
	return hinted
}

// unlessOther drops a decision from the free text of a string if the record around the string says that it is something else.
func (e *Engine) unlessOther(d decision, around *findings) decision {
	if d.freeText && e.hintOf(around) == hintOther {
		return decision{}
	}
	return d
}

// ofAzure reports whether the record has the keys that Azure Monitor gives every record.
func (e *Engine) ofAzure(f *findings) bool {
	return e.masks.azure != 0 && f.seen&e.masks.azure == e.masks.azure
}

// code reads the code of a value by the role of the rule, and what it takes to believe the code.
func (r *rule) code(v *foundValue, c *catalog.Catalog) (code uint32, t trust, ok bool) {
	if r.role&codeValue != 0 {
		code, named, ok := v.code()
		if ok && named {
			return code, trustAlways, true
		}
		if ok {
			return code, r.trust, true
		}
	}
	if v.kind != textual {
		return 0, 0, false
	}
	if r.role&codeText != 0 && !looksLikeJSON(v.text) {
		code, ok = codeIn(v.text)
		return code, r.trust, ok
	}
	if r.role&codeName != 0 {
		if entry, ok := c.LookupName(v.text); ok {
			return entry.Code, r.trust, true
		}
	}
	return 0, 0, false
}

// reason returns the record's own words for what went wrong, or "".
func (e *Engine) reason(f *findings) string {
	for seen := f.seen & e.masks.reasons; seen != 0; seen &= seen - 1 {
		v := &f.values[bits.TrailingZeros64(seen)]
		if v.kind == textual && v.text != "" && v.text != "Other." { // which Microsoft writes if it has no reason
			return v.text
		}
	}
	return ""
}
