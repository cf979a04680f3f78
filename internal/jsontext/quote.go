package jsontext

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

const hexDigits = "0123456789abcdef"

// plain marks the bytes that stand for themselves in a JSON string.
var plain = func() (t [256]bool) {
	for c := byte(0x20); c < 0x80; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// AppendQuoted appends s as a JSON string. Every byte that is not part of valid UTF-8 becomes U+FFFD.
func AppendQuoted(dst, s []byte) []byte {
	dst = append(slices.Grow(dst, len(s)+2), '"')
	// Most strings are plain: they are copied while they are looked at, a word at a time. The last word may overlap the one before.
	from := len(dst)
	room := dst[from : from+len(s)+1]
	room[len(s)] = '"'
	switch n := len(s); {
	case n >= 8:
		last := n - 8
		for i := 0; i < last; i += 8 {
			word := binary.LittleEndian.Uint64(s[i:])
			if (stops(word)|word)&high != 0 {
				return appendSpecial(dst[:from+i], s[i:])
			}
			binary.LittleEndian.PutUint64(room[i:], word)
		}
		word := binary.LittleEndian.Uint64(s[last:])
		if (stops(word)|word)&high != 0 {
			return appendSpecial(dst, s)
		}
		binary.LittleEndian.PutUint64(room[last:], word)
	case n >= 4:
		low, top := binary.LittleEndian.Uint32(s), binary.LittleEndian.Uint32(s[n-4:])
		if word := uint64(low) | uint64(top)<<32; (stops(word)|word)&high != 0 {
			return appendSpecial(dst, s)
		}
		binary.LittleEndian.PutUint32(room, low)
		binary.LittleEndian.PutUint32(room[n-4:], top)
	default:
		for i, c := range s {
			if !plain[c] {
				return appendSpecial(dst, s)
			}
			room[i] = c
		}
	}
	return dst[:from+len(s)+1]
}

// appendSpecial appends the rest of a string that is not plain, and the quote behind it. It copies eight bytes and then keeps those before
// the first that is not plain: the line of a log that is quoted once more has such a byte in nearly every word.
func appendSpecial(dst, s []byte) []byte {
	for i := 0; i < len(s); {
		if cap(dst)-len(dst) < 8 {
			dst = slices.Grow(dst, len(s)-i+8)
		}
		if i+8 <= len(s) {
			word := binary.LittleEndian.Uint64(s[i:])
			marks := (stops(word) | word) & high
			binary.LittleEndian.PutUint64(dst[len(dst):len(dst)+8], word)
			n := bits.TrailingZeros64(marks) >> 3 // 8 if there is none
			dst, i = dst[:len(dst)+n], i+n
			if n == 8 {
				continue
			}
		}
		c := s[i]
		size := 1
		switch {
		case plain[c]:
			dst = append(dst, c)
		case c < utf8.RuneSelf:
			dst = appendEscaped(dst, c)
		default:
			var r rune
			if r, size = utf8.DecodeRune(s[i:]); r == utf8.RuneError && size == 1 {
				dst = append(dst, "\uFFFD"...)
			} else {
				dst = append(dst, s[i:i+size]...)
			}
		}
		i += size
	}
	return append(dst, '"')
}

// plainBytes returns the index of the first byte from i on that does not stand for itself.
func plainBytes(s []byte, i int) int {
	for ; i+8 <= len(s); i += 8 {
		if word := binary.LittleEndian.Uint64(s[i:]); (stops(word)|word)&high != 0 {
			break
		}
	}
	for i < len(s) && plain[s[i]] {
		i++
	}
	return i
}

func appendEscaped(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
}

// Unquote returns the text of a JSON string, which is whole and valid. escaped says whether the string has escapes.
func Unquote(raw string, escaped bool) string {
	if !escaped {
		return raw[1 : len(raw)-1]
	}
	return gjson.Parse(raw).Str
}

const (
	each = 0x0101010101010101 // a bit in each byte of a word
	high = each << 7
)

// stops sets the highest bit of every byte of a word that is a quote, a backslash or a control character. Bytes above 0x7f
// may have that bit too, and so may bytes behind the first that is found.
func stops(word uint64) uint64 {
	// Subtracting sets the highest bit of a byte below 0x80 exactly if the byte was 0, or less than a space.
	return ((word ^ each*'"') - each) | ((word ^ each*'\\') - each) | (word - each*' ')
}
