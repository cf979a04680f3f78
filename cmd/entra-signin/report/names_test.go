package report

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Names are told apart whatever their hashes, also after half of them were dropped.
func TestNames(t *testing.T) {
	for name, hash := range map[string]func(string) uint64{"hashed": nil, "all alike": func(string) uint64 { return 0 }, "few": func(s string) uint64 { return uint64(len(s)) }} {
		t.Run(name, func(t *testing.T) {
			n := newNames(2000)
			if hash != nil {
				n.index = hash
			}
			for range 2 {
				for i := range 1500 {
					_, stat := n.get(fmt.Sprint("name", i))
					stat.n += uint32(i)
				}
			}
			assert.Equal(t, Number{1500, false}, n.number())
			moved := n.halve()
			assert.Equal(t, 750, n.list.len())
			for i := range 1500 {
				assert.Equal(t, i < 750, moved[i] == dropped)
				if i < 750 {
					continue
				}
				at, stat := n.get(fmt.Sprint("name", i))
				assert.Equal(t, moved[i], at)
				assert.EqualValues(t, 2*i, stat.n)
			}
			n.get("another")
			assert.True(t, n.number().Estimated)
			assert.InEpsilon(t, 1501, n.number().N, 0.02)
		})
	}
}

func TestList(t *testing.T) {
	var l list[int]
	first, p := l.add(7)
	for i := range 3 * chunk {
		l.add(i)
	}
	assert.Same(t, p, l.at(first), "a place stays where it is")
	l.cut(chunk + 2)
	assert.Equal(t, chunk+2, l.len())
	assert.Len(t, l.chunks, 2)
	at, p := l.add(5)
	assert.EqualValues(t, chunk+2, at)
	assert.Equal(t, 5, *p)
	l.cut(0)
	for range l.all() {
		t.Fatal("an empty list")
	}
	l.add(1)
	assert.Equal(t, 1, *l.at(0))
}

func TestDistinct(t *testing.T) {
	var d distinct
	assert.Equal(t, Number{}, d.number())
	for i := range exactly {
		d.add(hashOf(fmt.Sprint("name", i)))
		d.add(hashOf(fmt.Sprint("name", i/2)))
		assert.Equal(t, Number{i + 1, false}, d.number())
	}
	for i := range 50_000 {
		d.add(hashOf(fmt.Sprint("name", i)))
	}
	assert.True(t, d.number().Estimated)
	assert.InEpsilon(t, 50_000, d.number().N, 0.02)
}
