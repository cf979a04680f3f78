package catalog

import "math/bits"

// An index finds the position of a code. It is a hash table with open addressing, at most a quarter full: a lookup takes a
// multiplication and most often one look, which is half the time of a Go map, and records are many.
type index struct {
	slots []slot
	shift uint8 // takes the product down to a slot
}

type slot struct {
	code  uint32
	place int32 // position + 1; 0 for an empty slot
}

// spread is 2^32 divided by the golden ratio: codes that follow each other land far apart.
const spread = 2654435769

func newIndex(entries []Entry) index {
	size := bits.Len(uint(len(entries))) + 2
	x := index{slots: make([]slot, 1<<size), shift: uint8(32 - size)}
	for i := range entries {
		code := entries[i].Code
		at := code * spread >> x.shift
		for x.slots[at].place != 0 {
			at = (at + 1) & uint32(len(x.slots)-1)
		}
		x.slots[at] = slot{code, int32(i) + 1}
	}
	return x
}

func (x *index) find(code uint32) (int, bool) {
	for at := code * spread >> x.shift; ; at++ {
		s := x.slots[at&uint32(len(x.slots)-1)]
		if s.code == code && s.place != 0 {
			return int(s.place) - 1, true
		}
		if s.place == 0 {
			return 0, false
		}
	}
}
