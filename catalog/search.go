package catalog

import (
	"cmp"
	"slices"
	"strings"
)

// Search returns the entries that a person may mean by some words, best first: the one with that code; those whose
// symbolic name is, begins with or holds the words; those in whose text every word occurs. Among equals the more severe
// come first, then the smaller code, so the order is always the same. Nothing found is nil, not an error.
func (c *Catalog) Search(words string) []*Entry {
	words = strings.TrimSpace(words)
	if code, err := ParseCode(words); err == nil {
		if e, ok := c.Lookup(code); ok {
			return []*Entry{e}
		}
		return nil
	}
	q := query{name: joined(words), terms: termsOf(words)}
	type hit struct {
		entry *Entry
		rank  int
	}
	var hits []hit
	for i := range c.entries {
		e := &c.entries[i]
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
	var found []*Entry
	for _, h := range hits {
		found = append(found, h.entry)
	}
	return found
}

// A query is what Search was asked, made ready.
type query struct {
	name  string // all words as one, in lower case, to compare with names
	terms []term
}

// Ranks of a match in the name. A match in the text gets a few points for each word, which never adds up to that much.
const (
	nameIs     = 3_000_000
	nameBegins = 2_000_000
	nameHolds  = 1_000_000
)

// shortName is the least length for which a part of a name says more than the text does: "mfa" is in the names of codes
// that few people mean by it.
const shortName = 5

// rank returns how well an entry answers; 0 for not at all.
func (q *query) rank(e *Entry) int {
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
