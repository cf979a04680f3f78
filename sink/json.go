package sink

import (
	"encoding/base64"
	"errors"
	"math"
	"strconv"
	"unicode/utf8"

	"fluent-bit-entra-signin/internal/jsontext"
	"fluent-bit-entra-signin/internal/msgpack"
)

// maxDepth is how deep arrays and maps may nest in the JSON that is written. What is deeper becomes null: the decoders
// at the other end have limits of their own and refuse the whole record past them.
const maxDepth = 64

// The functions below take a limit on len(dst), because a receiver that takes lines up to some length must not cost the
// memory of a line that is far longer. They check it between values and before a long text, and fail with errTooLong.
const noLimit = math.MaxInt

var (
	errTooLong = errors.New("the record is too long")
	errNotMap  = errors.New("the record is not a MessagePack map")
)

// AppendJSON appends one MessagePack value as JSON and returns what follows the value. Whatever the value holds, the
// JSON is valid:
//
//   - bytes that are not UTF-8 become U+FFFD, NaN and the infinities null
//   - bin is a string if it is UTF-8, else base64
//   - Fluent Bit's event time (extension 0) is a number of seconds with nine decimals, any other extension
//     {"type":n,"data":"base64"}
//   - a key that is not a string is its own JSON as a string; an array or a map as a key is base64 of its MessagePack
//   - integers are exact, floats the shortest that reads back the same
//   - what is nested deeper than 64 is null
//
// The JSON has at most ten times the bytes of the value, and 32 more. If the value is cut short or is not MessagePack,
// dst comes back as it was.
func AppendJSON(dst, value []byte) (json, rest []byte, err error) {
	json, end, err := appendValue(dst, value, 0, 0, noLimit)
	if err != nil {
		return dst, value, err
	}
	return json, value[end:], nil
}

// appendValue appends the value that starts at a place of b, and returns where the next one begins. What is frequent and short is
// decided by its first byte; the rest goes by tokens.
func appendValue(dst, b []byte, at, depth, limit int) (json []byte, end int, err error) {
	if s, next, ok := msgpack.ShortString(b, at); ok {
		return jsontext.AppendQuoted(dst, s), next, nil
	}
	if at < len(b) && b[at] < 0x80 {
		return appendSmall(dst, b[at]), at + 1, nil
	}
	t, rest, err := msgpack.Next(b[at:])
	if err != nil {
		return dst, at, err
	}
	end = len(b) - len(rest)
	switch {
	case len(t.Data) > limit-len(dst):
		return dst, at, errTooLong
	case t.Kind != msgpack.KindArray && t.Kind != msgpack.KindMap:
		return appendScalar(dst, &t), end, nil
	case depth == maxDepth:
		if end = msgpack.Skip(b, at); end == msgpack.Bad {
			return dst, at, msgpack.Damage(b, at)
		}
		return append(dst, "null"...), end, nil
	case t.Kind == msgpack.KindArray:
		return appendArray(dst, b, end, int(t.N), depth+1, limit)
	}
	dst, end, err = appendMembers(append(dst, '{'), b, end, int(t.N), depth+1, limit)
	return append(dst, '}'), end, err
}

