package search

import (
	"cmp"
	"slices"
	"strings"

	"fluent-bit-entra-signin/catalog"
)

// Find returns the entries that match, best first. If words is a code, only the entry of that code matches. Otherwise the entries
// match whose symbolic name contains words, and those whose text contains each of the words. Entries that match equally well are
// ordered by severity, the highest first, and then by code. If nothing matches, the result is nil.
func Find(c *catalog.Catalog, words string) []*catalog.Entry {
	words = strings.TrimSpace(words)
	if code, err := catalog.ParseCode(words); err == nil {
		if e, ok := c.Lookup(code); ok {
			return []*catalog.Entry{e}
		}
		return nil
	}
	q := query{name: joined(words), terms: termsOf(words)}
	type hit struct {
		entry *catalog.Entry
		rank  int
	}
	var hits []hit
	for i := range c.Len() {
		e := c.At(i)
		if rank := q.rank(e); rank > 0 {
			hits = append(hits, hit{e, rank})
		}
	}
	slices.SortFunc(hits, func(a, b hit) int {
		return cmp.Or(
			cmp.Compare(b.rank, a.rank),
			cmp.Compare(b.entry.Severity, a.entry.Severity),
			cmp.Compare(a.entry.Code, b.entry.Code),
		)
	})
	var found []*catalog.Entry
	for _, h := range hits {
		found = append(found, h.entry)
	}
	return found
}

// A query is a question to Find, prepared for comparison with many entries.
type query struct {
	name  string // the words joined, in lower case, to compare with symbolic names
	terms []term
}

// Ranks of a match in the symbolic name. The points for a match in the text never add up to as much.
const (
	nameIs     = 3_000_000
	nameBegins = 2_000_000
	nameHolds  = 1_000_000
)

// shortName is the length from which a query is compared with parts of names. Shorter words, such as "mfa", occur in the names of
// many codes that nobody means by them.
const shortName = 5

// rank returns how well an entry matches; 0 means that the entry does not match.
func (q *query) rank(e *catalog.Entry) int {
	name := strings.ToLower(e.Name)
	switch {
	case name != "" && name == q.name:
		return nameIs
	case len(q.name) >= shortName && strings.HasPrefix(name, q.name):
		return nameBegins
	case len(q.name) >= shortName && strings.Contains(name, q.name):
		return nameHolds
	}
	fields := [...]struct {
		text   string
		points int
	}{
		{plain(e.Description), 4},
		{plain(split(e.Name)), 3},
		{plain(string(e.Category)), 2},
		{plain(e.Action), 1},
	}
	total := 0
	for _, t := range q.terms {
		best := 0
		for _, f := range fields {
			if f.points > best && t.in(f.text) {
				best = f.points
			}
		}
		if best == 0 {
			return 0
		}
		total += best
	}
	return total
}
