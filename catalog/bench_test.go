package catalog

import (
	"math/rand/v2"
	"testing"
)

// BenchmarkLookup looks up codes in random order, as records bring them; one in eight is unknown. A lookup should take less than
// 40 ns and allocate nothing.
func BenchmarkLookup(b *testing.B) {
	c := Embedded()
	asked := make([]uint32, 1<<12)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range asked {
		asked[i] = c.At(r.IntN(c.Len())).Code
		if i%8 == 0 {
			asked[i] += 7
		}
	}
	b.ReportAllocs()
	found := 0
	for i := 0; b.Loop(); i++ {
		if _, ok := c.Lookup(asked[i&(len(asked)-1)]); ok {
			found++
		}
	}
	if found == 0 {
		b.Fatal("nothing found")
	}
}

// BenchmarkLoad parses the embedded catalog, as the first call of Embedded does once in a process. It should take less than 5 ms.
func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := parse("codes.csv", embedded); err != nil {
			b.Fatal(err)
		}
	}
}
