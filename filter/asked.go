package filter

// Asked is what an engine asks for in a map of a record, so that whoever scans records for something of their own can hand the engine
// an excerpt: a record without the pairs that are not asked for gets the same code, severity and fields as the whole record. It is good
// until the engine gets another catalog or other rules. The zero value asks for nothing.
type Asked struct{ node *trieNode }

// Asked returns what the engine asks for in a record.
func (e *Engine) Asked() Asked { return Asked{e.state.Load().trie} }

// Under returns whether the value under a key is asked for, and if only some of its pairs are where the value is a map, which.
func (a Asked) Under(key string) (inside Asked, ok bool) {
	n := a.node
	if n == nil {
		return Asked{}, false
	}
	if child := n.child(key); child != nil {
		if child.rules == 0 && child.field < 0 && child.here == nil && child.items == nil {
			return Asked{child}, true
		}
		return Asked{}, true
	}
	return Asked{}, n.facts != nil && key != "" && len(key) <= maxKey && n.facts.find(key) != nil
}

// Some reports whether there is anything that is asked for.
func (a Asked) Some() bool { return a.node != nil }
