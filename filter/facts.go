package filter

import (
	"slices"
	"strings"

	"fluent-bit-entra-signin/catalog/rules"
	"fluent-bit-entra-signin/internal/jsontext"
	"fluent-bit-entra-signin/internal/msgpack"
	"fluent-bit-entra-signin/internal/view"
)

// A fact is one place of a field that rules about the severity ask for.
type fact struct {
	field uint8  // in the fields of the program
	rank  uint8  // of several places that say something, the one with the lowest rank counts
	key   string // in lower case: where a map stands at the place, the key in the map; "" for the value itself
}

// facts are where a record has what the rules about the severity ask for. A scan only notes the places; what stands there is read if
// the code of the record has a rule that asks.
type facts struct {
	present uint64 // bit n: at[n] is set
	at      [64]factPlace
	docs    []string // what the places are in: first the record itself, then JSON that is in strings of the record
	doc     uint16   // of docs, the one that the scan is in
	packed  bool     // the record itself is MessagePack
}

// A factPlace is where a value begins.
type factPlace struct {
	start int
	one   *fact
	doc   uint16
}

// begin makes the facts ready for a record.
func (f *facts) begin(record string, packed bool) {
	f.reset()
	f.docs, f.packed = append(f.docs, record), packed
}

func (f *facts) reset() {
	if len(f.docs) > 0 {
		clear(f.docs)
		f.docs = f.docs[:0]
	}
	f.present, f.doc = 0, 0
}

