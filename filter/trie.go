package filter

import (
	"cmp"
	"fmt"
	"slices"

	"fluent-bit-entra-signin/internal/keypath"
)

// A trieNode is a map that a scan looks into, or a value that a scan notes. The trie of all paths is made once for an
// engine. Every key of every record is looked up in the trie, so a miss must cost next to nothing.
type trieNode struct {
	keys    []trieKey
	starts  [maxKey + 1]uint64 // for startsWith: bit c&31 of starts[n] for a key of n bytes that starts with c and has a node; bit 32 + c&31 for one without
	slots   [256]uint16        // by slotOf: the position in keys, plus 1; 0 for no key
	seed    uint64             // of slotOf
	items   []trieItem         // of a list that is here, by index
	rules   uint64             // bit n: the path of rules[n] ends here
	asNamed uint64             // those of rules whose keys are spelled as the user spelled them
	field   int8               // index of the output field that is here, or -1
	text    bool               // a string here may hold the map as JSON
	here    []fact             // what rules about the severity ask of the value here

	onlyRules bool // only rules end here, and nothing is below
}

// A trieItem is an element of a list that a scan looks at.
type trieItem struct {
	index int
	node  *trieNode
}

// maxKey is the longest key, in bytes, that the trie can hold. The values of options are checked against maxKey.
const maxKey = 62

// A leaf is what a scan notes at the end of a path: a rule, an output field, a map that may be text, or a fact.
type leaf struct {
	path    keypath.Path
	fold    bool   // keys match in any case: pipelines before this one change it
	rules   uint64 // a bit, or 0
	asNamed uint64 // the same bit, or 0
	field   int8   // or -1
	text    bool
	fact    *fact
}

// newTrie makes the trie of some leaves. A key that must match exactly leads to everything that the same key in any case
// leads to, so that a scan has one way to go.
func newTrie(leaves []leaf) *trieNode {
	n := &trieNode{field: -1}
	var ahead []leaf
	for _, l := range leaves {
		if len(l.path) > 0 {
			ahead = append(ahead, l)
			continue
		}
		n.rules |= l.rules
		n.asNamed |= l.asNamed
		n.field = max(n.field, l.field)
		n.text = n.text || l.text
		if l.fact != nil {
			n.here = append(n.here, *l.fact)
		}
	}
	for _, l := range ahead {
		if l.path[0].Key == "" {
			n.addItem(ahead, l.path[0].Index)
			continue
		}
		k := newKey(l.path[0].Key, l.fold)
		if slices.ContainsFunc(n.keys, func(have trieKey) bool {
			return have.lower == k.lower && (have.key == k.key || k.lower != "")
		}) {
			continue
		}
		lower := toLower(k.key)
		under := below(ahead, func(step keypath.Step, fold bool) bool {
			return fold && len(step.Key) == len(lower) && equalFold(step.Key, lower) || !fold && k.lower == "" && step.Key == k.key
		})
		if k.facts = factsOf(under); k.facts == nil {
			k.node = newTrie(under)
		}
		n.keys = append(n.keys, k)
		bit := k.key[0] & 31
		if k.node == nil {
			bit += 32
		}
		n.starts[len(k.key)] |= 1 << bit
	}
	n.hash()
	n.onlyRules = n.rules != 0 && n.field < 0 && !n.text && n.here == nil && n.keys == nil && n.items == nil
	return n
}

// factsOf returns the facts that some leaves are; nil if one is not a fact, or not at the end of its path.
func factsOf(leaves []leaf) (facts []fact) {
	for _, l := range leaves {
		if l.fact == nil || len(l.path) > 0 {
			return nil
		}
		facts = append(facts, *l.fact)
	}
	return facts
}

// addItem adds the element at an index, with the leaves that it leads to.
func (n *trieNode) addItem(leaves []leaf, index int) {
	at, found := slices.BinarySearchFunc(n.items, index, func(it trieItem, index int) int { return cmp.Compare(it.index, index) })
	if !found {
		here := newTrie(below(leaves, func(step keypath.Step, _ bool) bool { return step == keypath.Step{Index: index} }))
		n.items = slices.Insert(n.items, at, trieItem{index, here})
	}
}

// below returns the leaves that a step leads to, with the rest of their paths.
func below(leaves []leaf, leads func(step keypath.Step, fold bool) bool) (some []leaf) {
	for _, l := range leaves {
		if leads(l.path[0], l.fold) {
			l.path = l.path[1:]
			some = append(some, l)
		}
	}
	return some
}

// parsePath reads the path of a value in a record.
func parsePath(text string) (keypath.Path, error) {
	path, err := keypath.Parse(text)
	if err != nil {
		return nil, err
	}
	for _, step := range path {
		if len(step.Key) > maxKey {
			return nil, fmt.Errorf("path %q: the key %q has %d bytes; at most %d are allowed", text, step.Key, len(step.Key), maxKey)
		}
	}
	return path, nil
}

// groupings returns every way to write a path with some of its dots inside keys: a.b.c, "a.b".c, a."b.c", "a.b.c".
// Elastic's tools write their field names either way, and mixed. Keys that would be longer than maxKey are left out.
func groupings(path keypath.Path) []keypath.Path {
	if len(path) < 2 {
		return []keypath.Path{path}
	}
	var all []keypath.Path
	first := path[0]
	for _, tail := range groupings(path[1:]) {
		all = append(all, append(keypath.Path{first}, tail...))
		if first.Key == "" || tail[0].Key == "" {
			continue
		}
		if joined := first.Key + "." + tail[0].Key; len(joined) <= maxKey {
			all = append(all, append(keypath.Keys(joined), tail[1:]...))
		}
	}
	return all
}
