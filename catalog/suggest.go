package catalog

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// maxSuggestions is how many entries are offered for a query that found nothing.
const maxSuggestions = 5

// Suggest returns entries that may have been meant by a query for which Search finds nothing: codes with one digit wrong,
// missing, too many or swapped with the next; names that differ in a few letters; else what Search finds when misspelled
// words are put right. The nearest come first, then the more severe, then the smaller code. At most five.
func (c *Catalog) Suggest(words string) []*Entry {
	words = strings.TrimSpace(words)
	var near []*Entry
	if code, err := ParseCode(words); err == nil {
		digits := strconv.Itoa(int(code))
		near = c.nearest(digits, 1, func(e *Entry) string { return strconv.Itoa(int(e.Code)) })
	} else {
		name := joined(words)
		near = c.nearest(name, min(len(name)/4, 4), func(e *Entry) string { return strings.ToLower(e.Name) })
		if len(near) == 0 {
			near = c.Search(c.respell(words))
		}
	}
	return near[:min(len(near), maxSuggestions)]
}

// nearest returns the entries for which of returns something that is at most so many edits away from text.
func (c *Catalog) nearest(text string, most int, of func(*Entry) string) []*Entry {
	type candidate struct {
		entry *Entry
		edits int
	}
	var found []candidate
	for i := range c.entries {
		e := &c.entries[i]
		if own := of(e); own != "" {
			if n := edits(text, own, most); n <= most {
				found = append(found, candidate{e, n})
			}
		}
	}
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(
			cmp.Compare(a.edits, b.edits),
			cmp.Compare(b.entry.Severity, a.entry.Severity),
			cmp.Compare(a.entry.Code, b.entry.Code),
		)
	})
	var near []*Entry
	for _, f := range found {
		near = append(near, f.entry)
	}
	return near
}

// respell replaces each word that no entry uses by the nearest one that some entry does.
func (c *Catalog) respell(words string) string {
	used := make(map[string]bool)
	for word := range sayings {
		used[word] = true
	}
	for i := range c.entries {
		e := &c.entries[i]
		for _, word := range strings.Fields(plain(e.Description + " " + split(e.Name) + " " + string(e.Category))) {
			used[word] = true
		}
	}
	asked := strings.Fields(plain(words))
	for i, word := range asked {
		if used[word] || len(word) < 4 {
			continue
		}
		best, fewest := word, len(word)/4+1
		for candidate := range used {
			n := edits(word, candidate, fewest)
			if n < fewest || n == fewest && best != word && candidate < best {
				best, fewest = candidate, n
			}
		}
		asked[i] = best
	}
	return strings.Join(asked, " ")
}

// Edits returns how many letters of a must be changed, added, left out or swapped with the next to make b; anything above most
// may be returned as most+1.
func Edits(a, b string, most int) int { return edits(a, b, most) }

// edits counts the letters to change, add, leave out or swap with the next to make b of a; anything above most may be
// returned as most+1.
func edits(a, b string, most int) int {
	if d := len(a) - len(b); d > most || -d > most {
		return most + 1
	}
	var before, last, row []int // three rows of the table: swaps look back two
	row = make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	last = make([]int, len(b)+1)
	before = make([]int, len(b)+1)
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, before
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}
