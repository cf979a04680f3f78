package msgpack

import (
	"encoding/binary"
	"math"

	"fluent-bit-entra-signin/internal/view"
)

// Bad takes the place of an index behind a value that is cut off or is not MessagePack.
const Bad = -1

// size is the length of a value whose first byte tells it all: of the whole value, or of the header of a fixmap or
// fixarray; 0 where more must be read. kids is the number of values that follow such a header.
var size, kids = func() (size, kids [256]uint8) {
	for c := range 256 {
		switch {
		case c <= 0x7f, c >= 0xe0, c == 0xc0, c == 0xc2, c == 0xc3:
			size[c] = 1
		case c <= 0x8f:
			size[c], kids[c] = 1, uint8(c&0x0f)*2
		case c <= 0x9f:
			size[c], kids[c] = 1, uint8(c&0x0f)
		case c <= 0xbf:
			size[c] = 1 + uint8(c&0x1f)
		case c >= 0xcc && c <= 0xcf: // uint
			size[c] = 1 + 1<<(c-0xcc)
		case c >= 0xd0 && c <= 0xd3: // int
			size[c] = 1 + 1<<(c-0xd0)
		case c == 0xca: // float
			size[c] = 5
		case c == 0xcb:
			size[c] = 9
		case c >= 0xd4 && c <= 0xd8: // fixext
			size[c] = 2 + 1<<(c-0xd4)
		}
	}
	return size, kids
}()

// Width returns the length of a value that begins with c. Width returns 0 if c alone does not determine the length, or if the value
// contains other values.
func Width(c byte) int {
	if kids[c] != 0 {
		return 0
	}
	return int(size[c])
}

// Skip returns the index behind the value at i, whatever is in the value. Skip counts the values that are still to come. No
// input can make that count overflow: a header adds less than 2^33 and takes at least 5 bytes to do so.
func Skip(b []byte, i int) int {
	todo := uint64(1)
	for {
		if uint(i) >= uint(len(b)) {
			return Bad
		}
		c := b[i]
		todo--
		// Keys and most values are short strings. Without a look at the table, the index of the next value depends on one
		// load and not on two, which saves a third of the time.
		if c&0xe0 == 0xa0 {
			i += 1 + int(c&0x1f)
		} else if n := size[c]; n != 0 {
			i += int(n)
			todo += uint64(kids[c])
		} else if c == 0xd9 && i+1 < len(b) {
			i += 2 + int(b[i+1])
		} else {
			var more uint64
			if i, more = skipLong(b, i); i == Bad {
				return Bad
			}
			todo += more
		}
		if todo == 0 {
			break
		}
	}
	if i > len(b) {
		return Bad
	}
	return i
}

// skipLong is Skip for one value whose length follows its first byte. more is the number of values in it.
func skipLong(b []byte, i int) (next int, more uint64) {
	c := b[i]
	switch c {
	case 0xdc, 0xdd, 0xde, 0xdf:
		n, next := longCount(b, i)
		if c >= 0xde {
			n *= 2
		}
		return next, n
	}
	head, width, ok := longHead(c)
	if !ok || len(b)-i < 1+width {
		return Bad, 0
	}
	n := bigEndian(b[i+1:], width)
	if uint64(len(b)-i) < uint64(head)+n {
		return Bad, 0
	}
	return i + head + int(n), 0
}

// longHead returns the bytes before the payload of a str, bin or ext with a length of its own, and the width of that length.
func longHead(c byte) (head, width int, ok bool) {
	switch {
	case c >= 0xc4 && c <= 0xc6: // bin 8, 16, 32
		width = 1 << (c - 0xc4)
		return 1 + width, width, true
	case c >= 0xc7 && c <= 0xc9: // ext 8, 16, 32: a byte for the type
		width = 1 << (c - 0xc7)
		return 2 + width, width, true
	case c >= 0xd9 && c <= 0xdb: // str 8, 16, 32
		width = 1 << (c - 0xd9)
		return 1 + width, width, true
	}
	return 0, 0, false
}

func bigEndian(b []byte, width int) uint64 {
	switch width {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(binary.BigEndian.Uint16(b))
	case 4:
		return uint64(binary.BigEndian.Uint32(b))
	default:
		return binary.BigEndian.Uint64(b)
	}
}

