package jsontext

import (
	"bytes"
	"math"
	"strconv"

	"fluent-bit-entra-signin/internal/msgpack"
)

// AppendJSON appends the MessagePack value at i, which is whole, as JSON from which AppendMsgpack makes an equal value. It returns false
// if there is no such JSON: for a binary, an extension, a key that is not a string, NaN, an infinity, and for values that nest deeper
// than MaxDepth. Bytes that are not UTF-8 stay as they are.
func AppendJSON(dst, b []byte, i int) (json []byte, ok bool) {
	dst, _, ok = appendJSON(dst, b, i, MaxDepth)
	return dst, ok
}

// appendJSON appends the value at b[at] and returns where the next one begins.
func appendJSON(dst, b []byte, at, levels int) (json []byte, end int, ok bool) {
	var t msgpack.Token
	end, err := t.Read(b, at)
	if err != nil {
		return dst, at, false
	}
	switch t.Kind {
	case msgpack.KindNil:
		return append(dst, "null"...), end, true
	case msgpack.KindFalse:
		return append(dst, "false"...), end, true
	case msgpack.KindTrue:
		return append(dst, "true"...), end, true
	case msgpack.KindInt:
		return strconv.AppendInt(dst, int64(t.N), 10), end, true
	case msgpack.KindUint:
		return strconv.AppendUint(dst, t.N, 10), end, true
	case msgpack.KindFloat32, msgpack.KindFloat64:
		dst, ok = appendFloat(dst, &t)
		return dst, end, ok
	case msgpack.KindString:
		return appendText(dst, t.Data), end, true
	case msgpack.KindArray, msgpack.KindMap:
		if levels > 0 {
			return appendElements(dst, b, end, t.Kind == msgpack.KindMap, t.N, levels-1)
		}
	}
	return dst, end, false
}

// appendElements appends the array or map of n elements or pairs, the first of which is at b[at].
func appendElements(dst, b []byte, at int, isMap bool, n uint64, levels int) (json []byte, end int, ok bool) {
	opening, closing := byte('['), byte(']')
	if isMap {
		opening, closing = '{', '}'
	}
	dst = append(dst, opening)
	for i := range n {
		if i > 0 {
			dst = append(dst, ',')
		}
		if isMap {
			var key msgpack.Token
			after, err := key.Read(b, at)
			if err != nil || key.Kind != msgpack.KindString {
				return dst, at, false
			}
			dst, at = append(appendText(dst, key.Data), ':'), after
		}
		if dst, at, ok = appendJSON(dst, b, at, levels); !ok {
			return dst, at, false
		}
	}
	return append(dst, closing), at, true
}

// appendFloat appends a float so that it is read as a float again: with a point or an exponent.
func appendFloat(dst []byte, t *msgpack.Token) (json []byte, ok bool) {
	v, _ := t.Float()
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return dst, false
	}
	at := len(dst)
	dst = strconv.AppendFloat(dst, v, 'g', -1, 64)
	if !bytes.ContainsAny(dst[at:], ".e") {
		dst = append(dst, ".0"...)
	}
	return dst, true
}

// appendText is AppendQuoted for a string whose bytes all stay what they are.
func appendText(dst, s []byte) []byte {
	dst = append(dst, '"')
	from := 0
	for i := plainBytes(s, 0); i < len(s); i = plainBytes(s, i+1) {
		if c := s[i]; c < 0x80 {
			dst = appendEscaped(append(dst, s[from:i]...), c)
			from = i + 1
		}
	}
	return append(append(dst, s[from:]...), '"')
}
