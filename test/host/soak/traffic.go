package main

import (
	"fmt"
	"math/rand/v2"
)

// A message is a chunk of the traffic.
type message struct {
	id    uint64
	kind  string
	chunk []byte
	r     *rand.Rand // decides what is left to decide
}

// Shares of the chunks, of 10,000. Bulky ones are few in number but not in bytes.
const (
	hostileShare = 4000
	bulkyShare   = 8
)

// newMessage makes the chunk with a number, the same for the same seed.
func newMessage(c *corpus, seed, id uint64) *message {
	m := &message{id: id, r: newRand(seed, id)}
	switch n := m.r.IntN(10_000); {
	case n < bulkyShare:
		k := pick(m.r, bulkyKinds)
		m.kind, m.chunk = k.name, k.make(c, m.r, id)
	case n < bulkyShare+hostileShare:
		k := pick(m.r, hostileKinds)
		m.kind, m.chunk = k.name, hostile(k, c, m.r, id)
	default:
		k := pick(m.r, goodKinds)
		m.kind, m.chunk = "good: "+k.name, k.make(c, m.r, id)
	}
	return m
}

func (m *message) String() string { return fmt.Sprintf("chunk %d (%s)", m.id, m.kind) }

// newRand returns one of the random streams of a seed.
func newRand(seed, stream uint64) *rand.Rand {
	return rand.New(rand.NewPCG(seed, stream)) //nolint:gosec // nothing here is a secret, and it must come again
}

// pick chooses one by its weight.
func pick(r *rand.Rand, kinds []kind) *kind {
	sum := 0
	for i := range kinds {
		sum += kinds[i].weight
	}
	n := r.IntN(sum)
	for i := range kinds {
		if n -= kinds[i].weight; n < 0 {
			return &kinds[i]
		}
	}
	return nil
}