// longCount reads the count of an array or map 16 or 32.
func longCount(b []byte, i int) (n uint64, next int) {
	width := 2
	if b[i] == 0xdd || b[i] == 0xdf {
		width = 4
	}
	if len(b)-i < 1+width {
		return 0, Bad
	}
	return bigEndian(b[i+1:], width), i + 1 + width
}

// MapHead reads the header of a map: the number of its pairs, and the index of the first key. ok is false where no map is.
func MapHead(b []byte, i int) (pairs uint64, next int, ok bool) {
	if uint(i) >= uint(len(b)) {
		return 0, Bad, false
	}
	switch c := b[i]; {
	case c&0xf0 == 0x80:
		return uint64(c & 0x0f), i + 1, true
	case c == 0xde || c == 0xdf:
		pairs, next = longCount(b, i)
		return pairs, next, next != Bad
	}
	return 0, Bad, false
}

// ArrayHead is MapHead for an array and its values.
func ArrayHead(b []byte, i int) (values uint64, next int, ok bool) {
	if uint(i) >= uint(len(b)) {
		return 0, Bad, false
	}
	switch c := b[i]; {
	case c&0xf0 == 0x90:
		return uint64(c & 0x0f), i + 1, true
	case c == 0xdc || c == 0xdd:
		values, next = longCount(b, i)
		return values, next, next != Bad
	}
	return 0, Bad, false
}

// Text reads a string, or a bin, which old senders use for text. The string is the bytes themselves, not a copy: it
// lives as long as b does.
func Text(b []byte, i int) (s string, next int, ok bool) {
	if uint(i) >= uint(len(b)) {
		return "", Bad, false
	}
	c := b[i]
	if c&0xe0 == 0xa0 {
		next = i + 1 + int(c&0x1f)
		if next > len(b) {
			return "", Bad, false
		}
		return view.String(b[i+1 : next]), next, true
	}
	return longText(b, i)
}

// longText is Text for a string that is not a short one.
func longText(b []byte, i int) (s string, next int, ok bool) {
	c := b[i]
	if c == 0xd9 && i+1 < len(b) {
		if next = i + 2 + int(b[i+1]); next > len(b) {
			return "", Bad, false
		}
		return view.String(b[i+2 : next]), next, true
	}
	head, width, ok := longHead(c)
	if !ok || head != 1+width { // an ext is not text
		return "", Bad, false
	}
	if next, _ = skipLong(b, i); next == Bad {
		return "", Bad, false
	}
	return view.String(b[i+head : next]), next, true
}

// Integer reads an integer, or a float without a fraction: some JSON decoders make floats of all numbers.
func Integer(b []byte, i int) (n int64, ok bool) {
	if uint(i) >= uint(len(b)) {
		return 0, false
	}
	c := b[i]
	if len(b)-i < int(size[c]) {
		return 0, false
	}
	p := b[i+1:]
	switch {
	case c <= 0x7f:
		return int64(c), true
	case c >= 0xe0:
		return int64(int8(c)), true
	case c >= 0xcc && c <= 0xcf:
		u := bigEndian(p, 1<<(c-0xcc))
		return int64(u), u <= math.MaxInt64
	case c == 0xd0:
		return int64(int8(p[0])), true
	case c == 0xd1:
		return int64(int16(binary.BigEndian.Uint16(p))), true
	case c == 0xd2:
		return int64(int32(binary.BigEndian.Uint32(p))), true
	case c == 0xd3:
		return int64(binary.BigEndian.Uint64(p)), true
	case c == 0xca || c == 0xcb:
		return Whole(float(b[i:]))
	}
	return 0, false
}

// float reads a float, all of whose bytes are there.
func float(b []byte) float64 {
	if b[0] == 0xca {
		return float64(math.Float32frombits(binary.BigEndian.Uint32(b[1:])))
	}
	return math.Float64frombits(binary.BigEndian.Uint64(b[1:]))
}

// Whole returns the integer that a float is. Beyond 2^53 a float does not tell one integer from the next, so ok is false.
func Whole(f float64) (n int64, ok bool) {
	if f != math.Trunc(f) || math.Abs(f) > 1<<53 { // false for NaN, which is unequal to itself
		return 0, false
	}
	return int64(f), true
}
