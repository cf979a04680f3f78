package sink

import (
	"encoding/base64"
	"errors"
	"math"
	"strconv"
	"unicode/utf8"
)

// maxDepth is how deep arrays and maps may nest in the JSON that is written. What is deeper becomes null: the decoders
// at the other end have limits of their own and refuse the whole record past them.
const maxDepth = 64

// The functions below take a limit on len(dst), because a receiver that takes lines up to some length must not cost the
// memory of a line that is far longer. They check it between values and before a long text, and fail with errTooLong.
const noLimit = math.MaxInt

var errTooLong = errors.New("the record is too long")

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
func AppendJSON(dst, msgpack []byte) (json, rest []byte, err error) {
	json, end, err := appendValue(dst, msgpack, 0, 0, noLimit)
	if err != nil {
		return dst, msgpack, err
	}
	return json, msgpack[end:], nil
}

// appendValue appends the value that starts at a place of b, and returns where the next one begins. What is frequent and short is
// decided by its first byte; the rest goes by tokens.
func appendValue(dst, b []byte, at, depth, limit int) (json []byte, end int, err error) {
	if from, to, ok := text(b, at); ok {
		return appendQuoted(dst, b[from:to]), to, nil
	}
	if at < len(b) && b[at] < 0x80 {
		return appendSmall(dst, b[at]), at + 1, nil
	}
	t, rest, err := next(b[at:])
	if err != nil {
		return dst, at, err
	}
	end = len(b) - len(rest)
	switch {
	case len(t.data) > limit-len(dst):
		return dst, at, errTooLong
	case t.kind != kindArray && t.kind != kindMap:
		return appendScalar(dst, &t), end, nil
	case depth == maxDepth:
		end, err = skip(b, at)
		return append(dst, "null"...), end, err
	case t.kind == kindArray:
		return appendArray(dst, b, end, int(t.n), depth+1, limit)
	}
	dst, end, err = appendMembers(append(dst, '{'), b, end, int(t.n), depth+1, limit)
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
	if from, to, ok := text(b, at); ok {
		return appendQuoted(dst, b[from:to]), to, nil
	}
	t, rest, err := next(b[at:])
	if err != nil {
		return dst, at, err
	}
	end = len(b) - len(rest)
	if len(t.data) > limit-len(dst) {
		return dst, at, errTooLong
	}
	switch t.kind {
	case kindString:
		return appendQuoted(dst, t.data), end, nil
	case kindBinary:
		return appendBinary(dst, t.data), end, nil
	case kindArray, kindMap:
		// Not JSON in a string: quotes within quotes would double in length with every level of nesting.
		if end, err = skip(b, at); err != nil {
			return dst, at, err
		}
		if end-at > limit-len(dst) {
			return dst, at, errTooLong
		}
		return appendBase64(dst, b[at:end]), end, nil
	case kindExt:
		if _, _, ok := eventTime(&t); !ok {
			return appendBase64(dst, t.data), end, nil
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
func appendScalar(dst []byte, t *token) []byte {
	switch t.kind {
	case kindFalse:
		return append(dst, "false"...)
	case kindTrue:
		return append(dst, "true"...)
	case kindInt:
		return strconv.AppendInt(dst, int64(t.n), 10)
	case kindUint:
		return strconv.AppendUint(dst, t.n, 10)
	case kindFloat32, kindFloat64:
		return appendFloat(dst, t)
	case kindString:
		return appendQuoted(dst, t.data)
	case kindBinary:
		return appendBinary(dst, t.data)
	case kindExt:
		return appendExt(dst, t)
	}
	return append(dst, "null"...)
}

// appendFloat writes an exponent only where plain digits would be long: 7000215 must stay 7000215.
func appendFloat(dst []byte, t *token) []byte {
	v, bits := t.float()
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
		return appendQuoted(dst, data)
	}
	return appendBase64(dst, data)
}

func appendExt(dst []byte, t *token) []byte {
	if sec, nsec, ok := eventTime(t); ok {
		dst = strconv.AppendInt(dst, sec, 10)
		return appendPadded(append(dst, '.'), uint64(nsec), 9)
	}
	dst = append(dst, `{"type":`...)
	dst = strconv.AppendInt(dst, int64(t.ext), 10)
	dst = append(dst, `,"data":`...)
	dst = appendBase64(dst, t.data)
	return append(dst, '}')
}

func appendBase64(dst, data []byte) []byte {
	dst = append(dst, '"')
	dst = base64.StdEncoding.AppendEncode(dst, data)
	return append(dst, '"')
}
