package filter

import (
	"strings"

	"fluent-bit-entra-signin/catalog/rules"
	"fluent-bit-entra-signin/internal/msgpack"
	"fluent-bit-entra-signin/internal/view"
)

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

// maxDocs bounds the texts in which facts are noted. Real records have three at most; one that repeats a key could have any number.
const maxDocs = 64

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

// enter notes that the scan goes on in a text inside the record, and returns what the scan was in before.
func (f *facts) enter(text string) (around uint16) {
	around = f.doc
	if len(f.docs) > 0 {
		f.doc = uint16(len(f.docs))
		if len(f.docs) < maxDocs {
			f.docs = append(f.docs, text)
		}
	}
	return around
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
	if f.doc == maxDocs {
		return
	}
	for j := range asked {
		one := &asked[j]
		if at := &f.at[one.field]; f.present>>one.field&1 == 0 || one.rank < at.one.rank {
			f.present |= 1 << one.field
			*at = factPlace{i, one, f.doc}
		}
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
