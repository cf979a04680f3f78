package jsontext

import (
	"github.com/tinylib/msgp/msgp"

	"fluent-bit-entra-signin/internal/view"
)

// AppendMsgpack appends a JSON text as MessagePack. The text must be valid and nest no deeper than MaxDepth. The order of keys,
// repeated keys, and the value of every integer of 64 bits are kept.
func AppendMsgpack(dst []byte, text string) []byte {
	dst, _ = AppendFirst(dst, text)
	return dst
}

// AppendFirst is AppendMsgpack for the value that a text begins with, and also returns the length of the value.
func AppendFirst(dst []byte, text string) (_ []byte, length int) {
	return appendValue(dst, view.Bytes(text), 0)
}

// appendValue appends the value at i and returns the index behind it.
func appendValue(dst, b []byte, i int) ([]byte, int) {
	i = SkipBlank(b, i)
	switch b[i] {
	case '{', '[':
		return appendContainer(dst, b, i)
	case '"':
		end, escaped := SkipString(b, i)
		return msgp.AppendString(dst, Unquote(view.String(b[i:end]), escaped)), end
	}
	end := skipScalar(b, i)
	switch b[i] {
	case 't', 'f':
		return msgp.AppendBool(dst, b[i] == 't'), end
	case 'n':
		return msgp.AppendNil(dst), end
	}
	return appendNumber(dst, view.String(b[i:end])), end
}

// appendContainer appends the object or array at i.
func appendContainer(dst, b []byte, i int) ([]byte, int) {
	at, n := len(dst), 0
	dst = append(dst, 0)
	object, closing := b[i] == '{', b[i]+2 // in ASCII
	for i = SkipBlank(b, i+1); b[i] != closing; i = SkipBlank(b, i) {
		if b[i] == ',' {
			i++
		}
		if object {
			dst, i = appendValue(dst, b, i)
			i = SkipColon(b, i)
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
