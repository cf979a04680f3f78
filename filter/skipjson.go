package filter

import (
	"encoding/binary"
	"math/bits"
	"unsafe"

	"github.com/tidwall/gjson"
)

// JSON, read in place, as walk.go does with MessagePack. A text is checked while it is looked at, in one pass; a library
// that does both needs one for each, and one more for every level that it is asked about.

// maxDepth is how deep JSON may nest. Sign-in records reach six; what goes on for ever only wants the stack.
const maxDepth = 64

// bytesOf returns the bytes of a text without a copy. They must not be written to.
func bytesOf(text string) []byte { return unsafe.Slice(unsafe.StringData(text), len(text)) }

// validJSON tells whether a text is one JSON value that does not nest too deep.
func validJSON(text string) bool {
	b := bytesOf(text)
	return ends(b, skipJSON(b, skipBlank(b, 0), maxDepth))
}

// ends tells whether nothing but white space stands behind a value.
func ends(b []byte, next int) bool { return next != bad && skipBlank(b, next) == len(b) }

// skipBlank returns the index of the next byte that is no white space, or len(b).
func skipBlank(b []byte, i int) int {
	for i < len(b) && b[i] <= ' ' && (b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r') {
		i++
	}
	return i
}

// skipJSON returns the index behind the value at i, or bad where that is not JSON or nests deeper than levels (at most 64).
// It does not recurse: objects has a bit for each level it is in.
func skipJSON(b []byte, i, levels int) int {
	var (
		objects uint64
		depth   int
	)
	for {
		// A value begins at i.
		if uint(i) >= uint(len(b)) {
			return bad
		}
		switch c := b[i]; c {
		case '"':
			i, _ = skipString(b, i)
		case '{', '[':
			if depth++; depth > levels {
				return bad
			}
			objects <<= 1
			i = skipBlank(b, i+1)
			if i < len(b) && b[i] == c+2 { // in ASCII, the bracket that closes it
				i++
				depth--
				objects >>= 1
				break
			}
			if c == '{' {
				objects |= 1
				i = skipKey(b, i)
			}
			if i == bad {
				return bad
			}
			continue
		default:
			i = skipScalar(b, i)
		}
		// A value ended before i; so may what it was the last of.
		for {
			if i == bad {
				return bad
			}
			if depth == 0 {
				return i
			}
			if i = skipBlank(b, i); i >= len(b) {
				return bad
			}
			c := b[i]
			i++
			if c == ',' {
				break
			}
			if c != ']'+byte(objects&1)*('}'-']') {
				return bad
			}
			depth--
			objects >>= 1
		}
		i = skipBlank(b, i)
		if objects&1 == 1 {
			if i = skipKey(b, i); i == bad {
				return bad
			}
		}
	}
}

// skipKey returns the index of the value behind the key at i.
func skipKey(b []byte, i int) int {
	if i >= len(b) || b[i] != '"' {
		return bad
	}
	next, _ := skipString(b, i)
	if next == bad {
		return bad
	}
	return skipColon(b, next)
}

// skipColon returns the index of the value behind the colon that comes next.
func skipColon(b []byte, i int) int {
	if i = skipBlank(b, i); i >= len(b) || b[i] != ':' {
		return bad
	}
	return skipBlank(b, i+1)
}

const (
	each = 0x0101010101010101 // a bit in each byte of a word
	high = each << 7
)

// untilStop returns how many of the 8 bytes at the front of a word go on with a string: up to the first quote, backslash or
// control character. The arithmetic may mistake bytes behind that one, never before it.
func untilStop(word uint64) int {
	// Of a byte below 0x80, subtracting sets the top bit just where it was 0, or below a space; the others have it already.
	stop := ((word ^ each*'"') - each) | ((word ^ each*'\\') - each) | (word - each*' ')
	return bits.TrailingZeros64(stop&^word&high) >> 3
}

// skipString returns the index behind the string whose quote is at i, and whether it has escapes in it.
func skipString(b []byte, i int) (next int, escaped bool) {
	i++
	for {
		for len(b)-i >= 16 {
			// Both words are looked at together, and the first stop is found without asking which one it is in: the end of a string is
			// where a processor guesses wrong.
			p := b[i : i+16 : i+16]
			n := untilStop(binary.LittleEndian.Uint64(p))
			n += untilStop(binary.LittleEndian.Uint64(p[8:])) & -(n >> 3)
			i += n
			if n < 16 {
				break
			}
		}
		if i >= len(b) {
			return bad, false
		}
		switch c := b[i]; {
		case c == '"':
			return i + 1, escaped
		case c == '\\':
			escaped = true
			if i = skipEscape(b, i); i == bad {
				return bad, false
			}
		case c < ' ':
			return bad, false
		default:
			i++
		}
	}
}

// skipEscape returns the index behind the escape at i.
func skipEscape(b []byte, i int) int {
	if i+1 >= len(b) {
		return bad
	}
	switch b[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2
	case 'u':
		if i+6 > len(b) {
			return bad
		}
		for _, c := range b[i+2 : i+6] {
			if !isHex(c) {
				return bad
			}
		}
		return i + 6
	}
	return bad
}

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f' }

// skipScalar returns the index behind the number or word at i.
func skipScalar(b []byte, i int) int {
	switch c := b[i]; {
	case c == '-' || '0' <= c && c <= '9':
		return skipNumber(b, i)
	case c == 't':
		return skipWord(b, i, "true")
	case c == 'f':
		return skipWord(b, i, "false")
	case c == 'n':
		return skipWord(b, i, "null")
	}
	return bad
}

func skipWord(b []byte, i int, word string) int {
	if len(b)-i < len(word) || string(b[i:i+len(word)]) != word {
		return bad
	}
	return i + len(word)
}

// skipNumber returns the index behind the number at i.
func skipNumber(b []byte, i int) int {
	if b[i] == '-' {
		i++
	}
	leading := i
	if i = skipDigits(b, i); i == bad || i-leading > 1 && b[leading] == '0' {
		return bad
	}
	if i < len(b) && b[i] == '.' {
		if i = skipDigits(b, i+1); i == bad {
			return bad
		}
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		return skipDigits(b, i)
	}
	return i
}

// skipDigits returns the index behind the digits at i, of which there must be one.
func skipDigits(b []byte, i int) int {
	first := i
	for i < len(b) && '0' <= b[i] && b[i] <= '9' {
		i++
	}
	if i == first {
		return bad
	}
	return i
}

// unquote returns the text of a JSON string, which is whole.
func unquote(raw string, escaped bool) string {
	if !escaped {
		return raw[1 : len(raw)-1]
	}
	return gjson.Parse(raw).Str
}
