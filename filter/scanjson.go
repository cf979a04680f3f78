package filter

import (
	"strings"

	"github.com/tidwall/gjson"
)

// maxDepth is how deep JSON may nest. Sign-in records reach six; what goes on for ever only wants the stack.
const maxDepth = 64

// looksLikeJSON tells a text that may hold a record or a list of them from one in words, which may begin with a bracket
// too, as in "[INFO] started" or "[2026-03-02 10:11:12] AADSTS50126".
func looksLikeJSON(s string) bool {
	inList := false
	for i := range len(s) {
		switch s[i] {
		case ' ', '\t', '\r', '\n':
		case '[':
			if inList {
				return false
			}
			inList = true
		default:
			return s[i] == '{'
		}
	}
	return false
}

// validJSON tells whether a text is one JSON value that does not nest too deep.
func validJSON(text string) bool {
	// Where there are few brackets in all there is no depth to speak of, and counting them is the cheaper test.
	if strings.Count(text, "{")+strings.Count(text, "[") > maxDepth && depth(text) > maxDepth {
		return false
	}
	return gjson.Valid(text)
}

// depth returns how deep the brackets of a JSON text nest; it stops at the first that is too deep.
func depth(text string) int {
	now, most := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '{', '[':
			now++
			if most = max(most, now); most > maxDepth {
				return most
			}
		case '}', ']':
			now--
		case '"':
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		}
	}
	return most
}

// scanText is scan for a map that is a JSON text inside another record. Text that is something else is passed over.
func (s *sighting) scanText(n *node, text string) {
	if looksLikeJSON(text) && validJSON(text) {
		outer := s.within
		s.within = true
		s.scanJSON(n, text, 0)
		s.within = outer
	}
}

// scanJSON is scan for an object in JSON, which is valid; base is where it stands in the whole text.
func (s *sighting) scanJSON(n *node, object string, base int) {
	gjson.Parse(object).ForEach(func(key, v gjson.Result) bool {
		if kid := n.child(key.Str); kid != nil {
			s.visitJSON(kid, v, base+v.Index)
		}
		return true
	})
}

// visitJSON is visit for a value in JSON that stands at n and begins at start.
func (s *sighting) visitJSON(n *node, v gjson.Result, start int) {
	if v.IsObject() && n.kids != nil {
		s.scanJSON(n, v.Raw, start)
	}
	end := start + len(v.Raw)
	if n.target >= 0 {
		h := hit{n.target, v.IsObject(), container{start: start, end: end}}
		if h.isMap {
			h.pairs = pairsIn(v.Raw)
		}
		s.hit(h)
	}
	if n.places == 0 && !n.text {
		return
	}
	noted := readJSON(v)
	noted.start, noted.end = start, end
	s.note(n.places, noted)
	if n.text && noted.kind == textual {
		s.scanText(n, noted.text)
	}
}

// pairsIn tells an empty object (0) from one that is not (1): all that matters is whether a comma must stand before the
// next pair.
func pairsIn(object string) uint64 {
	for i := 1; i < len(object)-1; i++ {
		if object[i] > ' ' {
			return 1
		}
	}
	return 0
}

// readJSON is read for JSON.
func readJSON(v gjson.Result) value {
	switch v.Type {
	case gjson.Number:
		if n, ok := wholeJSON(v); ok {
			return value{kind: numeric, num: n}
		}
	case gjson.String:
		return value{kind: textual, text: v.Str}
	case gjson.JSON:
		if !v.IsArray() {
			return value{}
		}
		var first gjson.Result
		v.ForEach(func(_, element gjson.Result) bool {
			first = element
			return false
		})
		if first.IsObject() {
			return value{kind: list}
		}
		if first.Exists() && !first.IsArray() {
			return readJSON(first)
		}
	}
	return value{}
}

// wholeJSON reads a number that is an integer, however it is written.
func wholeJSON(v gjson.Result) (int64, bool) {
	if code, n := digits(v.Raw); n > 0 && n == len(v.Raw) {
		return int64(code), true
	}
	return whole(v.Num)
}
