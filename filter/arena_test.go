package filter

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
)

// What was made stays as it is and where it is, however much comes after it.
func TestArena(t *testing.T) {
	var (
		a      arena
		pieces [][]byte
	)
	for i := range 3000 {
		p := a.begin()
		for range i % 40 {
			p.append(byte(i), byte(i>>8))
		}
		if i%7 == 0 {
			p.write(i*3, func(dst []byte) []byte { return append(dst, bytes.Repeat([]byte{byte(i)}, i*3)...) })
		}
		pieces = append(pieces, p.bytes())
	}
	for i, made := range pieces {
		want := bytes.Repeat([]byte{byte(i), byte(i >> 8)}, i%40)
		if i%7 == 0 {
			want = append(want, bytes.Repeat([]byte{byte(i)}, i*3)...)
		}
		assert.True(t, bytes.Equal(want, made), "piece %d", i)
	}
}

func TestPieceIsDropped(t *testing.T) {
	var a arena
	first := a.begin()
	first.append(1, 2)
	kept := first.bytes()
	second := a.begin()
	second.append(bytes.Repeat([]byte{3}, 2*minBlock)...)
	second.drop()
	third := a.begin()
	third.append(4)
	assert.Equal(t, []byte{1, 2}, kept)
	assert.Equal(t, []byte{4}, third.bytes())
}

// The second time that an arena holds as much it needs one block.
func TestArenaLearnsItsSize(t *testing.T) {
	var a arena
	fill := func() {
		for range 3000 {
			p := a.begin()
			p.append(make([]byte, 1000)...)
		}
	}
	fill()
	assert.Positive(t, a.spent)
	a.reset()
	fill()
	a.reset()
	fill()
	assert.Zero(t, a.spent)
	assert.Less(t, cap(a.block), 3_100_000)
}
