package filter

import (
	"slices"

	"fluent-bit-entra-signin/internal/view"
)

// Asked is what an engine asks for in a map of a record, so that whoever scans records for something of their own can hand the engine
// an excerpt: a record without the pairs that are not asked for gets the same code, severity and fields as the whole record. It is good
// until the engine gets another catalog or other rules. The zero value asks for nothing.
type Asked struct {
	inside, facts *trieNode // of the two scans; nil for nothing
}

// Asked returns what the engine asks for in a record.
func (e *Engine) Asked() Asked {
	s := e.state.Load()
	return Asked{s.trie, s.factTrie}
}

// Under returns whether the value under a key is asked for, and if only some of its pairs are where the value is a map, which.
func (a Asked) Under(key string) (inside Asked, ok bool) {
	of, all := a.inside.asked(key)
	facts, allFacts := a.facts.asked(key)
	if all || allFacts {
		return Asked{}, true
	}
	return Asked{of, facts}, of != nil || facts != nil
}

// asked returns the node under a key, or that all of the value there is asked for.
func (n *trieNode) asked(key string) (under *trieNode, all bool) {
	if n == nil {
		return nil, false
	}
	for i := range n.here {
		if lower := n.here[i].key; len(key) == len(lower) && equalFold(key, lower) {
			return nil, true
		}
	}
	k := n.find(view.Bytes(key), 0, len(key))
	switch {
	case k == nil:
		return nil, false
	case k.node == nil || k.node.rules != 0 || k.node.field >= 0 || k.node.items != nil ||
		slices.ContainsFunc(k.node.here, func(f fact) bool { return f.key == "" }):
		return nil, true
	}
	return k.node, false
}

// Some reports whether there is anything that is asked for.
func (a Asked) Some() bool { return a != Asked{} }
