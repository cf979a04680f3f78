package rules

import (
	"cmp"
	"slices"
	"sort"
)

// A question is all that the rules want to know of one field.
type question struct {
	kind    Kind
	words   []word      // by length, then by text
	lengths [257]uint16 // words[lengths[n]:lengths[n+1]] have n bytes
	needles *needles    // nil for none
	none    []uint16    // bits of conditions that hold where the field says nothing
	not     []negation
}

// A word is a value that conditions compare with, and their bits.
type word struct {
	lower string
	bits  []uint16
}

// A negation holds where the field says something for which the bit hit was not set.
type negation struct{ bit, hit uint16 }

// ask adds a condition; next makes a bit.
func (q *question) ask(c *Comparison, bit uint16, next func() uint16) {
	hit := bit
	if c.Op == IsNot {
		hit = next()
		q.not = append(q.not, negation{bit, hit})
	}
	for _, value := range c.Values {
		lower := toLower(value)
		switch {
		case c.Op == Contains:
			if q.needles == nil {
				q.needles = &needles{}
			}
			q.needles.add(lower, hit)
		case saysNothing(lower):
			if c.Op == Is {
				q.none = append(q.none, bit)
			} // that the field says something is what != asks in any case
		default:
			i := slices.IndexFunc(q.words, func(w word) bool { return w.lower == lower })
			if i < 0 {
				i = len(q.words)
				q.words = append(q.words, word{lower: lower})
			}
			q.words[i].bits = append(q.words[i].bits, hit)
		}
	}
}

// prepare is called once, after the last ask.
func (q *question) prepare() {
	slices.SortFunc(q.words, func(a, b word) int {
		return cmp.Or(len(a.lower)-len(b.lower), cmp.Compare(a.lower, b.lower))
	})
	i := 0
	for length := range q.lengths {
		for i < len(q.words) && len(q.words[i].lower) < length {
			i++
		}
		q.lengths[length] = uint16(i)
	}
	if q.needles != nil {
		q.needles.prepare()
	}
}

// find returns the word that a text is, or nil.
func (q *question) find(text string) *word {
	if len(text) >= len(q.lengths)-1 {
		return nil
	}
	words := q.words[q.lengths[len(text)]:q.lengths[len(text)+1]]
	if len(words) > 8 {
		at := sort.Search(len(words), func(i int) bool { return compareFold(text, words[i].lower) <= 0 })
		words = words[at:min(at+1, len(words))]
	}
	for i := range words {
		if equalFold(text, words[i].lower) {
			return &words[i]
		}
	}
	return nil
}
