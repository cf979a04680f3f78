package jsontext

import (
	"fluent-bit-entra-signin/internal/view"
)

// Bad takes the place of an index behind a value that is not JSON.
const Bad = -1

// MaxDepth is how many levels deep a JSON text may nest. Sign-in records reach six.
const MaxDepth = 64

// Valid reports whether a text is one JSON value that nests no deeper than MaxDepth.
func Valid(text string) bool {
	b := view.Bytes(text)
	return Ends(b, Skip(b, SkipBlank(b, 0), MaxDepth))
}

// Ends reports whether next is the index behind a value and only white space follows.
func Ends(b []byte, next int) bool { return next != Bad && SkipBlank(b, next) == len(b) }

// SkipBlank returns the index of the next byte that is not white space, or len(b).
func SkipBlank(b []byte, i int) int {
	for i < len(b) && b[i] <= ' ' && (b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r') {
		i++
	}
	return i
}

// Skip returns the index behind the value at i, or Bad if the value is not JSON or nests deeper than levels, which is at most
// MaxDepth. Instead of recursing, Skip keeps a bit for each level.
func Skip(b []byte, i, levels int) int {
	var (
		objects uint64 // bit n: the level n above this one is an object
		depth   int
	)
	for {
		// A value begins at i.
		if uint(i) >= uint(len(b)) {
			return Bad
		}
		switch c := b[i]; c {
		case '"':
			i, _ = SkipString(b, i)
		case '{', '[':
			if depth++; depth > levels {
				return Bad
			}
			objects <<= 1
			i = SkipBlank(b, i+1)
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
			if i == Bad {
				return Bad
			}
			continue
		default:
			i = skipScalar(b, i)
		}
		// A value ended before i. The objects and arrays around it may end here too.
		for {
			if i == Bad {
				return Bad
			}
			if depth == 0 {
				return i
			}
			if i = SkipBlank(b, i); i >= len(b) {
				return Bad
			}
			c := b[i]
			i++
			if c == ',' {
				break
			}
			if c != ']'+byte(objects&1)*('}'-']') {
				return Bad
			}
			depth--
			objects >>= 1
		}
		i = SkipBlank(b, i)
		if objects&1 == 1 {
			if i = skipKey(b, i); i == Bad {
				return Bad
			}
		}
	}
}

// skipKey returns the index of the value behind the key at i.
func skipKey(b []byte, i int) int {
	if i >= len(b) || b[i] != '"' {
		return Bad
	}
	next, _ := SkipString(b, i)
	if next == Bad {
		return Bad
	}
	return SkipColon(b, next)
}

// SkipColon returns the index of the value behind the next colon, which only white space may precede.
func SkipColon(b []byte, i int) int {
	if uint(i+1) < uint(len(b)) && b[i] == ':' && b[i+1] > ' ' {
		return i + 1
	}
	if i = SkipBlank(b, i); i >= len(b) || b[i] != ':' {
		return Bad
	}
	return SkipBlank(b, i+1)
}

// SkipString returns the index behind the string whose opening quote is at i, and whether the string has escapes.
func SkipString(b []byte, i int) (next int, escaped bool) {
	i++
	for {
		i = indexStop(b, i)
		if i >= len(b) {
			return Bad, false
		}
		switch c := b[i]; {
		case c == '"':
			return i + 1, escaped
		case c == '\\':
			escaped = true
			if i = skipEscape(b, i); i == Bad {
				return Bad, false
			}
		case c < ' ':
			return Bad, false
		default:
			i++
		}
	}
}

// skipEscape returns the index behind the escape at i.
func skipEscape(b []byte, i int) int {
	if i+1 >= len(b) {
		return Bad
	}
	switch b[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2
	case 'u':
		if i+6 > len(b) {
			return Bad
		}
		for _, c := range b[i+2 : i+6] {
			if !isHex(c) {
				return Bad
			}
		}
		return i + 6
	}
	return Bad
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
	return Bad
}

func skipWord(b []byte, i int, word string) int {
	if len(b)-i < len(word) || string(b[i:i+len(word)]) != word {
		return Bad
	}
	return i + len(word)
}

// skipNumber returns the index behind the number at i.
func skipNumber(b []byte, i int) int {
	if b[i] == '-' {
		i++
	}
	leading := i
	if i = skipDigits(b, i); i == Bad || i-leading > 1 && b[leading] == '0' {
		return Bad
	}
	if i < len(b) && b[i] == '.' {
		if i = skipDigits(b, i+1); i == Bad {
			return Bad
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
		return Bad
	}
	return i
}