func appendArray(dst, b []byte, at, n, depth, limit int) (json []byte, end int, err error) {
	dst = append(dst, '[')
	for i := range n {
		if len(dst) > limit {
			return dst, at, errTooLong
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, at, err = appendValue(dst, b, at, depth, limit); err != nil {
			return dst, at, err
		}
	}
	return append(dst, ']'), at, nil
}

// appendMembers writes the inside of an object, without its braces, so that a caller can put members before it.
func appendMembers(dst, b []byte, at, n, depth, limit int) (json []byte, end int, err error) {
	for i := range n {
		if len(dst) > limit {
			return dst, at, errTooLong
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, at, err = appendKey(dst, b, at, limit); err != nil {
			return dst, at, err
		}
		dst = append(dst, ':')
		if dst, at, err = appendValue(dst, b, at, depth, limit); err != nil {
			return dst, at, err
		}
	}
	return dst, at, nil
}

func appendKey(dst, b []byte, at, limit int) (json []byte, end int, err error) {
	if s, next, ok := msgpack.ShortString(b, at); ok {
		return jsontext.AppendQuoted(dst, s), next, nil
	}
	t, rest, err := msgpack.Next(b[at:])
	if err != nil {
		return dst, at, err
	}
	end = len(b) - len(rest)
	if len(t.Data) > limit-len(dst) {
		return dst, at, errTooLong
	}
	switch t.Kind {
	case msgpack.KindString:
		return jsontext.AppendQuoted(dst, t.Data), end, nil
	case msgpack.KindBinary:
		return appendBinary(dst, t.Data), end, nil
	case msgpack.KindArray, msgpack.KindMap:
		// Not JSON in a string: quotes within quotes would double in length with every level of nesting.
		if end = msgpack.Skip(b, at); end == msgpack.Bad {
			return dst, at, msgpack.Damage(b, at)
		}
		if end-at > limit-len(dst) {
			return dst, at, errTooLong
		}
		return appendBase64(dst, b[at:end]), end, nil
	case msgpack.KindExt:
		if _, _, ok := t.EventTime(); !ok {
			return appendBase64(dst, t.Data), end, nil
		}
	}
	dst = append(dst, '"')
	dst = appendScalar(dst, &t)
	return append(dst, '"'), end, nil
}

// appendSmall appends a number below 128.
func appendSmall(dst []byte, n byte) []byte {
	if n >= 100 {
		dst = append(dst, '1')
		n -= 100
		return append(dst, '0'+n/10, '0'+n%10)
	}
	if n >= 10 {
		return append(dst, '0'+n/10, '0'+n%10)
	}
	return append(dst, '0'+n)
}

// appendScalar writes everything that holds no other value.
func appendScalar(dst []byte, t *msgpack.Token) []byte {
	switch t.Kind {
	case msgpack.KindFalse:
		return append(dst, "false"...)
	case msgpack.KindTrue:
		return append(dst, "true"...)
	case msgpack.KindInt:
		return strconv.AppendInt(dst, int64(t.N), 10)
	case msgpack.KindUint:
		return strconv.AppendUint(dst, t.N, 10)
	case msgpack.KindFloat32, msgpack.KindFloat64:
		return appendFloat(dst, t)
	case msgpack.KindString:
		return jsontext.AppendQuoted(dst, t.Data)
	case msgpack.KindBinary:
		return appendBinary(dst, t.Data)
	case msgpack.KindExt:
		return appendExt(dst, t)
	}
	return append(dst, "null"...)
}

// appendFloat writes an exponent only where plain digits would be long: 7000215 must stay 7000215.
func appendFloat(dst []byte, t *msgpack.Token) []byte {
	v, bits := t.Float()
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(dst, "null"...)
	}
	format := byte('f')
	if abs := math.Abs(v); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	return strconv.AppendFloat(dst, v, format, -1, bits)
}

func appendBinary(dst, data []byte) []byte {
	if utf8.Valid(data) {
		return jsontext.AppendQuoted(dst, data)
	}
	return appendBase64(dst, data)
}

func appendExt(dst []byte, t *msgpack.Token) []byte {
	if sec, nsec, ok := t.EventTime(); ok {
		dst = strconv.AppendInt(dst, sec, 10)
		return appendPadded(append(dst, '.'), uint64(nsec), 9)
	}
	dst = append(dst, `{"type":`...)
	dst = strconv.AppendInt(dst, int64(t.Ext), 10)
	dst = append(dst, `,"data":`...)
	dst = appendBase64(dst, t.Data)
	return append(dst, '}')
}

func appendBase64(dst, data []byte) []byte {
	dst = append(dst, '"')
	dst = base64.StdEncoding.AppendEncode(dst, data)
	return append(dst, '"')
}
