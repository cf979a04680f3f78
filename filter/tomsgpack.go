package filter

import (
	"strconv"
	"strings"

	"github.com/tinylib/msgp/msgp"
)

// appendMsgpack appends a JSON text, which is valid and not too deep, as MessagePack. The order of keys, keys that stand
// twice, and the value of every integer of 64 bits are kept. It reads the text once, however deep that nests.
func appendMsgpack(dst []byte, text string) []byte {
	dst, _ = appendValue(dst, bytesOf(text), 0)
	return dst
}

// appendValue appends the value at i and returns the index behind it.
func appendValue(dst, b []byte, i int) ([]byte, int) {
	i = skipBlank(b, i)
	switch b[i] {
	case '{', '[':
		return appendContainer(dst, b, i)
	case '"':
		end, escaped := skipString(b, i)
		return msgp.AppendString(dst, unquote(view(b[i:end]), escaped)), end
	}
	end := skipScalar(b, i)
	switch b[i] {
	case 't', 'f':
		return msgp.AppendBool(dst, b[i] == 't'), end
	case 'n':
		return msgp.AppendNil(dst), end
	}
	return appendNumber(dst, view(b[i:end])), end
}

// appendContainer appends the object or array at i.
func appendContainer(dst, b []byte, i int) ([]byte, int) {
	at, n := len(dst), 0
	dst = append(dst, 0)
	object, closing := b[i] == '{', b[i]+2 // in ASCII
	for i = skipBlank(b, i+1); b[i] != closing; i = skipBlank(b, i) {
		if b[i] == ',' {
			i++
		}
		if object {
			dst, i = appendValue(dst, b, i)
			i = skipColon(b, i)
		}
		dst, i = appendValue(dst, b, i)
		n++
	}
	return setHead(dst, at, n, object), i + 1
}

// setHead writes the header of the map or array of n, for which one byte was left at the index.
func setHead(dst []byte, at, n int, object bool) []byte {
	if n <= 15 {
		dst[at] = 0x90 | byte(n)
		if object {
			dst[at] = 0x80 | byte(n)
		}
		return dst
	}
	var room [5]byte
	head := msgp.AppendArrayHeader(room[:0], uint32(n))
	if object {
		head = msgp.AppendMapHeader(room[:0], uint32(n))
	}
	dst = append(dst, head[1:]...)
	copy(dst[at+len(head):], dst[at+1:])
	copy(dst[at:], head)
	return dst
}

// appendNumber appends an integer as one and everything else as a float. An integer of more than 64 bits has no other
// form; a number that no float holds stays the text that it is, for the sake of those who write JSON of it again.
func appendNumber(dst []byte, raw string) []byte {
	if isInteger(raw) {
		if n, err := strconv.ParseInt(raw, 10, 64); err == nil {
			return msgp.AppendInt64(dst, n)
		}
		if n, err := strconv.ParseUint(raw, 10, 64); err == nil {
			return msgp.AppendUint64(dst, n)
		}
	}
	f, err := strconv.ParseFloat(raw, 64)
	if err != nil {
		return msgp.AppendString(dst, raw)
	}
	return msgp.AppendFloat64(dst, f)
}

// isInteger tells a JSON number that is written as an integer; one that is not costs an error to find out by parsing.
// Minus 0 is a float, since no integer is.
func isInteger(raw string) bool { return raw != "-0" && !strings.ContainsAny(raw, ".eE") }
