package report

import (
	"strings"

	"fluent-bit-entra-signin/internal/jsontext"
	"fluent-bit-entra-signin/internal/view"
)

// A walk goes through one record, once: it checks that the record is JSON, takes note of the values that a report needs, and copies what the
// engine asks for into an excerpt, a tenth of most records, and half of them with Context. The values refer to the record.
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
	for k := &at.start; ; {
		pair := i
		if guess := k.after; guess != nil && strings.HasPrefix(text[i:], guess.text) {
			k = guess
			i = jsontext.SkipBlank(b, i+len(k.text))
		} else {
			if i >= len(b) || b[i] != '"' {
				return jsontext.Bad
			}
			end, escaped := jsontext.SkipString(b, i)
			if end == jsontext.Bad {
				return jsontext.Bad
			}
			k = at.find(jsontext.Unquote(text[i:end], escaped), k)
			if i = jsontext.SkipColon(b, end); i == jsontext.Bad {
				return jsontext.Bad
			}
		}
		if i == len(b) {
			return jsontext.Bad
		}
		switch {
		case k.any && k.level != nil && b[i] == '{' && levels > 1:
			i = w.inside(k, b, pair, i, levels-1)
		case k.any:
			i = w.value(k, b, pair, i, levels-1)
		case b[i] == '"':
			i, _ = jsontext.SkipString(b, i)
		default:
			i = jsontext.Skip(b, i, levels-1)
		}
		if i == jsontext.Bad {
			return jsontext.Bad
		}
		// These lines stand in the filter's scan too: a call for each pair takes 3 % more instructions for a record.
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
func (w *walk) inside(k *levelKey, b []byte, pair, i, levels int) (next int) {
	before := len(w.excerpt)
	if k.take == takeSome {
		w.take(b[pair : i+1])
	}
	next = w.object(k.level, b, i, levels)
	switch {
	case next == jsontext.Bad:
	case k.take == takeSome:
		w.excerpt = append(w.excerpt, '}')
	default:
		w.excerpt = w.excerpt[:before]
		if k.take == takeAll {
			w.take(b[pair:next])
		}
	}
	return next
}

// value goes through the value at i, which means something and is not an object that is looked into.
func (w *walk) value(k *levelKey, b []byte, pair, i, levels int) (next int) {
	escaped := false
	if b[i] == '"' {
		next, escaped = jsontext.SkipString(b, i)
	} else {
		next = jsontext.Skip(b, i, levels)
	}
	if next == jsontext.Bad {
		return next
	}
	if k.take != takeNothing {
		w.take(b[pair:next])
	}
	text := view.String(b[i:next])
	switch b[i] {
	case '"':
		s := jsontext.Unquote(text, escaped)
		if k.level == nil || !strings.HasPrefix(s, "{") {
			w.note(k.field, s)
			break
		}
		// An object in a string, as tables of Log Analytics have them. The engine gets it as it is.
		if jsontext.Valid(s) {
			before := len(w.excerpt)
			w.object(k.level, view.Bytes(s), 0, jsontext.MaxDepth)
			w.excerpt = w.excerpt[:before]
		}
	case 'n', '{', '[':
	default:
		w.note(k.field, text)
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
