package filter

import "slices"

// A fact is one place of a field that rules about the severity ask for.
type fact struct {
	field uint8  // in the fields of the program
	rank  uint8  // of several places that say something, the one with the lowest rank counts
	key   string // in lower case: where a map stands at the place, the key in the map; "" for the value itself
}

// A factTable holds the keys of a map that lead to facts and to nothing else. Every key of every record is looked up here once more if
// rules ask for facts, so both a miss and a hit must be cheap.
type factTable struct {
	starts [maxKey + 1]uint32 // bit c&31 of starts[n]: a key of n bytes starts with c, in either case
	slots  [256]uint8         // by slotOf: the position in keys, plus 1; 0 for no key
	seed   uint32             // of slotOf, with which few keys share a slot
	keys   []factKey
}

type factKey struct {
	key, lower string
	facts      []fact
	next       uint8 // another key of the same slot, plus 1
}

// takeFacts moves the leaves that are the only ones under their key, and are facts, to the table of the node. It returns the rest.
func (n *trieNode) takeFacts(leaves []leaf) (rest []leaf) {
	isFact := func(l leaf) bool { return l.fact != nil && len(l.path) == 1 }
	for _, l := range leaves {
		key, lower := l.path[0].Key, toLower(l.path[0].Key)
		if !isFact(l) || slices.ContainsFunc(leaves, func(o leaf) bool { return toLower(o.path[0].Key) == lower && !isFact(o) }) {
			rest = append(rest, l)
			continue
		}
		if n.facts == nil {
			n.facts = &factTable{}
		}
		t := n.facts
		i := slices.IndexFunc(t.keys, func(k factKey) bool { return k.lower == lower })
		if i < 0 {
			i = len(t.keys)
			t.keys = append(t.keys, factKey{key: key, lower: lower})
			t.starts[len(key)] |= 1 << (key[0] & 31)
		}
		t.keys[i].facts = append(t.keys[i].facts, *l.fact)
	}
	if n.facts != nil {
		n.facts.hash()
	}
	return rest
}

// slotOf returns the slot of a key, by its length and three of its letters in either case.
func slotOf(length int, first, middle, last byte, seed uint32) uint8 {
	letters := uint32(first) | uint32(middle)<<8 | uint32(last)<<16 | 0x202020
	return uint8((letters | uint32(length)<<24) * seed >> 24)
}

// hash fills the slots, with the seed of a few hundred for which the fewest keys share a slot with another key.
func (t *factTable) hash() {
	slot := func(k *factKey, seed uint32) uint8 {
		return slotOf(len(k.key), k.key[0], k.key[len(k.key)/2], k.key[len(k.key)-1], seed)
	}
	fewest, seed := len(t.keys)+1, uint32(1)
	for range 400 {
		var taken [256]bool
		shared := 0
		for i := range t.keys {
			at := slot(&t.keys[i], seed)
			if taken[at] {
				shared++
			}
			taken[at] = true
		}
		if shared < fewest {
			fewest, t.seed = shared, seed
		}
		if shared == 0 {
			break
		}
		seed = seed*1664525 + 1013904223 | 1
	}
	for i := range t.keys {
		at := slot(&t.keys[i], t.seed)
		t.keys[i].next = t.slots[at]
		t.slots[at] = uint8(i + 1)
	}
}

// find returns what is asked of the value under a key, nil for nothing. The key is neither empty nor too long.
func (t *factTable) find(key string) []fact {
	for i := t.slots[slotOf(len(key), key[0], key[len(key)/2], key[len(key)-1], t.seed)]; i != 0; i = t.keys[i-1].next {
		if k := &t.keys[i-1]; key == k.key || len(key) == len(k.lower) && equalFold(key, k.lower) {
			return k.facts
		}
	}
	return nil
}

// mayHave reports whether the first letter of the key at i, which is whole, does not rule out that the key leads to facts.
func (t *factTable) mayHave(b []byte, i int) bool {
	return uint(i+1) < uint(len(b)) && (b[i]&0xe0 != 0xa0 || t.starts[b[i]&0x1f]>>(b[i+1]&31)&1 != 0)
}
