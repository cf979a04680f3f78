package filter

import (
	"strings"

	"fluent-bit-entra-signin/catalog/rules"
	"fluent-bit-entra-signin/internal/jsontext"
	"fluent-bit-entra-signin/internal/msgpack"
	"fluent-bit-entra-signin/internal/view"
)

// read tells what the record has for a field that was noted.
func (f *facts) read(field int, to *rules.Answer) {
	at := &f.at[field]
	doc := f.docs[at.doc]
	if f.packed && at.doc == 0 {
		readFact(view.Bytes(doc), at.start, at.one.key, to, 0)
	} else {
		readFactJSON(doc, at.start, at.one.key, to, 0)
	}
}

// maxLists is how many lists inside each other a fact may be in.
const maxLists = 2

// readFact tells the values at i, or those under a key of the maps there, so many lists deep.
func readFact(b []byte, i int, key string, to *rules.Answer, lists int) {
	if text, _, ok := msgpack.Text(b, i); ok {
		tellText(text, key, to, lists)
		return
	}
	if n, next, ok := msgpack.MapHead(b, i); ok {
		for ; n > 0 && key != ""; n-- {
			name, value, isText := msgpack.Text(b, next)
			if !isText {
				value = msgpack.Skip(b, next)
			}
			if isText && len(name) == len(key) && equalFold(name, key) {
				readFact(b, value, "", to, lists)
				return
			}
			next = msgpack.Skip(b, value)
		}
		if key == "" {
			to.Other()
		}
		return
	}
	if n, next, ok := msgpack.ArrayHead(b, i); ok {
		if lists == maxLists {
			to.Other()
			return
		}
		for ; n > 0; n-- {
			readFact(b, next, key, to, lists+1)
			next = msgpack.Skip(b, next)
		}
		return
	}
	switch c := b[i]; {
	case c == 0xc0:
	case key != "":
		to.Other()
	case c == 0xc2 || c == 0xc3:
		to.Bool(c == 0xc3)
	default:
		if n, ok := msgpack.Integer(b, i); ok {
			to.Number(n)
		} else {
			to.Other()
		}
	}
}

// readFactJSON is readFact for the value at i in JSON, which is valid.
func readFactJSON(doc string, i int, key string, to *rules.Answer, lists int) {
	b := view.Bytes(doc)
	switch c := b[i]; {
	case c == '"':
		end, escaped := jsontext.SkipString(b, i)
		tellText(jsontext.Unquote(doc[i:end], escaped), key, to, lists)
	case c == '{':
		if key == "" {
			to.Other()
			return
		}
		for i = jsontext.SkipBlank(b, i+1); b[i] != '}'; i = jsontext.SkipBlank(b, i) {
			if b[i] == ',' {
				i = jsontext.SkipBlank(b, i+1)
			}
			end, escaped := jsontext.SkipString(b, i)
			name := jsontext.Unquote(doc[i:end], escaped)
			value := jsontext.SkipColon(b, end)
			if len(name) == len(key) && equalFold(name, key) {
				readFactJSON(doc, value, "", to, lists)
				return
			}
			i = jsontext.Skip(b, value, jsontext.MaxDepth)
		}
	case c == '[':
		if lists == maxLists {
			to.Other()
			return
		}
		for i = jsontext.SkipBlank(b, i+1); b[i] != ']'; i = jsontext.SkipBlank(b, i) {
			if b[i] == ',' {
				i = jsontext.SkipBlank(b, i+1)
			}
			readFactJSON(doc, i, key, to, lists+1)
			i = jsontext.Skip(b, i, jsontext.MaxDepth)
		}
	case c == 'n':
	case key != "":
		to.Other()
	case c == 't' || c == 'f':
		to.Bool(c == 't')
	default:
		if n, ok := jsontext.Integer(doc[i:jsontext.Skip(b, i, 1)]); ok {
			to.Number(n)
		} else {
			to.Other()
		}
	}
}

// tellText tells a text, or what is in a map or a list that is JSON in the text: Log Analytics has such texts in some tables.
func tellText(text, key string, to *rules.Answer, lists int) {
	if key == "" && to.Kind() != rules.List {
		to.Text(text)
		return
	}
	inner := strings.TrimLeft(text, " \t\r\n")
	switch {
	case inner == "":
	case (inner[0] == '[' || key != "" && inner[0] == '{') && jsontext.Valid(inner):
		readFactJSON(inner, 0, key, to, lists+1)
	case key == "":
		to.Text(text)
	default:
		to.Other()
	}
}
