package filter

import "github.com/tidwall/gjson"

// A line is a record in JSON whose output goes to dst.
type line struct {
	*Result
	dst []byte
}

func (l *line) parsed(object string) []byte { return oneLine([]byte(object)) }

func (l *line) splitList(v *value) bool {
	return l.splitText(v, gjson.Parse(view(l.chunk[v.start:v.end])))
}

func (l *line) splitText(v *value, array gjson.Result) bool {
	var (
		in   = l.engine.result(nil)
		at   = len(l.dst)
		left = maxRepeat * len(l.chunk)
		rest []byte
		ok   = true
	)
	defer in.Release()
	in.inner, in.state = true, l.state
	if l.engine.options.EnvelopeKey != "" {
		rest = l.rest(v)
	}
	array.ForEach(func(_, record gjson.Result) bool {
		left -= len(rest)
		if ok = record.IsObject() && left >= 0; ok {
			l.dst, ok = in.line(l.dst, oneLine(l.withEnvelope(record, rest)))
			in.next()
		}
		return ok
	})
	if !ok || len(l.dst) == at || !l.take(in) {
		l.dst = l.dst[:at]
		return false
	}
	return true
}

// rest returns the pairs of a line without the one that holds v, as an object.
func (l *line) rest(v *value) []byte {
	var pairs []byte
	gjson.Parse(view(l.chunk)).ForEach(func(key, held gjson.Result) bool {
		if v.start < held.Index || v.start >= held.Index+len(held.Raw) {
			pairs = append(pairs, ',')
			pairs = append(pairs, key.Raw...)
			pairs = append(append(pairs, ':'), held.Raw...)
		}
		return true
	})
	return jsonEncoding{}.mapping(nil, pairs, len(pairs))
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
