package filter

import (
	"cmp"
	"slices"

	"fluent-bit-entra-signin/internal/keypath"
)

// A node is a map that a scan looks into, or a value that it takes note of. The tree of nodes is made once for an
// engine; every key of every record is asked of it, so a miss must cost next to nothing.
type node struct {
	kids    []kid
	first   [maxKey + 2]uint16 // kids[first[n]:first[n+1]] have keys of n bytes
	starts  [maxKey + 1]uint32 // bit c&31 of starts[n]: a key of n bytes starts with c, in either case
	items   []item             // of a list that is here, by index
	places  uint64             // bit n: places[n] is here
	asNamed uint64             // those of places whose keys are spelled as the user spelled them
	target  int8               // index of the target that is here, or -1
	text    bool               // a string here may hold the map as JSON
}

// An item is an element of a list that a scan looks at.
type item struct {
	index int
	node  *node
}

type kid struct {
	key   string // as it is most often spelled
	lower string // of key; "" where the case must match
	node  *node
}

// maxKey is the longest key that the tree can hold. Option values are checked against it.
const maxKey = 62

// A spot is what is to be noted at the end of a path: one of place, target and text.
type spot struct {
	path    keypath.Path
	fold    bool   // keys match in any case: pipelines before this one change it
	places  uint64 // a bit, or 0
	asNamed uint64 // the same bit, or 0
	target  int8   // or -1
	text    bool
}

// newNode makes the tree of some spots. A key that must match exactly leads to everything that the same key in any case
// leads to, so that a scan has one way to go.
func newNode(spots []spot) *node {
	n := &node{target: -1}
	var ahead []spot
	for _, s := range spots {
		if len(s.path) > 0 {
			ahead = append(ahead, s)
			continue
		}
		n.places |= s.places
		n.asNamed |= s.asNamed
		n.target = max(n.target, s.target)
		n.text = n.text || s.text
	}
	for _, s := range ahead {
		if s.path[0].Key == "" {
			n.addItem(ahead, s.path[0].Index)
			continue
		}
		k := kid{key: s.path[0].Key}
		if s.fold {
			k.lower = toLower(k.key)
		}
		if slices.ContainsFunc(n.kids, func(have kid) bool {
			return have.lower == k.lower && (have.key == k.key || k.lower != "")
		}) {
			continue
		}
		k.node = newNode(below(ahead, func(step keypath.Step, fold bool) bool {
			return fold && toLower(step.Key) == toLower(k.key) || !fold && k.lower == "" && step.Key == k.key
		}))
		n.kids = append(n.kids, k)
		n.starts[len(k.key)] |= 1 << (k.key[0] & 31)
	}
	slices.SortFunc(n.kids, func(a, b kid) int {
		return cmp.Or(len(a.key)-len(b.key), cmp.Compare(a.lower, b.lower)) // "", which must match, comes first
	})
	i := 0
	for length := range n.first {
		for i < len(n.kids) && len(n.kids[i].key) < length {
			i++
		}
		n.first[length] = uint16(i)
	}
	return n
}

// addItem adds the element at an index, with the spots that lead to it.
func (n *node) addItem(spots []spot, index int) {
	at, found := slices.BinarySearchFunc(n.items, index, func(it item, index int) int { return cmp.Compare(it.index, index) })
	if !found {
		here := newNode(below(spots, func(step keypath.Step, _ bool) bool { return step == keypath.Step{Index: index} }))
		n.items = slices.Insert(n.items, at, item{index, here})
	}
}

// below returns the spots that a step leads to, with what is left of their paths.
func below(spots []spot, leads func(step keypath.Step, fold bool) bool) (some []spot) {
	for _, s := range spots {
		if leads(s.path[0], s.fold) {
			s.path = s.path[1:]
			some = append(some, s)
		}
	}
	return some
}

// child returns the node under a key, or nil.
func (n *node) child(key string) *node {
	if len(key) > maxKey || key == "" || n.starts[len(key)]>>(key[0]&31)&1 == 0 {
		return nil
	}
	for i := n.first[len(key)]; i < n.first[len(key)+1]; i++ {
		k := &n.kids[i]
		if key == k.key || k.lower != "" && equalFold(key, k.lower) {
			return k.node
		}
	}
	return nil
}

// equalFold tells whether key is lower but for the case of its ASCII letters; both have the same length.
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