// enter notes that the scan goes on in a text inside the record, and returns what it was in before.
func (f *facts) enter(text string) (around uint16) {
	around = f.doc
	if len(f.docs) > 0 {
		f.doc = uint16(len(f.docs))
		f.docs = append(f.docs, text)
	}
	return around
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

// look notes the value in MessagePack at i if the key before the value leads to facts.
func (f *facts) look(t *factTable, b []byte, key, i int) {
	if saysNothing(b, i) {
		return
	}
	if text, _, ok := msgpack.Text(b, key); ok && text != "" && len(text) <= maxKey {
		f.add(t.find(text), i)
	}
}

// lookJSON is look for a value in JSON from start to end.
func (f *facts) lookJSON(t *factTable, key string, b []byte, start, end int) {
	if key != "" && len(key) <= maxKey && t.starts[len(key)]>>(key[0]&31)&1 != 0 {
		f.noteJSON(t.find(key), view.String(b[start:end]), start)
	}
}

// note notes the value in MessagePack at i, if the value says something.
func (f *facts) note(asked []fact, b []byte, i int) {
	if !saysNothing(b, i) {
		f.add(asked, i)
	}
}

// saysNothing reports whether the value in MessagePack at i says nothing.
func saysNothing(b []byte, i int) bool {
	if uint(i) >= uint(len(b)) {
		return true
	}
	switch c := b[i]; c {
	case 0xc0, 0x80, 0x90, 0xa0: // null, and an empty map, list and text
		return true
	case 0xa0 | 4, 0xa0 | 6, 0xa0 | 18:
		end := i + 1 + int(c&0x1f)
		return end <= len(b) && rules.SaysNothing(view.String(b[i+1:end]))
	}
	return false
}

// noteJSON is note for a value in JSON.
func (f *facts) noteJSON(asked []fact, raw string, i int) {
	switch raw[0] {
	case 'n':
		return
	case '{', '[':
		if pairsIn(raw) == 0 {
			return
		}
	case '"':
		if rules.SaysNothing(raw[1 : len(raw)-1]) {
			return
		}
	}
	f.add(asked, i)
}

// add notes the value at i for what is asked of it.
func (f *facts) add(asked []fact, i int) {
	for j := range asked {
		one := &asked[j]
		if at := &f.at[one.field]; f.present>>one.field&1 == 0 || one.rank < at.one.rank {
			f.present |= 1 << one.field
			*at = factPlace{i, one, f.doc}
		}
	}
}

// Read implements rules.Record.
func (f *facts) Read(field int, to *rules.Answer) {
	at := &f.at[field]
	doc := f.docs[at.doc]
	if f.packed && at.doc == 0 {
		readFact(view.Bytes(doc), at.start, at.one.key, to, 0)
	} else {
		readFactJSON(doc, at.start, at.one.key, to, 0)
	}
}

// maxLists is how many lists inside each other a fact may be in.
const maxLists = 2

// readFact tells the values at i, or those under a key of the maps there, so many lists deep.
func readFact(b []byte, i int, key string, to *rules.Answer, lists int) {
	if text, _, ok := msgpack.Text(b, i); ok {
		tellText(text, key, to, lists)
		return
	}
	if n, next, ok := msgpack.MapHead(b, i); ok {
		for ; n > 0 && key != ""; n-- {
			name, value, isText := msgpack.Text(b, next)
			if !isText {
				value = msgpack.Skip(b, next)
			}
			if isText && len(name) == len(key) && equalFold(name, key) {
				readFact(b, value, "", to, lists)
				return
			}
			next = msgpack.Skip(b, value)
		}
		if key == "" {
			to.Other()
		}
		return
	}
	if n, next, ok := msgpack.ArrayHead(b, i); ok {
		if lists == maxLists {
			to.Other()
			return
		}
		for ; n > 0; n-- {
			readFact(b, next, key, to, lists+1)
			next = msgpack.Skip(b, next)
		}
		return
	}
	switch c := b[i]; {
	case c == 0xc0:
	case key != "":
		to.Other()
	case c == 0xc2 || c == 0xc3:
		to.Bool(c == 0xc3)
	default:
		if n, ok := msgpack.Integer(b, i); ok {
			to.Number(n)
		} else {
			to.Other()
		}
	}
}

// readFactJSON is readFact for the value at i in JSON, which is valid.
func readFactJSON(doc string, i int, key string, to *rules.Answer, lists int) {
	b := view.Bytes(doc)
	switch c := b[i]; {
	case c == '"':
		end, escaped := jsontext.SkipString(b, i)
		tellText(jsontext.Unquote(doc[i:end], escaped), key, to, lists)
	case c == '{':
		if key == "" {
			to.Other()
			return
		}
		for i = jsontext.SkipBlank(b, i+1); b[i] != '}'; i = jsontext.SkipBlank(b, i) {
			if b[i] == ',' {
				i = jsontext.SkipBlank(b, i+1)
			}
			end, escaped := jsontext.SkipString(b, i)
			name := jsontext.Unquote(doc[i:end], escaped)
			value := jsontext.SkipColon(b, end)
			if len(name) == len(key) && equalFold(name, key) {
				readFactJSON(doc, value, "", to, lists)
				return
			}
			i = jsontext.Skip(b, value, jsontext.MaxDepth)
		}
	case c == '[':
		if lists == maxLists {
			to.Other()
			return
		}
		for i = jsontext.SkipBlank(b, i+1); b[i] != ']'; i = jsontext.SkipBlank(b, i) {
			if b[i] == ',' {
				i = jsontext.SkipBlank(b, i+1)
			}
			readFactJSON(doc, i, key, to, lists+1)
			i = jsontext.Skip(b, i, jsontext.MaxDepth)
		}
	case c == 'n':
	case key != "":
		to.Other()
	case c == 't' || c == 'f':
		to.Bool(c == 't')
	default:
		if n, ok := jsontext.Integer(doc[i:jsontext.Skip(b, i, 1)]); ok {
			to.Number(n)
		} else {
			to.Other()
		}
	}
}

// tellText tells a text, or what is in a map or a list that is JSON in the text: Log Analytics has such texts in some tables.
func tellText(text, key string, to *rules.Answer, lists int) {
	if key == "" && to.Kind() != rules.List {
		to.Text(text)
		return
	}
	inner := strings.TrimLeft(text, " \t\r\n")
	switch {
	case inner == "":
	case (inner[0] == '[' || key != "" && inner[0] == '{') && jsontext.Valid(inner):
		readFactJSON(inner, 0, key, to, lists+1)
	case key == "":
		to.Text(text)
	default:
		to.Other()
	}
}

// factLeaves returns what a scan notes for fields of rules.
func factLeaves(fields []rules.Field) (leaves []leaf) {
	for i, f := range fields {
		for rank, place := range f.Places {
			path, _ := parsePath(place)
			last := path[len(path)-1].Key
			for _, grouped := range groupings(path) {
				one := fact{field: uint8(i), rank: uint8(rank)}
				// A map in which rules want a single key is looked into when a rule asks.
				if end := len(grouped) - 1; end > 0 && strings.Contains(f.Name, ".") && grouped[end].Key == last {
					grouped, one.key = grouped[:end], toLower(last)
				}
				leaves = append(leaves, leaf{path: grouped, fold: true, field: -1, fact: &one})
			}
		}
	}
	return leaves
}
