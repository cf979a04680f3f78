package search

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/internal/spelling"
)

// maxSuggestions is how many entries Suggest returns at most.
const maxSuggestions = 5

// Suggest returns up to five entries that may have been meant by words for which Find finds nothing: codes that differ in one digit or
// in the order of two digits, symbolic names that differ in a few letters, or the entries that match after misspelled words are
// corrected. The most similar entries come first; equally similar entries are ordered by severity and code as in Find.
func Suggest(c *catalog.Catalog, words string) []*catalog.Entry {
	words = strings.TrimSpace(words)
	var similar []*catalog.Entry
	if code, err := catalog.ParseCode(words); err == nil {
		digits := strconv.Itoa(int(code))
		similar = nearest(c, digits, 1, func(e *catalog.Entry) string { return strconv.Itoa(int(e.Code)) })
	} else {
		name := joined(words)
		similar = nearest(c, name, min(len(name)/4, 4), func(e *catalog.Entry) string { return strings.ToLower(e.Name) })
		if len(similar) == 0 {
			similar = Find(c, respell(c, words))
		}
	}
	return similar[:min(len(similar), maxSuggestions)]
}

// nearest returns the entries whose key is at most limit edits away from text. Entries with an empty key are left out.
func nearest(c *catalog.Catalog, text string, limit int, key func(*catalog.Entry) string) []*catalog.Entry {
	type candidate struct {
		entry    *catalog.Entry
		distance int
	}
	var found []candidate
	for i := range c.Len() {
		e := c.At(i)
		if own := key(e); own != "" {
			if n := spelling.Distance(text, own, limit); n <= limit {
				found = append(found, candidate{e, n})
			}
		}
	}
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(
			cmp.Compare(a.distance, b.distance),
			cmp.Compare(b.entry.Severity, a.entry.Severity),
			cmp.Compare(a.entry.Code, b.entry.Code),
		)
	})
	var entries []*catalog.Entry
	for _, f := range found {
		entries = append(entries, f.entry)
	}
	return entries
}

// respell replaces each word that no entry contains with the most similar word that some entry contains.
func respell(c *catalog.Catalog, words string) string {
	used := make(map[string]bool)
	for word := range synonyms {
		used[word] = true
	}
	for i := range c.Len() {
		e := c.At(i)
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
			n := spelling.Distance(word, candidate, fewest)
			if n < fewest || n == fewest && best != word && candidate < best {
				best, fewest = candidate, n
			}
		}
		asked[i] = best
	}
	return strings.Join(asked, " ")
}
