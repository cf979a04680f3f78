package filter

import (
	"github.com/tidwall/gjson"

	"fluent-bit-entra-signin/internal/jsontext"
	"fluent-bit-entra-signin/internal/view"
)

// A jsonList is a list of records in JSON text, and which of listKeys it stands under.
type jsonList struct{ key, text string }

// open returns the lists of records of a layer, if the layer is the innermost, and its siblings: the pairs that hold neither
// records nor the next layer. The text is valid.
func (e *Engine) open(in *layer, enc encoding) (lists []jsonList, level []sibling) {
	b := view.Bytes(in.text)
	i := jsontext.SkipBlank(b, 0)
	if b[i] == '[' {
		return []jsonList{{"", in.text[i:]}}, nil
	}
	for i = jsontext.SkipBlank(b, i+1); b[i] != '}'; i = jsontext.SkipBlank(b, i) {
		if b[i] == ',' {
			i = jsontext.SkipBlank(b, i+1)
		}
		end, escaped := jsontext.SkipString(b, i)
		key := jsontext.Unquote(in.text[i:end], escaped)
		value := jsontext.SkipColon(b, end)
		if i = in.list.end; in.list.start != value || i == 0 {
			i = jsontext.Skip(b, value, jsontext.MaxDepth)
		}
		raw := in.text[value:i]
		if in.end != 0 && in.start >= value && in.start < i {
			continue
		}
		if kind := listKey(key); in.end == 0 && kind != "" && raw[0] == '[' {
			if hasRecords(kind, raw) {
				lists = append(lists, jsonList{kind, raw})
				continue
			}
			if b[jsontext.SkipBlank(b, value+1)] == ']' {
				continue
			}
		}
		if raw[0] == '"' {
			if object, ok := e.parsedSibling(key, raw); ok {
				raw = object
			}
		}
		level = append(level, sibling{key, enc.pair(nil, key, enc.fromJSON(raw))})
	}
	return lists, level
}

// openLayers opens the innermost layer and all layers around it. It returns the lists of the innermost layer, and the siblings by
// layer, the innermost first.
func (e *Engine) openLayers(in *layer, enc encoding) (lists []jsonList, levels [][]sibling) {
	lists, level := e.open(in, enc)
	levels = append(levels, level)
	for at := in.outer; at != nil; at = at.outer {
		_, level = e.open(at, enc)
		levels = append(levels, level)
	}
	return lists, levels
}

// parsedSibling returns the object that replaces a string beside the records, if Parse_Json wants that.
func (e *Engine) parsedSibling(key, raw string) (object string, ok bool) {
	if n := e.trie.child(key); !e.options.ParseJSON || n == nil || n.rules&e.masks.json == 0 {
		return "", false
	}
	object, ok = jsonObject(jsontext.Unquote(raw, true))
	return string(oneLine([]byte(object))), ok
}

// hasRecords reports whether an element of a list is a record, or for tables a table.
func hasRecords(kind, list string) (has bool) {
	eachElement(list, func(from string) (length int, ok bool) {
		if length = lengthOf(from); kind == tablesKey {
			has = gjson.Get(from[:length], "rows").IsArray() && gjson.Get(from[:length], "columns").IsArray()
		} else {
			has = from[0] == '{'
		}
		return length, !has
	})
	return has
}

// eachRecord calls yield with every record of a list, as eachElement does. It returns false if yield does, or if an element is
// not a record.
func (l jsonList) eachRecord(yield func(from string) (length int, ok bool)) bool {
	if l.key != tablesKey {
		return eachElement(l.text, func(from string) (length int, ok bool) {
			if from[0] != '{' {
				return 0, false
			}
			return yield(from)
		})
	}
	return eachElement(l.text, func(from string) (length int, ok bool) {
		length = lengthOf(from)
		return length, eachRowJSON(gjson.Parse(from[:length]), func(record string) bool {
			_, ok := yield(record)
			return ok
		})
	})
}

// eachElement calls yield with the text from every element of a list to the end of the list, until yield returns false. yield
// returns the length of the element, so that nobody has to find the end of an element twice. The list is valid.
func eachElement(list string, yield func(from string) (length int, ok bool)) bool {
	b := view.Bytes(list)
	for i := jsontext.SkipBlank(b, 1); b[i] != ']'; i = jsontext.SkipBlank(b, i) {
		if b[i] == ',' {
			i = jsontext.SkipBlank(b, i+1)
		}
		length, ok := yield(list[i:])
		if !ok {
			return false
		}
		i += length
	}
	return true
}

