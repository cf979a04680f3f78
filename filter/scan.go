package filter

// scan takes note of what stands at the places below n in the map at i, and returns the index behind the map.
// It recurses only along the tree of places, so no deeper than a path is long.
func (s *sighting) scan(n *node, b []byte, i int) int {
	pairs, i, ok := mapHead(b, i)
	if !ok {
		return bad
	}
	for ; pairs > 0; pairs-- {
		var kid *node
		if i, kid = n.key(b, i); i == bad {
			return bad
		}
		switch {
		case kid != nil:
			i = s.visit(kid, b, i)
		case uint(i) < uint(len(b)) && b[i]&0xe0 == 0xa0:
			i += 1 + int(b[i]&0x1f) // a short string, as in skip
		default:
			i = skip(b, i)
		}
		if i == bad {
			return bad
		}
	}
	if i > len(b) {
		return bad
	}
	return i
}

// key reads the key at i and returns the index behind it and the node under it, nil for none.
func (n *node) key(b []byte, i int) (next int, kid *node) {
	// Most keys are short strings; of those, most begin as no key of that length in the tree does.
	if uint(i+1) < uint(len(b)) && b[i]&0xe0 == 0xa0 {
		length := int(b[i] & 0x1f)
		if n.starts[length]>>(b[i+1]&31)&1 == 0 {
			return i + 1 + length, nil
		}
	}
	key, next, ok := text(b, i)
	if !ok {
		return skip(b, i), nil // a key that is no text names nothing
	}
	return next, n.child(key)
}

// visit takes note of the value at i, which stands at n, and returns the index behind it.
func (s *sighting) visit(n *node, b []byte, i int) (next int) {
	pairs, head, isMap := mapHead(b, i)
	switch {
	case isMap && n.kids != nil:
		next = s.scan(n, b, i)
	case n.items != nil:
		next = s.scanList(n, b, i)
	default:
		next = skip(b, i)
	}
	if next == bad {
		return bad
	}
	if n.target >= 0 {
		s.hit(hit{n.target, isMap, container{start: i, head: head, end: next, pairs: pairs}})
	}
	if n.places == 0 && !n.text {
		return next
	}
	v := read(b, i)
	v.start, v.end = i, next
	s.note(n, v)
	if n.text && v.kind == textual {
		s.scanText(n, v.text)
	}
	return next
}

// scanList is scan for the elements of a list. What is not a list is passed over.
func (s *sighting) scanList(n *node, b []byte, i int) (next int) {
	values, next, ok := arrayHead(b, i)
	if !ok {
		return skip(b, i)
	}
	items := n.items
	for at := uint64(0); at < values; at++ {
		if len(items) > 0 && at == uint64(items[0].index) {
			next = s.visit(items[0].node, b, next)
			items = items[1:]
		} else {
			next = skip(b, next)
		}
		if next == bad {
			return bad
		}
	}
	return next
}

// read returns what a decision can use of the value at i, which is whole.
func read(b []byte, i int) value {
	if n, ok := number(b, i); ok {
		return value{kind: numeric, num: n}
	}
	if t, _, ok := text(b, i); ok {
		return value{kind: textual, text: t}
	}
	if n, first, ok := arrayHead(b, i); ok && n > 0 {
		if _, _, isMap := mapHead(b, first); isMap {
			return value{kind: list}
		}
		if _, _, isArray := arrayHead(b, first); !isArray {
			return read(b, first) // the first of a list of codes
		}
	}
	return value{}
}
