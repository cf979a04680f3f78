package sink

import (
	"fluent-bit-entra-signin/internal/keypath"
	"fluent-bit-entra-signin/internal/msgpack"
)

// timeKey is the member for the time of an event, where the protocol has no place of its own for the time.
const timeKey = "@timestamp"

var timePath = keypath.Keys(timeKey)

// appendRecord appends a record as a JSON object. The object begins with @timestamp, unless the record has one.
func appendRecord(dst []byte, r *Record) ([]byte, error) {
	t, rest, err := msgpack.Next(r.Body)
	if err != nil {
		return dst, err
	}
	if t.Kind != msgpack.KindMap {
		return dst, errNotMap
	}
	from := len(dst)
	dst = append(dst, '{')
	if _, has := find(r.Body, timePath); !has {
		dst = append(dst, `"`+timeKey+`":"`...)
		dst = AppendTime(dst, r.Sec, r.Nsec)
		dst = append(dst, '"')
		if t.N > 0 {
			dst = append(dst, ',')
		}
	}
	if dst, _, err = appendMembers(dst, rest, 0, int(t.N), 1, noLimit); err != nil {
		return dst[:from], err
	}
	return append(dst, '}'), nil
}

func appendJSONLine(dst []byte, r *Record) ([]byte, error) {
	line, err := appendRecord(dst, r)
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
