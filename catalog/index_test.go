package catalog

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The index answers as a map does, for catalogs of every size.
func TestIndex(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, size := range []int{0, 1, 2, 3, 7, 8, 100, 1549, 20_000} {
		entries := make([]Entry, 0, size)
		want := make(map[uint32]int)
		for len(entries) < size {
			code := r.Uint32N(uint32(4 * size))
			if _, ok := want[code]; !ok {
				want[code] = len(entries)
				entries = append(entries, Entry{Code: code})
			}
		}
		x := newIndex(entries)
		for code := range uint32(4*size + 10) {
			at, ok := x.find(code)
			wanted, there := want[code]
			if at != wanted || ok != there {
				t.Fatalf("size %d: find(%d) = %d, %t; want %d, %t", size, code, at, ok, wanted, there)
			}
		}
		_, ok := x.find(1<<32 - 1)
		assert.False(t, ok)
	}
}
