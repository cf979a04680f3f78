package filter

import "math/bits"

// findings are what the scan of one record found at the paths of the trie, whatever the encoding of the record.
type findings struct {
	seen     uint64 // bit n: values[n] is set
	asNamed  uint64 // bit n: the keys that lead to values[n] are spelled as the user spelled them
	values   [maxRules]foundValue
	existing []existingField

	insideString bool // the scan is in JSON inside a string of the record

	facts facts // for the rules about the severity
}

// A foundValue is what was found for a rule.
type foundValue struct {
	value
	// start and end are where the value stands in the input. end is 0 if the value is inside a string.
	start, end int
}

// A value is what a decision can use of a value of the record. It has four words, which is as much as the compiler keeps in registers:
// a larger struct goes from function to function through memory, and the processor waits at each copy for what was just written.
type value struct {
	kind kind
	num  int64
	text string // may point into the input, and lives no longer
}

// kind is the type of a found value, as far as a decision can use the value.
type kind uint8

const (
	useless kind = iota // null, a boolean, an empty list, …
	object              // a map, which at Json_Key may be the record or its envelope, and is useless elsewhere
	numeric
	textual
	records // the records of an envelope
)

// An existingField is an output field that the record already has.
type existingField struct {
	field int8 // index in outTree.fields
	isMap bool
	mapSpan
}

// A mapSpan is where a map stands in a record: from start to end. Its first pair is at head (MessagePack only).
type mapSpan struct {
	start, head, end int
	pairs            uint64
}

// maxExisting bounds how often a record may repeat the output fields for each repetition to be replaced, so that a record made
// of nothing else takes neither much time nor much memory. The first of each field is always noted, so that no field is
// appended twice.
const maxExisting = 32

// reset drops everything: the texts may point into memory that the engine must not keep.
func (f *findings) reset() {
	for seen := f.seen; seen != 0; seen &= seen - 1 {
		f.values[bits.TrailingZeros64(seen)] = foundValue{}
	}
	f.seen, f.asNamed = 0, 0
	f.existing = f.existing[:0]
	f.facts.reset()
}

// note keeps the value that stands in the input from start to end for the rules of a node. If a key repeats, the first value that is not
// empty counts, but a key that is spelled as the user spelled it counts before one in another case.
func (f *findings) note(n *trieNode, v value, start, end int) {
	if f.insideString {
		start, end = 0, 0
	}
	better := n.asNamed &^ f.asNamed
	if better != 0 && v.isEmpty() {
		better = 0
	}
	for rules := n.rules; rules != 0; rules &= rules - 1 {
		i := bits.TrailingZeros64(rules)
		if f.seen>>i&1 == 0 || better>>i&1 != 0 || f.values[i].isEmpty() {
			at := &f.values[i]
			at.value, at.start, at.end = v, start, end
			f.asNamed = f.asNamed&^(1<<i) | n.asNamed&(1<<i)
		}
		f.seen |= 1 << i
	}
}

// seenAt reports whether the value of one of some rules is at an index: two paths may lead to the same value.
func (f *findings) seenAt(rules uint64, start int) bool {
	for rules &= f.seen; rules != 0; rules &= rules - 1 {
		if f.values[bits.TrailingZeros64(rules)].start == start {
			return true
		}
	}
	return false
}

// isEmpty reports whether a later duplicate of the key should replace this value.
func (v *value) isEmpty() bool {
	return v.kind <= object || v.kind == numeric && v.num == 0 || v.kind == textual && (v.text == "" || v.text == "0")
}

// noteExisting keeps where an output field stands. Nothing is written inside a string, so fields there are ignored.
func (f *findings) noteExisting(x existingField) {
	if !f.insideString && (len(f.existing) < maxExisting || f.firstExisting(x.field) == nil) {
		f.existing = append(f.existing, x)
	}
}

// firstExisting returns where an output field stands first, or nil.
func (f *findings) firstExisting(field int8) *existingField {
	for i := range f.existing {
		if f.existing[i].field == field {
			return &f.existing[i]
		}
	}
	return nil
}

// isField reports whether fields are written into a value, as into log with Schema ecs. Such a map is no record inside the record: its
// own fields would become those of the record.
func (f *findings) isField(v *foundValue) bool {
	for i := range f.existing {
		if f.existing[i].start == v.start {
			return true
		}
	}
	return false
}
