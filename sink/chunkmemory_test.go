package sink

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func states(s ...state) []outcome {
	out := make([]outcome, len(s))
	for i := range s {
		out[i].state = s[i]
	}
	return out
}

func statesOf(out []outcome) []state {
	list := make([]state, len(out))
	for i := range out {
		list[i] = out[i].state
	}
	return list
}

func TestMemory(t *testing.T) {
	m := newMemory()
	a, b := ID{1}, ID{2}
	m.put(a, states(delivered, pending, refused), attempts{})
	m.put(b, states(pending, done, pending), attempts{})

	out := states(pending, pending, pending)
	m.take(&Chunk{ID: a}, out)
	assert.Equal(t, []state{done, pending, done}, statesOf(out))
	out = states(pending, pending, pending)
	m.take(&Chunk{ID: a}, out)
	assert.Equal(t, []state{pending, pending, pending}, statesOf(out), "it is taken")
	m.take(&Chunk{ID: b}, out)
	assert.Equal(t, []state{pending, done, pending}, statesOf(out))
	assert.Empty(t, m.entries)
	assert.Zero(t, m.bytes)
}

func TestMemoryKeepsNothingOfNothing(t *testing.T) {
	m := newMemory()
	m.put(ID{1}, states(pending, pending), attempts{})
	assert.Empty(t, m.entries)
}

func TestMemoryOfAnotherLength(t *testing.T) {
	m := newMemory()
	m.put(ID{1}, states(delivered, pending), attempts{})
	out := states(pending, pending, pending)
	m.take(&Chunk{ID: ID{1}}, out)
	assert.Equal(t, []state{pending, pending, pending}, statesOf(out))
}

func TestMemoryOfEqualChunks(t *testing.T) {
	m := newMemory()
	m.put(ID{1}, states(delivered, pending), attempts{})
	m.put(ID{1}, states(pending, delivered), attempts{})
	first, second, third := states(pending, pending), states(pending, pending), states(pending, pending)
	m.take(&Chunk{ID: ID{1}}, first)
	m.take(&Chunk{ID: ID{1}}, second)
	m.take(&Chunk{ID: ID{1}}, third)
	assert.Equal(t, []state{done, pending}, statesOf(first))
	assert.Equal(t, []state{pending, done}, statesOf(second))
	assert.Equal(t, []state{pending, pending}, statesOf(third))
}

func TestMemoryIsBounded(t *testing.T) {
	m := newMemory()
	for i := range byte(10) {
		m.put(ID{i}, states(delivered, pending), attempts{})
	}
	assert.Len(t, m.entries, 4)
	assert.Equal(t, ID{6}, m.entries[0].id, "the oldest are forgotten")

	m = newMemory()
	for i := range byte(3) {
		m.put(ID{i}, oneDone(20*64), attempts{})
	}
	assert.Len(t, m.entries, 2, "two of 160 bytes fit into 400")
	assert.Equal(t, ID{1}, m.entries[0].id)
	m.put(ID{9}, oneDone(1000*64), attempts{})
	assert.Len(t, m.entries, 1, "one is kept, however large")
	assert.Equal(t, ID{9}, m.entries[0].id)
	m.put(ID{10}, oneDone(64), attempts{})
	assert.Len(t, m.entries, 1)
	assert.Equal(t, 8, m.bytes)
}

func newMemory() chunkMemory { return chunkMemory{maxEntries: 4, maxBytes: 400} }

// oneDone is n outcomes of which one is worth remembering.
func oneDone(n int) []outcome {
	out := make([]outcome, n)
	out[20].state = delivered
	return out
}
