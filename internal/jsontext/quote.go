package jsontext

import (
	"encoding/binary"
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
	// Most strings are plain: they are copied while they are looked at. The last eight bytes may be looked at twice.
	from := len(dst)
	room := dst[from : from+len(s)+1]
	i := 0
	for ; i+8 <= len(s); i += 8 {
		word := binary.LittleEndian.Uint64(s[i:])
		if (stops(word)|word)&high != 0 {
			return appendSpecial(dst[:from+i], s[i:])
		}
		binary.LittleEndian.PutUint64(room[i:], word)
	}
	switch {
	case i == len(s):
	case i > 0:
		word := binary.LittleEndian.Uint64(s[len(s)-8:])
		if (stops(word)|word)&high != 0 {
			return appendSpecial(dst[:from+i], s[i:])
		}
		binary.LittleEndian.PutUint64(room[len(s)-8:], word)
	default:
		for ; i < len(s); i++ {
			if !plain[s[i]] {
				return appendSpecial(dst[:from+i], s[i:])
			}
			room[i] = s[i]
		}
	}
	room[len(s)] = '"'
	return dst[:from+len(s)+1]
}

// appendSpecial appends the rest of a string that is not plain, and the quote behind it.
func appendSpecial(dst, s []byte) []byte {
	from := 0
	for i := plainBytes(s, 0); i < len(s); i = plainBytes(s, i) {
		c := s[i]
		if c >= utf8.RuneSelf {
			if r, size := utf8.DecodeRune(s[i:]); r != utf8.RuneError || size > 1 {
				i += size
				continue
			}
		}
		dst = append(dst, s[from:i]...)
		dst = appendEscaped(dst, c)
		i++
		from = i
	}
	dst = append(dst, s[from:]...)
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
	if c >= utf8.RuneSelf {
		return append(dst, "\uFFFD"...)
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
