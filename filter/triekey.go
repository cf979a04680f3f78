package filter

import (
	"cmp"
	"encoding/binary"
	"slices"

	"fluent-bit-entra-signin/internal/view"
)

// A trieKey leads to a node. A key that leads to facts and to nothing else has no node: most keys of facts are like that, and a scan
// then need not visit their values.
type trieKey struct {
	key   string    // as it is most often spelled
	lower string    // of key; "" if the case must match
	words [3]uint64 // of key: tailOf, the first eight bytes if it has more than eight, and the next eight if it has more than 16
	node  *trieNode
	facts []fact
	next  uint16 // another key of the same slot, plus 1
}

// newKey returns a trieKey without what the key leads to.
func newKey(key string, fold bool) trieKey {
	b := view.Bytes(key)
	k := trieKey{key: key, words: [3]uint64{tailOf(b, 0, len(b))}}
	if fold {
		k.lower = toLower(key)
	}
	if len(b) > 8 {
		k.words[1] = binary.LittleEndian.Uint64(b)
	}
	if len(b) > 16 {
		k.words[2] = binary.LittleEndian.Uint64(b[8:])
	}
	return k
}

// tailOf returns the last eight bytes of the key b[start:end], or all bytes of a shorter key.
func tailOf(b []byte, start, end int) (tail uint64) {
	if end < 8 { // only at the beginning of a text
		for i := end - 1; i >= start; i-- {
			tail = tail<<8 | uint64(b[i])
		}
		return tail
	}
	tail = binary.LittleEndian.Uint64(b[end-8:])
	if length := end - start; length < 8 {
		tail >>= uint(8-length) * 8
	}
	return tail
}

// bothCases are the bits by which an ASCII letter differs from the same letter in the other case.
const bothCases = 0x2020202020202020

// slotOf returns the slot of a key, by its length and its tail in either case.
func slotOf(tail uint64, length int, seed uint64) uint8 {
	return uint8((tail | bothCases ^ uint64(length)) * seed >> 56)
}

// hash fills the slots, with the seed of a hundred for which the fewest keys share a slot with another key.
func (n *trieNode) hash() {
	slot := func(k *trieKey, seed uint64) uint8 { return slotOf(k.words[0], len(k.key), seed) }
	fewest, seed := len(n.keys)+1, uint64(0x9e3779b97f4a7c15)
	for range 100 {
		var taken [256]bool
		shared := 0
		for i := range n.keys {
			at := slot(&n.keys[i], seed)
			if taken[at] {
				shared++
			}
			taken[at] = true
		}
		if shared < fewest {
			fewest, n.seed = shared, seed
		}
		if shared == 0 {
			break
		}
		seed = seed*6364136223846793005 + 1442695040888963407 | 1
	}
	// The last key of a slot is tried first: a key that must match comes before the same key in any case.
	slices.SortStableFunc(n.keys, func(a, b trieKey) int { return cmp.Compare(len(b.lower), len(a.lower)) })
	for i := range n.keys {
		at := slot(&n.keys[i], n.seed)
		n.keys[i].next = n.slots[at]
		n.slots[at] = uint16(i + 1)
	}
}

// find returns what the trie has for the key b[start:end], nil for nothing.
func (n *trieNode) find(b []byte, start, end int) *trieKey {
	if start == end || !n.mayHave(end-start, b[start]) {
		return nil
	}
	return n.lookUp(b, start, end)
}

// mayHave reports whether there are keys of a length that start with a letter in either case.
func (n *trieNode) mayHave(length int, letter byte) bool {
	return uint(length) <= maxKey && n.startsWith(length, letter) != 0
}

// The bits of startsWith.
const aNode, aFact = 1, 1 << 32

// startsWith tells whether there are keys of a length, which is at most maxKey, that start with a letter in either case: keys with a
// node, and keys that lead to facts alone.
func (n *trieNode) startsWith(length int, letter byte) uint64 {
	return n.starts[length] >> (letter & 31) & (aNode | aFact)
}

// lookUp is find for a key whose length and first letter do not rule out that the trie has the key.
func (n *trieNode) lookUp(b []byte, start, end int) *trieKey {
	tail := tailOf(b, start, end)
	at := n.slots[slotOf(tail, end-start, n.seed)]
	if at == 0 {
		return nil
	}
	// Nearly always the first key of the slot is the one, spelled as most often.
	k := &n.keys[at-1]
	length := end - start
	if k.words[0] == tail && len(k.key) == length && (length <= 8 || binary.LittleEndian.Uint64(b[start:]) == k.words[1] &&
		(length <= 16 || length <= 24 && binary.LittleEndian.Uint64(b[start+8:]) == k.words[2])) {
		return k
	}
	return n.search(at, b[start:end])
}

// search looks for a key among those of a slot.
func (n *trieNode) search(at uint16, key []byte) *trieKey {
	for at != 0 {
		k := &n.keys[at-1]
		if k.key == string(key) || len(k.lower) == len(key) && equalFold(view.String(key), k.lower) {
			return k
		}
		at = k.next
	}
	return nil
}

// child returns the node under a key, or nil.
func (n *trieNode) child(key string) *trieNode {
	if k := n.find(view.Bytes(key), 0, len(key)); k != nil {
		return k.node
	}
	return nil
}

// equalFold reports whether key is lower but for the case of its ASCII letters. Both have the same length.
func equalFold(key, lower string) bool {
	for i := range len(key) {
		c := key[i]
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

func toLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
	return string(b)
}
