package filter

import "github.com/tidwall/gjson"

// A line is a record in JSON whose output goes to dst.
type line struct {
	*Result
	dst []byte
}

func (l *line) parsed(object string) []byte { return oneLine([]byte(object)) }

func (l *line) split(v *value, in *layer) bool {
	var (
		e        = l.engine
		inner    = e.result(nil)
		from     = len(l.dst)
		rest     []byte
		own      = &layer{text: view(l.chunk), list: l.list()}
		enc      jsonEncoding
		siblings []sibling
	)
	defer inner.Release()
	inner.inner, inner.state = true, l.state
	if in != nil {
		own.start, own.end = v.start, v.end
	}
	lists, level := e.open(own, enc)
	if in != nil {
		var innermost []sibling
		lists, innermost = e.open(in, enc)
		siblings = e.siblings(append(append([][]sibling{innermost}, e.levels(in, enc)...), level)...)
	} else {
		siblings = e.siblings(level)
	}
	var pairs []byte
	for _, s := range siblings {
		pairs = append(pairs, s.pair...)
	}
	if e.options.EnvelopeKey != "" {
		rest = enc.mapping(nil, pairs, len(pairs))
		siblings = nil
	}
	left := maxRepeat * len(l.chunk)
	add := func(record string) (ok bool) {
		if left -= len(pairs); left < 0 {
			return false
		}
		at := len(l.dst)
		if l.dst, ok = inner.line(l.dst, oneLine(l.withEnvelope(gjson.Parse(record), rest))); ok && len(siblings) > 0 {
			l.dst = withSiblingsJSON(l.dst, at, siblings)
		}
		inner.next()
		return ok && len(l.dst)-from <= limitOf(len(l.chunk))
	}
	ok := true
	for i := 0; i < len(lists) && ok; i++ {
		ok = lists[i].eachRecord(add)
	}
	if !ok || len(l.dst) == from || !l.take(inner) {
		if !ok && inner.ofMicrosoft() {
			l.Counts.Unsplit++
		}
		l.dst = l.dst[:from]
		return false
	}
	return true
}

// withSiblingsJSON puts pairs into the object that begins at the index and ends dst, except those whose key the object has.
func withSiblingsJSON(dst []byte, at int, siblings []sibling) []byte {
	var own present
	own.reset(siblings)
	object := dst[at : len(dst)-1]
	gjson.ParseBytes(object).ForEach(func(key, _ gjson.Result) bool {
		own.note(key.String())
		return true
	})
	empty := pairsIn(view(object)) == 0
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

// withEnvelope returns a record with the rest of its envelope, unless it has that key itself.
func (l *line) withEnvelope(record gjson.Result, rest []byte) []byte {
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
