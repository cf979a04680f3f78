package sink

import (
	"fluent-bit-entra-signin/internal/jsontext"
	"fluent-bit-entra-signin/internal/keypath"
	"fluent-bit-entra-signin/internal/msgpack"
)

// timeKey is the member for the time of an event, where the protocol has no place of its own for the time.
const timeKey = "@timestamp"

var timePath = keypath.Keys(timeKey)

// appendRecord appends a record as a JSON object. The object begins with @timestamp, unless the record has one.
func appendRecord(dst []byte, r *Record) ([]byte, error) { return appendRecordFinding(dst, r, nil) }

// appendRecordFinding is appendRecord with a finder, which finds its values on the way, or nil.
func appendRecordFinding(dst []byte, r *Record, f *finder) ([]byte, error) {
	from := len(dst)
	dst = append(dst, `{"`+timeKey+`":"`...)
	dst = AppendTime(dst, r.Sec, r.Nsec)
	dst = append(dst, `",`...)
	members := len(dst)
	dst, hasTime, err := appendMap(dst, r.Body, noLimit, f)
	switch {
	case err != nil:
		return dst[:from], err
	case hasTime:
		// Rare, and to know it beforehand would take another walk over the record.
		dst = append(dst[:from+1], dst[members:]...)
	case len(dst) == members:
		dst = dst[:members-1]
	}
	return append(dst, '}'), nil
}

// appendMap appends the members of a record, without braces, and reports whether it has an @timestamp.
func appendMap(dst, body []byte, limit int, f *finder) (members []byte, hasTime bool, err error) {
	var t msgpack.Token
	at, err := t.Read(body, 0)
	switch {
	case err != nil:
		return dst, false, err
	case t.Kind != msgpack.KindMap:
		return dst, false, errNotMap
	}
	f.reset()
	for i := range int(t.N) {
		if len(dst) > limit {
			return dst, false, errTooLong
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		if key, value, ok := msgpack.ShortString(body, at); ok {
			dst = jsontext.AppendQuoted(dst, key)
			at = value
			hasTime = hasTime || string(key) == timeKey
			f.visit(body, key, value)
		} else if dst, at, err = appendKey(dst, body, at, limit); err != nil {
			return dst, false, err
		}
		dst = append(dst, ':')
		if dst, at, err = appendValue(dst, body, at, 1, limit); err != nil {
			return dst, false, err
		}
	}
	return dst, hasTime, nil
}

func appendJSONLine(dst []byte, r *Record) ([]byte, error) { return appendJSONLineFinding(dst, r, nil) }

func appendJSONLineFinding(dst []byte, r *Record, f *finder) ([]byte, error) {
	line, err := appendRecordFinding(dst, r, f)
	if err != nil {
		return dst, err
	}
	return append(line, '\n'), nil
}

func appendLogfmtLine(dst []byte, r *Record) ([]byte, error) {
	from := len(dst)
	if _, has := find(r.Body, timePath); !has {
		dst = append(dst, timeKey+"="...)
		dst = AppendTime(dst, r.Sec, r.Nsec)
		dst = append(dst, ' ')
	}
	dst, err := appendLogfmt(dst, r.Body, noLimit)
	if err != nil {
		return dst[:from], err
	}
	return append(dst, '\n'), nil
}
