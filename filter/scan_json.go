package filter

import (
	"strings"

	"fluent-bit-entra-signin/internal/jsontext"
	"fluent-bit-entra-signin/internal/view"
)

// scanText is scan for a map that is JSON text inside another record. Text that is something else is ignored.
func (f *findings) scanText(n *trieNode, text string) {
	// The text is checked first: what a scan has noted before it comes to the damage could not be taken back.
	if looksLikeJSON(text) && jsontext.Valid(text) {
		outer := f.insideString
		f.insideString = true
		around := f.facts.enter(text)
		f.scanWhole(n, text)
		f.facts.doc = around
		f.insideString = outer
	}
}

// scanWhole is scan for a text that is a JSON object. It returns false if the text is anything else; the findings must
// not be used then.
func (f *findings) scanWhole(n *trieNode, text string) bool {
	b := view.Bytes(text)
	i := jsontext.SkipBlank(b, 0)
	return i < len(b) && b[i] == '{' && jsontext.Ends(b, f.scanJSON(n, b, i, jsontext.MaxDepth))
}

// scanJSON is scan for the JSON object at i, which may nest so many levels deep.
func (f *findings) scanJSON(n *trieNode, b []byte, i, levels int) (next int) {
	i = jsontext.SkipBlank(b, i+1)
	if i < len(b) && b[i] == '}' {
		return i + 1
	}
	for {
		if i >= len(b) || b[i] != '"' {
			return jsontext.Bad
		}
		after, escaped := jsontext.SkipString(b, i)
		if after == jsontext.Bad {
			return jsontext.Bad
		}
		var k *trieKey
		switch {
		case escaped:
			key := view.Bytes(jsontext.Unquote(view.String(b[i:after]), escaped))
			k = n.find(key, 0, len(key))
		case n.mayHave(after-i-2, b[i+1]): // as in find, without a call for most keys
			k = n.lookUp(b, i+1, after-1)
		}
		if i = jsontext.SkipColon(b, after); i == jsontext.Bad {
			return jsontext.Bad
		}
		value := i
		switch {
		case k != nil && k.node != nil:
			i = f.visitJSON(k.node, b, i, levels-1)
		case i < len(b) && b[i] == '"':
			i, _ = jsontext.SkipString(b, i) // as most values are; Skip is ready for any value
		default:
			i = jsontext.Skip(b, i, levels-1)
		}
		if i == jsontext.Bad {
			return jsontext.Bad
		}
		if k != nil && k.node == nil {
			f.facts.noteJSON(k.facts, view.String(b[value:i]), value)
		}
		if i = jsontext.SkipBlank(b, i); i >= len(b) {
			return jsontext.Bad
		}
		switch b[i] {
		case '}':
			return i + 1
		case ',':
			i = jsontext.SkipBlank(b, i+1)
		default:
			return jsontext.Bad
		}
	}
}

// visitJSON is visit for the JSON value at i, which stands at n.
func (f *findings) visitJSON(n *trieNode, b []byte, i, levels int) (next int) {
	isMap := i < len(b) && b[i] == '{'
	switch {
	case isMap && n.keys != nil && levels > 0:
		next = f.scanJSON(n, b, i, levels)
	case n.items != nil && i < len(b) && b[i] == '[' && levels > 0:
		next = f.scanListJSON(n, b, i, levels)
	default:
		next = jsontext.Skip(b, i, levels)
	}
	if next == jsontext.Bad {
		return jsontext.Bad
	}
	raw := view.String(b[i:next])
	if n.here != nil {
		f.facts.noteJSON(n.here, raw, i)
	}
	if n.field >= 0 {
		x := existingField{n.field, isMap, mapSpan{start: i, end: next}}
		if isMap {
			x.pairs = pairsIn(raw)
		}
		f.noteExisting(x)
	}
	if n.rules == 0 && !n.text {
		return next
	}
	v := readJSONValue(raw)
	f.note(n, v, i, next)
	if n.text && v.kind == textual {
		f.scanText(n, v.text)
	}
	return next
}

// scanListJSON is scanList for the JSON list at i.
func (f *findings) scanListJSON(n *trieNode, b []byte, i, levels int) (next int) {
	i = jsontext.SkipBlank(b, i+1)
	if i < len(b) && b[i] == ']' {
		return i + 1
	}
	items := n.items
	for at := 0; ; at++ {
		if len(items) > 0 && at == items[0].index {
			i = f.visitJSON(items[0].node, b, i, levels-1)
			items = items[1:]
		} else {
			i = jsontext.Skip(b, i, levels-1)
		}
		if i == jsontext.Bad {
			return jsontext.Bad
		}
		if i = jsontext.SkipBlank(b, i); i >= len(b) {
			return jsontext.Bad
		}
		switch b[i] {
		case ']':
			return i + 1
		case ',':
			i = jsontext.SkipBlank(b, i+1)
		default:
			return jsontext.Bad
		}
	}
}

// readJSONValue is readValue for a JSON value, which is whole.
func readJSONValue(raw string) value {
	switch c := raw[0]; {
	case c == '"':
		return value{kind: textual, text: jsontext.Unquote(raw, strings.IndexByte(raw, '\\') >= 0)}
	case c == '-' || '0' <= c && c <= '9':
		if n, ok := jsontext.Integer(raw); ok {
			return value{kind: numeric, num: n}
		}
	case c == '{':
		return value{kind: object}
	case c == '[':
		b := view.Bytes(raw)
		switch first := jsontext.SkipBlank(b, 1); b[first] {
		case '{':
			return value{kind: records}
		case '[', ']':
		default:
			return readJSONValue(raw[first:jsontext.Skip(b, first, 1)])
		}
	}
	return value{}
}

// pairsIn returns 0 for an empty object and 1 for any other: all that matters is whether a comma must stand before the
// next pair.
func pairsIn(object string) uint64 {
	if b := view.Bytes(object); jsontext.SkipBlank(b, 1) < len(b)-1 {
		return 1
	}
	return 0
}

// byteOrderMark begins a file that some Windows programs write, and so the first line that is read of the file.
const byteOrderMark = "\ufeff"

// looksLikeJSON reports whether a text may hold a record or a list of records. A text in words may begin with a bracket too,
// as in "[INFO] started" or "[2026-03-02 10:11:12] AADSTS50126".
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
	s = trimBlanks(strings.TrimPrefix(s, byteOrderMark))
	return trimBlanks(strings.TrimSuffix(s, ","))
}

// trimBlanks removes the white space of JSON around s. strings.Trim, which prepares for any set of characters, takes 2 % of the time of a
// record.
func trimBlanks(s string) string {
	for len(s) > 0 && isBlank(s[0]) {
		s = s[1:]
	}
	for len(s) > 0 && isBlank(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }
