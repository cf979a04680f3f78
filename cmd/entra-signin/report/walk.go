package report

import (
	"strings"

	"fluent-bit-entra-signin/internal/jsontext"
	"fluent-bit-entra-signin/internal/view"
)

// A walk goes through one record, once: it checks that the record is JSON, takes note of the values that a report needs, and copies what the
// engine asks for into an excerpt, a fifth of most records. The values refer to the record.
type walk struct {
	found
	excerpt []byte
}

// record goes through a text. It returns false if the text is anything but one JSON object that nests no deeper than the engine takes.
func (w *walk) record(root *level, text []byte) bool {
	w.found = found{}
	w.excerpt = append(w.excerpt[:0], '{')
	i := jsontext.SkipBlank(text, 0)
	if i == len(text) || text[i] != '{' || !jsontext.Ends(text, w.object(root, text, i, jsontext.MaxDepth)) {
		return false
	}
	w.excerpt = append(w.excerpt, '}')
	return true
}

// object goes through the object at i, which may nest so many levels deep, and returns the index behind it, or jsontext.Bad. What is asked
// for of its pairs goes into the excerpt, without the brackets around them.
func (w *walk) object(at *level, b []byte, i, levels int) (next int) {
	if i = jsontext.SkipBlank(b, i+1); i < len(b) && b[i] == '}' {
		return i + 1
	}
	text := view.String(b)
	for key := uint16(0); ; {
		pair := i
		guess := at.keys[key].after
		k := &at.keys[guess]
		m := k.meaning
		if guess != 0 && strings.HasPrefix(text[i:], k.text) {
			key = guess
			i = jsontext.SkipBlank(b, i+len(k.text))
		} else {
			if i >= len(b) || b[i] != '"' {
				return jsontext.Bad
			}
			end, escaped := jsontext.SkipString(b, i)
			if end == jsontext.Bad {
				return jsontext.Bad
			}
			m, key = at.meaning(jsontext.Unquote(text[i:end], escaped), key)
			if i = jsontext.SkipColon(b, end); i == jsontext.Bad {
				return jsontext.Bad
			}
		}
		if i == len(b) {
			return jsontext.Bad
		}
		switch {
		case m == nothing && b[i] == '"':
			i, _ = jsontext.SkipString(b, i)
		case m == nothing:
			i = jsontext.Skip(b, i, levels-1)
		case m.level != nil && b[i] == '{' && levels > 1:
			i = w.inside(m, b, pair, i, levels-1)
		default:
			i = w.value(m, b, pair, i, levels-1)
		}
		if i == jsontext.Bad {
			return jsontext.Bad
		}
		if i = jsontext.SkipBlank(b, i); i == len(b) {
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

// inside goes through the object at i, which is the value of the pair that begins at pair.
func (w *walk) inside(m meaning, b []byte, pair, i, levels int) (next int) {
	before := len(w.excerpt)
	if m.take == takeSome {
		w.take(b[pair : i+1])
	}
	next = w.object(m.level, b, i, levels)
	switch {
	case next == jsontext.Bad:
	case m.take == takeSome:
		w.excerpt = append(w.excerpt, '}')
	default:
		w.excerpt = w.excerpt[:before]
		if m.take == takeAll {
			w.take(b[pair:next])
		}
	}
	return next
}

// nothing is what most keys mean.
var nothing meaning

// value goes through the value at i, which means something and is not an object that is looked into.
func (w *walk) value(m meaning, b []byte, pair, i, levels int) (next int) {
	escaped := false
	if b[i] == '"' {
		next, escaped = jsontext.SkipString(b, i)
	} else {
		next = jsontext.Skip(b, i, levels)
	}
	if next == jsontext.Bad {
		return next
	}
	if m.take != takeNothing {
		w.take(b[pair:next])
	}
	text := view.String(b[i:next])
	switch b[i] {
	case '"':
		s := jsontext.Unquote(text, escaped)
		if m.level == nil || !strings.HasPrefix(s, "{") {
			w.note(m.field, s)
			break
		}
		// An object in a string, as tables of Log Analytics have them. The engine gets it as it is.
		if jsontext.Valid(s) {
			before := len(w.excerpt)
			w.object(m.level, view.Bytes(s), 0, jsontext.MaxDepth)
			w.excerpt = w.excerpt[:before]
		}
	case 'n', '{', '[':
	default:
		w.note(m.field, text)
	}
	return next
}

// take adds a pair to the excerpt, or the beginning of one.
func (w *walk) take(pair []byte) {
	if w.excerpt[len(w.excerpt)-1] != '{' {
		w.excerpt = append(w.excerpt, ',')
	}
	w.excerpt = append(w.excerpt, pair...)
}
