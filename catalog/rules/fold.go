package rules

import (
	"encoding/binary"
	"unsafe"
)

// Words are compared without regard to the case of ASCII letters, which is all that the words of sign-in records have.

// equalFold tells whether text is lower but for the case of its letters; both have the same length.
func equalFold(text, lower string) bool {
	const bit = 0x2020202020202020 // by which a letter differs from itself in the other case
	i := 0
	for ; i+8 <= len(text) && i+8 <= len(lower); i += 8 {
		differs := eight(text[i:]) ^ eight(lower[i:])
		if differs&^bit != 0 || differs != 0 && !equalBytes(text[i:i+8], lower[i:i+8]) {
			return false
		}
	}
	return equalBytes(text[i:], lower[i:])
}

// eight returns the first eight bytes of a text that has as many.
func eight(s string) uint64 {
	return binary.LittleEndian.Uint64(unsafe.Slice(unsafe.StringData(s), 8))
}

func equalBytes(text, lower string) bool {
	for i := range len(text) {
		if fold(text[i]) != lower[i] {
			return false
		}
	}
	return true
}

func fold(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c |= 0x20
	}
	return c
}

// toLower is the lower case of ASCII letters.
func toLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		b[i] = fold(c)
	}
	return string(b)
}

// compareFold compares a text with a lower one of the same length.
func compareFold(text, lower string) int {
	for i := range len(text) {
		if c := fold(text[i]); c != lower[i] {
			return int(c) - int(lower[i])
		}
	}
	return 0
}
