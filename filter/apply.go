package filter

import (
	"strconv"
	"unicode/utf8"

	"fluent-bit-entra-signin/catalog"
)

// apply counts an answer and notes the edits that a record gets for it. body is the record's outermost map; the targets
// that it has already are those of r.seen.
func (r *Result) apply(a answer, enc encoding, entries []rendered, body container) {
	l := r.engine.layout
	var (
		made  rendered
		entry *catalog.Entry
		what  *rendered
	)
	if a.verdict == known {
		r.Counts.Matched++
		r.entries = append(r.entries, int32(a.entry))
		entry, what = r.state.catalog.At(a.entry), &entries[a.entry]
	} else {
		r.Counts.Unknown++
		r.unknown(a.code)
		entry = unknownEntry(a)
		made = l.render(enc, entry)
		what = &made
	}
	r.Counts.Judged[entry.Outcome][entry.Severity]++
	switch {
	case what.roots == 0: // the entry has none of the fields
	case len(r.seen.hits) == 0:
		enc.grow(r, body, what.pairs, what.roots)
	default:
		l.fill(r, enc, what, l.roots, body, r.engine.options.Overwrite && !a.inWords)
	}
}

// maxReason bounds, in bytes, how much of a record's own words is repeated in a description.
const maxReason = 512

// unknownEntry stands in for a code that the catalog lacks. The zero Severity and Outcome are "unknown".
func unknownEntry(a answer) *catalog.Entry {
	description := "The catalog has no entry for code " + strconv.FormatUint(uint64(a.code), 10)
	if reason := a.reason; reason != "" {
		if len(reason) > maxReason {
			cut := maxReason
			for cut > 0 && !utf8.RuneStart(reason[cut]) {
				cut--
			}
			reason = reason[:cut]
		}
		description += "; the record says: " + reason
	} else {
		description += "."
	}
	return &catalog.Entry{Code: a.code, Description: description}
}
