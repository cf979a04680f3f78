package filter

import (
	"strconv"
	"unicode/utf8"

	"fluent-bit-entra-signin/catalog"
)

// append counts a decision that found a code, and notes the edits that append the fields to the record. body is the outermost map
// of the record, and entries are the entries of the catalog in the encoding of the record.
func (p *pass) append(d decision, enc encoding, entries []encodedEntry, body mapSpan) {
	r, tree := p.out, p.engine.tree
	var (
		made  encodedEntry
		entry *catalog.Entry
		what  *encodedEntry
	)
	if d.verdict == known {
		r.Counts.Matched++
		r.entries = append(r.entries, int32(d.entry))
		entry, what = p.state.catalog.At(d.entry), &entries[d.entry]
	} else {
		r.Counts.Unknown++
		r.noteUnknown(d.code)
		entry = unknownEntry(d)
		made = tree.encodeEntry(enc, entry)
		what = &made
	}
	severity := entry.Severity
	if p.state.program != nil {
		if change, ok := p.judged.Change(); ok {
			x := p.changed(d, enc, entry, change)
			what, severity = &x.encoded, x.severity
		}
		r.ruled = append(r.ruled, p.judged.Rules()...)
	}
	r.Counts.Judged[entry.Outcome][severity]++
	switch {
	case what.roots == 0: // the entry has none of the fields
	case len(p.found.existing) == 0:
		enc.grow(r, body, what.pairs, what.roots)
	default:
		p.fill(enc, what, tree.roots, body, p.engine.options.Overwrite && !d.freeText)
	}
}

// fill notes the edits for the fields of a level, some of which the record has. m is the map that the fields of the level
// belong to. overwrite says whether a field of the record is replaced.
func (p *pass) fill(enc encoding, x *encodedEntry, level []int8, m mapSpan, overwrite bool) {
	r, fields := p.out, p.engine.tree.fields
	for _, i := range level {
		value, existing := x.values[i], p.found.firstExisting(i)
		if value == nil || existing == nil {
			continue
		}
		if fields[i].value == nil {
			// A value of the record that is not a map has no room for fields, and stays.
			if existing.isMap {
				p.fill(enc, x, fields[i].children, existing.mapSpan, overwrite)
			}
			continue
		}
		if !overwrite {
			continue
		}
		for _, each := range p.found.existing {
			if each.field == i {
				r.replace(each.start, each.end, value)
			}
		}
	}
	pairs, n := r.arena.begin(), 0
	for _, i := range level {
		if value := x.values[i]; value != nil && p.found.firstExisting(i) == nil {
			// A key in JSON takes at most 6 bytes for each of its own.
			pairs.write(maxKey*6+8+len(value), func(dst []byte) []byte { return enc.pair(dst, fields[i].key, value) })
			n++
		}
	}
	if n > 0 {
		enc.grow(r, m, pairs.bytes(), n)
	}
}

// maxReason bounds, in bytes, how much of a record's own words is repeated in a description.
const maxReason = 512

// unknownEntry stands in for a code that the catalog lacks. The zero Severity and Outcome are "unknown".
func unknownEntry(d decision) *catalog.Entry {
	description := "The catalog has no entry for code " + strconv.FormatUint(uint64(d.code), 10)
	if reason := d.reason; reason != "" {
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
	return &catalog.Entry{Code: d.code, Description: description}
}
