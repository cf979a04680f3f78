package filter

import (
	"strconv"
	"strings"
)

// byteOrderMark begins a file that some Windows programs write, and so the first line that is read of it.
const byteOrderMark = "\ufeff"

// looksLikeJSON tells a text that may hold a record or a list of them from one in words, which may begin with a bracket
// too, as in "[INFO] started" or "[2026-03-02 10:11:12] AADSTS50126".
func looksLikeJSON(s string) bool {
	s = strings.TrimPrefix(s, byteOrderMark)
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

// trimJSON removes what may stand around JSON in a string that looks like JSON: blanks, the byte order mark of a file, and the
// comma behind a record that is one line of a pretty-printed list.
func trimJSON(s string) string {
	const blanks = " \t\r\n"
	s = strings.Trim(strings.TrimPrefix(s, byteOrderMark), blanks)
	return strings.TrimRight(strings.TrimSuffix(s, ","), blanks)
}

// scanText is scan for a map that is a JSON text inside another record. Text that is something else is passed over.
func (s *sighting) scanText(n *node, text string) {
	// Checked first: what a scan has noted when it comes to the damage could not be taken back.
	if looksLikeJSON(text) && validJSON(text) {
		outer := s.within
		s.within = true
		s.scanWhole(n, text)
		s.within = outer
	}
}

// scanWhole is scan for a text that is an object in JSON; false where it is anything else, and then what was noted must
// not be used.
func (s *sighting) scanWhole(n *node, text string) bool {
	b := bytesOf(text)
	i := skipBlank(b, 0)
	return i < len(b) && b[i] == '{' && ends(b, s.scanJSON(n, b, i, maxDepth))
}

// scanJSON is scan for the object in JSON at i, which may nest so many levels deep.
func (s *sighting) scanJSON(n *node, b []byte, i, levels int) (next int) {
	i = skipBlank(b, i+1)
	if i < len(b) && b[i] == '}' {
		return i + 1
	}
	for {
		if i >= len(b) || b[i] != '"' {
			return bad
		}
		after, escaped := skipString(b, i)
		if after == bad {
			return bad
		}
		kid := n.child(unquote(view(b[i:after]), escaped))
		if i = skipColon(b, after); i == bad {
			return bad
		}
		if kid != nil {
			i = s.visitJSON(kid, b, i, levels-1)
		} else {
			i = skipJSON(b, i, levels-1)
		}
		if i == bad {
			return bad
		}
		if i = skipBlank(b, i); i >= len(b) {
			return bad
		}
		switch b[i] {
		case '}':
			return i + 1
		case ',':
			i = skipBlank(b, i+1)
		default:
			return bad
		}
	}
}

// visitJSON is visit for the value in JSON at i, which stands at n.
func (s *sighting) visitJSON(n *node, b []byte, i, levels int) (next int) {
	isMap := i < len(b) && b[i] == '{'
	switch {
	case isMap && n.kids != nil && levels > 0:
		next = s.scanJSON(n, b, i, levels)
	case n.items != nil && i < len(b) && b[i] == '[' && levels > 0:
		next = s.scanListJSON(n, b, i, levels)
	default:
		next = skipJSON(b, i, levels)
	}
	if next == bad {
		return bad
	}
	raw := view(b[i:next])
	if n.target >= 0 {
		h := hit{n.target, isMap, container{start: i, end: next}}
		if isMap {
			h.pairs = pairsIn(raw)
		}
		s.hit(h)
	}
	if n.places == 0 && !n.text {
		return next
	}
	v := readJSON(raw)
	v.start, v.end = i, next
	s.note(n, v)
	if n.text && v.kind == textual {
		s.scanText(n, v.text)
	}
	return next
}

// scanListJSON is scanList for the list in JSON at i.
func (s *sighting) scanListJSON(n *node, b []byte, i, levels int) (next int) {
	i = skipBlank(b, i+1)
	if i < len(b) && b[i] == ']' {
		return i + 1
	}
	items := n.items
	for at := 0; ; at++ {
		if len(items) > 0 && at == items[0].index {
			i = s.visitJSON(items[0].node, b, i, levels-1)
			items = items[1:]
		} else {
			i = skipJSON(b, i, levels-1)
		}
		if i == bad {
			return bad
		}
		if i = skipBlank(b, i); i >= len(b) {
			return bad
		}
		switch b[i] {
		case ']':
			return i + 1
		case ',':
			i = skipBlank(b, i+1)
		default:
			return bad
		}
	}
}

// pairsIn tells an empty object (0) from one that is not (1): all that matters is whether a comma must stand before the
// next pair.
func pairsIn(object string) uint64 {
	if b := bytesOf(object); skipBlank(b, 1) < len(b)-1 {
		return 1
	}
	return 0
}

// readJSON is read for a value in JSON, which is whole.
func readJSON(raw string) value {
	switch c := raw[0]; {
	case c == '"':
		return value{kind: textual, text: unquote(raw, strings.IndexByte(raw, '\\') >= 0)}
	case c == '-' || '0' <= c && c <= '9':
		if n, ok := wholeJSON(raw); ok {
			return value{kind: numeric, num: n}
		}
	case c == '[':
		b := bytesOf(raw)
		switch first := skipBlank(b, 1); b[first] {
		case '{':
			return value{kind: list}
		case '[', ']':
		default:
			return readJSON(raw[first:skipJSON(b, first, 1)])
		}
	}
	return value{}
}

// wholeJSON reads a number that is an integer, however it is written.
func wholeJSON(raw string) (int64, bool) {
	if isInteger(raw) {
		if n, err := strconv.ParseInt(raw, 10, 64); err == nil {
			return n, true
		}
	}
	f, err := strconv.ParseFloat(raw, 64)
	if err != nil {
		return 0, false
	}
	return whole(f)
}
