package filter

import "fluent-bit-entra-signin/catalog"

// A rendered entry is what is appended to a record with its code, encoded once.
type rendered struct {
	pairs  []byte   // all of it, for a record that has no target yet
	roots  int      // pairs in it
	values [][]byte // by target: its value, nil where the entry has none
}

// render encodes what an entry appends.
func (l *layout) render(enc encoding, e *catalog.Entry) rendered {
	r := rendered{values: make([][]byte, len(l.targets))}
	r.pairs, r.roots = l.renderLevel(enc, e, &r, l.roots)
	return r
}

func (l *layout) renderLevel(enc encoding, e *catalog.Entry, r *rendered, level []int8) (pairs []byte, n int) {
	for _, t := range level {
		target := &l.targets[t]
		if target.field != nil {
			if v := target.field(e); v != nil {
				r.values[t] = enc.value(nil, v)
			}
		} else if inner, k := l.renderLevel(enc, e, r, target.kids); k > 0 {
			r.values[t] = enc.mapping(nil, inner, k)
		}
		if r.values[t] != nil {
			pairs = enc.pair(pairs, target.key, r.values[t])
			n++
		}
	}
	return pairs, n
}

// fill notes the edits that give a record what was rendered for it. m is the map that the targets of this level belong to;
// overwrite says what becomes of a field that the record has.
func (l *layout) fill(res *Result, enc encoding, r *rendered, level []int8, m container, overwrite bool) {
	for _, t := range level {
		value, found := r.values[t], res.seen.find(t)
		if value == nil || found == nil {
			continue
		}
		if l.targets[t].field == nil {
			// A value that is no map has no room for ours; it is the record's, so it stays.
			if found.isMap {
				l.fill(res, enc, r, l.targets[t].kids, found.container, overwrite)
			}
			continue
		}
		if !overwrite {
			continue
		}
		for _, h := range res.seen.hits {
			if h.target == t {
				res.replace(h.start, h.end, value)
			}
		}
	}
	pairs, n := res.arena.begin(), 0
	for _, t := range level {
		if value := r.values[t]; value != nil && res.seen.find(t) == nil {
			pairs.room(maxKey*6 + 8 + len(value)) // a key in JSON takes at most 6 bytes for each of its own
			res.arena.block = enc.pair(res.arena.block, l.targets[t].key, value)
			n++
		}
	}
	if n > 0 {
		enc.grow(res, m, pairs.bytes(), n)
	}
}

// renderAll encodes every entry of a catalog, by position.
func (l *layout) renderAll(enc encoding, c *catalog.Catalog) []rendered {
	all := make([]rendered, c.Len())
	for i := range all {
		all[i] = l.render(enc, c.At(i))
	}
	return all
}
