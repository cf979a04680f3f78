//go:build !amd64

package jsontext

import (
	"encoding/binary"
	"math/bits"
)

// indexStop returns the index of the first quote, backslash or control character from i on, or an index from which on fewer than
// 16 bytes are left and before which there is none.
func indexStop(b []byte, i int) int {
	for len(b)-i >= 16 {
		// The first stop in two words is found without a branch on the word that it is in: the end of a string is where a
		// processor guesses wrong.
		p := b[i : i+16 : i+16]
		n := untilStop(binary.LittleEndian.Uint64(p))
		n += untilStop(binary.LittleEndian.Uint64(p[8:])) & -(n >> 3)
		i += n
		if n < 16 {
			break
		}
	}
	return i
}

// untilStop returns how many of the 8 bytes of a word continue a string, up to the first quote, backslash or control character.
func untilStop(word uint64) int { return bits.TrailingZeros64(stops(word)&^word&high) >> 3 }
