package sink

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func states(s ...State) []Outcome {
	out := make([]Outcome, len(s))
	for i := range s {
		out[i].State = s[i]
	}
	return out
}

func statesOf(out []Outcome) []State {
	list := make([]State, len(out))
	for i := range out {
		list[i] = out[i].State
	}
	return list
}

func TestMemory(t *testing.T) {
	m := newMemory()
	a, b := ID{1}, ID{2}
	m.put(a, states(Delivered, Pending, Refused), nil)
	m.put(b, states(Pending, Done, Pending), nil)

	out := states(Pending, Pending, Pending)
	m.take(a, out)
	assert.Equal(t, []State{Done, Pending, Done}, statesOf(out))
	out = states(Pending, Pending, Pending)
	m.take(a, out)
	assert.Equal(t, []State{Pending, Pending, Pending}, statesOf(out), "it is taken")
	m.take(b, out)
	assert.Equal(t, []State{Pending, Done, Pending}, statesOf(out))
	assert.Empty(t, m.entries)
	assert.Zero(t, m.bytes)
}

func TestMemoryKeepsNothingOfNothing(t *testing.T) {
	m := newMemory()
	m.put(ID{1}, states(Pending, Pending), nil)
	assert.Empty(t, m.entries)
}

func TestMemoryOfAnotherLength(t *testing.T) {
	m := newMemory()
	m.put(ID{1}, states(Delivered, Pending), nil)
	out := states(Pending, Pending, Pending)
	m.take(ID{1}, out)
	assert.Equal(t, []State{Pending, Pending, Pending}, statesOf(out))
}

func TestMemoryOfEqualChunks(t *testing.T) {
	m := newMemory()
	m.put(ID{1}, states(Delivered, Pending), nil)
	m.put(ID{1}, states(Pending, Delivered), nil)
	first, second, third := states(Pending, Pending), states(Pending, Pending), states(Pending, Pending)
	m.take(ID{1}, first)
	m.take(ID{1}, second)
	m.take(ID{1}, third)
	assert.Equal(t, []State{Done, Pending}, statesOf(first))
	assert.Equal(t, []State{Pending, Done}, statesOf(second))
	assert.Equal(t, []State{Pending, Pending}, statesOf(third))
}

func TestMemoryIsBounded(t *testing.T) {
	m := newMemory()
	for i := range byte(10) {
		m.put(ID{i}, states(Delivered, Pending), nil)
	}
	assert.Len(t, m.entries, 4)
	assert.Equal(t, ID{6}, m.entries[0].id, "the oldest are forgotten")

	m = newMemory()
	for i := range byte(3) {
		m.put(ID{i}, oneDone(20*64), nil)
	}
	assert.Len(t, m.entries, 2, "two of 160 bytes fit into 400")
	assert.Equal(t, ID{1}, m.entries[0].id)
	m.put(ID{9}, oneDone(1000*64), nil)
	assert.Len(t, m.entries, 1, "one is kept, however large")
	assert.Equal(t, ID{9}, m.entries[0].id)
	m.put(ID{10}, oneDone(64), nil)
	assert.Len(t, m.entries, 1)
	assert.Equal(t, 8, m.bytes)
}

func newMemory() memory { return memory{maxEntries: 4, maxBytes: 400} }

// oneDone is n outcomes of which one is worth remembering.
func oneDone(n int) []Outcome {
	out := make([]Outcome, n)
	out[20].State = Delivered
	return out
}
