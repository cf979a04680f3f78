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

// maxDepth limits the nesting of arrays and maps in JSON. What is deeper becomes null: decoders have such limits, and a receiver
// would refuse the whole record.
const maxDepth = 64

// The functions below take a limit on len(dst), so that a line that the receiver refuses as too long does not take much memory
// first. They check the limit between values and before a long text, and return errTooLong.
const noLimit = math.MaxInt

var (
	errTooLong = errors.New("the record is too long")
	errNotMap  = errors.New("the record is not a MessagePack map")
)

// AppendJSON appends one MessagePack value as JSON and returns what follows the value. The JSON is valid whatever the value holds:
//
//   - bytes that are not UTF-8 become U+FFFD, NaN and the infinities null
//   - bin is a string if it is UTF-8, else base64
//   - Fluent Bit's event time (extension 0) is a number of seconds with nine decimals, any other extension
//     {"type":n,"data":"base64"}
//   - a key that is not a string becomes a string with its JSON; an array or a map as a key, base64 of its MessagePack
//   - integers are exact, floats have the fewest digits that read back the same
//   - values nested deeper than 64 become null
//
// The JSON has at most ten times the bytes of the value, plus 32. If the value is cut short or is not MessagePack, AppendJSON
// returns dst unchanged.
func AppendJSON(dst, value []byte) (json, rest []byte, err error) {
	json, end, err := appendValue(dst, value, 0, 0, noLimit)
	if err != nil {
		return dst, value, err
	}
	return json, value[end:], nil
}

// appendValue appends the value at b[at] and returns where the next value begins. Short strings and small numbers, the most
// frequent values, are recognized by their first byte; the others are read as tokens.
func appendValue(dst, b []byte, at, depth, limit int) (json []byte, end int, err error) {
	if s, next, ok := msgpack.ShortString(b, at); ok {
		return jsontext.AppendQuoted(dst, s), next, nil
	}
	if at < len(b) && b[at] < 0x80 {
		return appendSmall(dst, b[at]), at + 1, nil
	}
	var t msgpack.Token
	if end, err = t.Read(b, at); err != nil {
		return dst, at, err
	}
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

// appendMembers appends the members of an object without the braces, so that a caller can add members of its own.
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
	var t msgpack.Token
	if end, err = t.Read(b, at); err != nil {
		return dst, at, err
	}
	if len(t.Data) > limit-len(dst) {
		return dst, at, errTooLong
	}
	switch t.Kind {
	case msgpack.KindString:
		return jsontext.AppendQuoted(dst, t.Data), end, nil
	case msgpack.KindBinary:
		return appendBinary(dst, t.Data), end, nil
	case msgpack.KindArray, msgpack.KindMap:
		// Not JSON in a string, because each level of quotes within quotes would double the length.
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

// appendScalar appends a value that is neither an array nor a map.
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

// appendFloat appends a float with an exponent only where the digits alone would be long: 7000215 must stay 7000215.
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
