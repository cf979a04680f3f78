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
	shape   Shape
	none    []uint16 // bits of conditions that hold where the field says nothing
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
	q.shape = q.shapeOfValues()
}

// A Shape tells of a text that it meets no condition on a field, without a comparison. Nearly all values of nearly all records are
// like that.
type Shape struct {
	lengths uint64 // bit n: a text of n bytes may meet a condition; bit 63: one of 63 or more may
	letters uint32 // bit c&31: one that begins with c may
}

// Excludes reports whether a text meets no condition. The text is not empty.
func (s Shape) Excludes(text string) bool {
	return s.lengths>>min(len(text), 63)&(uint64(s.letters)>>(text[0]&31))&1 == 0 && text[0] > ' ' && text[len(text)-1] > ' '
}

func (q *question) shapeOfValues() (s Shape) {
	if len(q.not) > 0 || q.kind == List { // what says anything may meet a != condition; a list may be in a text as JSON
		return Shape{^uint64(0), ^uint32(0)}
	}
	for i := range q.words {
		w := q.words[i].lower
		s.lengths |= 1 << min(len(w), 63)
		s.letters |= 1 << (w[0] & 31)
	}
	if q.needles != nil {
		s.lengths |= ^uint64(0) << min(q.needles.length, 63)
		s.letters = ^uint32(0)
	}
	return s
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
