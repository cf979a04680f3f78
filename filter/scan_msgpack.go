package filter

import "fluent-bit-entra-signin/internal/msgpack"

// scan notes what stands at the paths below n in the map at i, and returns the index behind the map. It recurses only
// along the trie, so no deeper than a path is long.
func (f *findings) scan(n *trieNode, b []byte, i int) int {
	pairs, i, ok := msgpack.MapHead(b, i)
	if !ok {
		return msgpack.Bad
	}
	for ; pairs > 0; pairs-- {
		var k *trieKey
		if uint(i+1) < uint(len(b)) && b[i]&0xe0 == 0xa0 {
			// A short string, as nearly all keys are. The first letter shows of most keys that the trie lacks them, and most facts say
			// nothing.
			start := i + 1
			length := int(b[i] & 0x1f)
			i = start + length
			if may := n.startsWith(length, b[start]); may != 0 && i <= len(b) && (may&aNode != 0 || !saysNothing(b, i)) {
				k = n.lookUp(b, start, i)
			}
		} else if i, k = n.readKey(b, i); i == msgpack.Bad {
			return msgpack.Bad
		}
		if k != nil && k.node == nil {
			f.facts.note(k.facts, b, i)
			k = nil
		}
		switch {
		case k != nil:
			i = f.visit(k.node, b, i)
		case uint(i) < uint(len(b)) && b[i]&0xe0 == 0xa0:
			i += 1 + int(b[i]&0x1f) // a short string, as in msgpack.Skip
		case uint(i+1) < uint(len(b)) && b[i] == 0xd9:
			i += 2 + int(b[i+1]) // a string of up to 255 bytes
		case uint(i) < uint(len(b)) && msgpack.Width(b[i]) != 0:
			i += msgpack.Width(b[i]) // a number, true, false or null, or an empty map or list
		default:
			i = msgpack.Skip(b, i)
		}
		if i == msgpack.Bad {
			return msgpack.Bad
		}
	}
	if i > len(b) {
		return msgpack.Bad
	}
	return i
}

// readKey reads the key at i and returns the index behind the key and what the trie has for the key, nil for nothing.
func (n *trieNode) readKey(b []byte, i int) (next int, k *trieKey) {
	key, next, ok := msgpack.Text(b, i)
	if !ok {
		return msgpack.Skip(b, i), nil // a key that is not text names nothing
	}
	return next, n.find(b, next-len(key), next)
}

// visit notes the value at i, which stands at n, and returns the index behind the value.
func (f *findings) visit(n *trieNode, b []byte, i int) (next int) {
	if n.onlyRules && uint(i) < uint(len(b)) {
		// Most values that are visited are plain text or a code of 0.
		if c := b[i]; c&0xe0 == 0xa0 || c == 0xd9 {
			text, next, ok := msgpack.Text(b, i)
			if !ok {
				return msgpack.Bad
			}
			f.note(n, value{kind: textual, text: text}, i, next)
			return next
		} else if c <= 0x7f {
			f.note(n, value{kind: numeric, num: int64(c)}, i, i+1)
			return i + 1
		}
	}
	pairs, head, isMap := msgpack.MapHead(b, i)
	if n.here != nil {
		f.facts.note(n.here, b, i)
	}
	switch {
	case isMap && n.keys != nil:
		next = f.scan(n, b, i)
	case n.items != nil:
		next = f.scanList(n, b, i)
	default:
		next = msgpack.Skip(b, i)
	}
	if next == msgpack.Bad {
		return msgpack.Bad
	}
	if n.field >= 0 {
		f.noteExisting(existingField{n.field, isMap, mapSpan{start: i, head: head, end: next, pairs: pairs}})
	}
	if n.rules == 0 && !n.text {
		return next
	}
	v := readValue(b, i)
	f.note(n, v, i, next)
	if n.text && v.kind == textual {
		f.scanText(n, v.text)
	}
	return next
}

// scanList is scan for the elements of a list. Anything else is skipped.
func (f *findings) scanList(n *trieNode, b []byte, i int) (next int) {
	values, next, ok := msgpack.ArrayHead(b, i)
	if !ok {
		return msgpack.Skip(b, i)
	}
	items := n.items
	for at := uint64(0); at < values; at++ {
		if len(items) > 0 && at == uint64(items[0].index) {
			next = f.visit(items[0].node, b, next)
			items = items[1:]
		} else {
			next = msgpack.Skip(b, next)
		}
		if next == msgpack.Bad {
			return msgpack.Bad
		}
	}
	return next
}

// readValue returns what a decision can use of the value at i, which is whole.
func readValue(b []byte, i int) value {
	if t, _, ok := msgpack.Text(b, i); ok {
		return value{kind: textual, text: t}
	}
	if n, ok := msgpack.Integer(b, i); ok {
		return value{kind: numeric, num: n}
	}
	if _, _, ok := msgpack.MapHead(b, i); ok {
		return value{kind: object}
	}
	if n, first, ok := msgpack.ArrayHead(b, i); ok && n > 0 {
		if _, _, isMap := msgpack.MapHead(b, first); isMap {
			return value{kind: records}
		}
		if _, _, isArray := msgpack.ArrayHead(b, first); !isArray {
			return readValue(b, first) // the first of a list of codes
		}
	}
	return value{}
}
