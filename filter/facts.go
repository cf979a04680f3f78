package filter

import (
	"strings"

	"fluent-bit-entra-signin/catalog/rules"
	"fluent-bit-entra-signin/internal/msgpack"
	"fluent-bit-entra-signin/internal/view"
)

// facts are where a record has what the rules about the severity ask for. A scan only notes the places; what stands there is read if
// the code of the record has a rule that asks. The scan of every record notes the early fields of the rules, which tell of nearly all
// records that no rule fires. Only the others are scanned again, for all fields.
type facts struct {
	present uint64 // bit n: at[n] is set
	plain   uint64 // bit n: what stands there meets no condition
	at      [64]factPlace
	docs    []string // what the places are in: first the record itself, then JSON that is in strings of the record
	doc     uint16   // of docs, the one that the scan is in
	packed  bool     // the record itself is MessagePack
	start   int      // of the record, in docs[0]
}

// A fact is one place of a field that rules about the severity ask for.
type fact struct {
	field uint8       // in the fields of the program
	rank  uint8       // of several places that say something, the one with the lowest rank counts
	key   string      // in lower case: where a map stands at the place, the key in the map; "" for the value itself
	shape rules.Shape // of the field
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
func (f *facts) begin(record string, start int, packed bool) {
	f.reset()
	f.docs, f.start, f.packed = append(f.docs, record), start, packed
}

func (f *facts) reset() {
	if len(f.docs) > 0 {
		clear(f.docs)
		f.docs = f.docs[:0]
	}
	f.present, f.plain, f.doc = 0, 0, 0
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

// note notes the value in MessagePack at i, if the value says something.
func (f *facts) note(asked []fact, b []byte, i int) {
	if saysNothing(b, i) {
		return
	}
	text, _, _ := msgpack.Text(b, i) // "" for anything else
	f.add(asked, text, i)
}

// saysNothing reports whether the value in MessagePack at i says nothing.
func saysNothing(b []byte, i int) bool {
	return uint(i) >= uint(len(b)) || mayBeNothing[b[i]] && isNothing(b, i)
}

// mayBeNothing tells by the first byte of a value in MessagePack whether the value may say nothing: null, an empty map, list or text,
// and texts of some lengths.
var mayBeNothing = [256]bool{0xc0: true, 0x80: true, 0x90: true, 0xa0: true, 0xa0 | 4: true, 0xa0 | 6: true, 0xa0 | 18: true}

func isNothing(b []byte, i int) bool {
	if b[i]&0xe0 != 0xa0 {
		return true
	}
	start, length := i+1, int(b[i]&0x1f)
	return start+length <= len(b) && rules.SaysNothing(view.String(b[start:start+length]))
}

// noteJSON is note for a value in JSON.
func (f *facts) noteJSON(asked []fact, raw string, i int) {
	text := ""
	switch raw[0] {
	case 'n':
		return
	case '{', '[':
		if pairsIn(raw) == 0 {
			return
		}
	case '"':
		if text = raw[1 : len(raw)-1]; rules.SaysNothing(text) {
			return
		}
		if strings.IndexByte(text, '\\') >= 0 {
			text = ""
		}
	}
	f.add(asked, text, i)
}

// add notes the value at i for what is asked of it. text is the value, if it is a text.
func (f *facts) add(asked []fact, text string, i int) {
	if f.doc == maxDocs {
		return
	}
	for j := range asked {
		one := &asked[j]
		bit := uint64(1) << one.field
		if at := &f.at[one.field]; f.present&bit == 0 || one.rank < at.one.rank {
			f.present |= bit
			f.plain &^= bit
			if text != "" && one.key == "" && one.shape.Excludes(text) {
				f.plain |= bit
			}
			*at = factPlace{i, one, f.doc}
		}
	}
}

// factLeaves returns what a scan notes for those fields of a program whose bits are set.
func factLeaves(p *rules.Program, wanted uint64) (leaves []leaf) {
	for i, f := range p.Fields() {
		if wanted>>i&1 == 0 {
			continue
		}
		for rank, place := range f.Places {
			path, _ := parsePath(place)
			last := path[len(path)-1].Key
			for _, grouped := range groupings(path) {
				one := fact{field: uint8(i), rank: uint8(rank), shape: p.Shape(i)}
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