// lengthOf returns the length of the value that a text begins with.
func lengthOf(from string) int { return jsontext.Skip(view.Bytes(from), 0, jsontext.MaxDepth) }

// A lineHost is a line of JSON whose output goes to dst.
type lineHost struct {
	*pass
	dst []byte
}

func (l *lineHost) jsonOf(v *foundValue) (text string, ok bool) {
	return view.String(l.chunk[v.start:v.end]), true
}

func (l *lineHost) parsed(object string) []byte { return oneLine([]byte(object)) }

// split writes a line for each record of the envelope to dst.
func (l *lineHost) split(v *foundValue, in *layer) bool {
	var (
		e     = l.engine
		enc   jsonEncoding
		first = len(l.dst) // byte of the lines
		own   = &layer{text: view.String(l.chunk), list: e.listOf(&l.found)}
		outer [][]sibling
		rest  []byte // the siblings as a map, for Envelope_Key
		pairs []byte // the siblings, which every line repeats
	)
	if in != nil {
		own.start, own.end = v.start, v.end
	}
	lists, level := e.open(own, enc)
	if in != nil {
		lists, outer = e.openLayers(in, enc)
	}
	siblings := e.siblings(append(outer, level)...)
	for _, s := range siblings {
		pairs = append(pairs, s.pair...)
	}
	if e.options.EnvelopeKey != "" {
		rest = enc.mapping(nil, pairs, len(pairs))
		siblings = nil
	}
	inner := e.begin(nil)
	defer inner.drop()
	inner.fromEnvelope = true
	inner.use(l.state)
	left := maxRepeat * len(l.chunk)
	add := func(from string) (length int, ok bool) {
		if left -= len(pairs); left < 0 {
			return 0, false
		}
		at := len(l.dst)
		length = lengthOf(from)
		record := from[:length]
		if l.dst, ok = inner.enrichLine(l.dst, oneLine(l.withEnvelope(gjson.Parse(record), rest))); ok && len(siblings) > 0 {
			l.dst = withSiblingsJSON(l.dst, at, siblings)
		}
		inner.resetForNext()
		return length, ok && len(l.dst)-first <= limitOf(len(l.chunk))
	}
	ok := true
	for i := 0; i < len(lists) && ok; i++ {
		ok = lists[i].eachRecord(add)
	}
	if !ok || len(l.dst) == first || !l.merge(inner) {
		if !ok && inner.hasMicrosofts() {
			l.out.Counts.Unsplit++
		}
		l.dst = l.dst[:first]
		return false
	}
	return true
}

// withSiblingsJSON adds siblings to the object that begins at an index and ends dst, except those whose key the object has.
func withSiblingsJSON(dst []byte, at int, siblings []sibling) []byte {
	var own ownKeys
	own.reset(siblings)
	object := dst[at : len(dst)-1]
	gjson.ParseBytes(object).ForEach(func(key, _ gjson.Result) bool {
		own.note(key.String())
		return true
	})
	empty := pairsIn(view.String(object)) == 0
	dst = dst[:len(dst)-len("}\n")]
	for i, s := range siblings {
		if own.has(i) {
			continue
		}
		pair := s.pair
		if empty {
			pair, empty = pair[1:], false // without the comma
		}
		dst = append(dst, pair...)
	}
	return append(dst, "}\n"...)
}

// withEnvelope returns a record with the rest of its envelope under Envelope_Key, unless the record has that key itself.
func (l *lineHost) withEnvelope(record gjson.Result, rest []byte) []byte {
	key := l.engine.options.EnvelopeKey
	own := rest == nil
	record.ForEach(func(k, _ gjson.Result) bool {
		own = own || k.Str == key
		return !own
	})
	if own {
		return []byte(record.Raw)
	}
	pair := jsonEncoding{}.pair(nil, key, rest)
	if pairsIn(record.Raw) == 0 {
		pair = pair[1:]
	}
	made := append([]byte(record.Raw[:len(record.Raw)-1]), pair...)
	return append(made, '}')
}
