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
	dst, _, ok = appendJSON(dst, b[i:], MaxDepth)
	return dst, ok
}

func appendJSON(dst, b []byte, levels int) (json, rest []byte, ok bool) {
	t, rest, err := msgpack.Next(b)
	if err != nil {
		return dst, rest, false
	}
	switch t.Kind {
	case msgpack.KindNil:
		return append(dst, "null"...), rest, true
	case msgpack.KindFalse:
		return append(dst, "false"...), rest, true
	case msgpack.KindTrue:
		return append(dst, "true"...), rest, true
	case msgpack.KindInt:
		return strconv.AppendInt(dst, int64(t.N), 10), rest, true
	case msgpack.KindUint:
		return strconv.AppendUint(dst, t.N, 10), rest, true
	case msgpack.KindFloat32, msgpack.KindFloat64:
		dst, ok = appendFloat(dst, t)
		return dst, rest, ok
	case msgpack.KindString:
		return appendText(dst, t.Data), rest, true
	case msgpack.KindArray, msgpack.KindMap:
		if levels > 0 {
			return appendElements(dst, t, rest, levels-1)
		}
	}
	return dst, rest, false
}

// appendElements appends the array or map whose header was read.
func appendElements(dst []byte, head msgpack.Token, b []byte, levels int) (json, rest []byte, ok bool) {
	isMap := head.Kind == msgpack.KindMap
	opening, closing := byte('['), byte(']')
	if isMap {
		opening, closing = '{', '}'
	}
	dst, rest = append(dst, opening), b
	for n := range head.N {
		if n > 0 {
			dst = append(dst, ',')
		}
		if isMap {
			key, after, err := msgpack.Next(rest)
			if err != nil || key.Kind != msgpack.KindString {
				return dst, rest, false
			}
			dst, rest = append(appendText(dst, key.Data), ':'), after
		}
		if dst, rest, ok = appendJSON(dst, rest, levels); !ok {
			return dst, rest, false
		}
	}
	return append(dst, closing), rest, true
}

// appendFloat appends a float so that it is read as a float again: with a point or an exponent.
func appendFloat(dst []byte, t msgpack.Token) (json []byte, ok bool) {
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
