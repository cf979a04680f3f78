package rules

import (
	"math/bits"
	"slices"
	"strconv"
	"unsafe"

	"fluent-bit-entra-signin/catalog"
)

// A Record tells what its fields say. Fields are numbered as in Program.Fields.
type Record interface {
	// All finds all fields, and returns which of them the record has something in, as bits. It is called at most once a record, and
	// for most records never: the early fields say that no rule fires.
	All() (present uint64)
	// Read calls the methods of the answer for each value that the record has for a field. Of a field that is missing, null or an
	// empty list there is nothing to say.
	Read(field int, to *Answer)
}

// An Answer is what a record says to the questions of a program. The zero value is ready. An Answer is used for one record after the
// other, by one goroutine at a time.
type Answer struct {
	program *Program
	record  Record
	known   uint64   // bit n: whether the record has field n of the program is known
	present uint64   // bit n: the record has something in field n, of those known
	plain   uint64   // bit n: what it has there meets no condition
	asked   uint64   // bit n: field n was read
	bits    []uint64 // the conditions that hold
	fired   []uint16 // the rules that fire, in order
	silent  []uint16 // rules that do not fire because another does
	some    []uint16 // alternatives to try

	decision Decision

	// Of the field that is being read.
	at         *question
	says       bool // something
	unreadable bool // something that cannot be compared

	searched plainTexts
}

// begin forgets the last record.
func (a *Answer) begin(p *Program, early, plain uint64, r Record) {
	if a.program != p {
		a.program, a.bits = p, make([]uint64, (p.bits+63)/64)
	}
	a.record, a.known, a.present, a.plain, a.asked = r, p.early, early, plain, 0
	clear(a.bits)
	a.fired, a.silent = a.fired[:0], a.silent[:0]
}

// know finds out which of some fields the record has.
func (a *Answer) know(fields uint64) {
	if fields&^a.known != 0 {
		a.known, a.present = ^uint64(0), a.record.All()
	}
}

func (a *Answer) set(bit uint16)      { a.bits[bit>>6] |= 1 << (bit & 63) }
func (a *Answer) has(bit uint16) bool { return a.bits[bit>>6]>>(bit&63)&1 != 0 }

// ask reads a field of the record, once.
func (a *Answer) ask(field uint16) {
	if a.asked>>field&1 != 0 {
		return
	}
	a.asked |= 1 << field
	if a.know(1 << field); a.present>>field&1 != 0 {
		if a.plain>>field&1 == 0 {
			a.read(int(field))
		}
		return
	}
	for _, bit := range a.program.questions[field].none {
		a.set(bit)
	}
}

// read reads a field that the record has.
func (a *Answer) read(field int) {
	q := a.program.questions[field]
	a.at, a.says, a.unreadable = q, false, false
	a.record.Read(field, a)
	if len(q.none)|len(q.not) == 0 || a.unreadable {
		return
	}
	if !a.says {
		for _, bit := range q.none {
			a.set(bit)
		}
		return
	}
	for _, n := range q.not {
		if !a.has(n.hit) {
			a.set(n.bit)
		}
	}
}

// Text is a value that is a text.
func (a *Answer) Text(s string) {
	if len(s) > 0 && (s[0] <= ' ' || s[len(s)-1] <= ' ') {
		s = trim(s)
	}
	if saysNothing(s) {
		return
	}
	if len(s) > maxValue {
		a.unreadable = true
		return
	}
	a.says = true
	if w := a.at.find(s); w != nil {
		for _, bit := range w.bits {
			a.set(bit)
		}
	}
	if a.at.needles != nil {
		a.searched.search(a.at.needles, s, a)
	}
}

// Bool is a value that is true or false.
func (a *Answer) Bool(b bool) {
	switch {
	case a.at.kind != Bool:
		a.unreadable = true
	case b:
		a.Text("true")
	default:
		a.Text("false")
	}
}

// Number is a value that is a whole number.
func (a *Answer) Number(n int64) {
	if a.at.kind != Number {
		a.unreadable = true
		return
	}
	var room [20]byte
	text := strconv.AppendInt(room[:0], n, 10)
	a.Text(unsafe.String(&text[0], len(text)))
}

// Other is a value of a kind that no field has: a map where a text should be, a broken number, damaged JSON. Conditions that need
// the field as a whole (!=, = none) do not hold then.
func (a *Answer) Other() { a.unreadable = true }

// Kind returns the kind of the field that is being read.
func (a *Answer) Kind() Kind { return a.at.kind }

// trim removes blanks around a value.
func trim(s string) string {
	for len(s) > 0 && s[0] <= ' ' {
		s = s[1:]
	}
	for len(s) > 0 && s[len(s)-1] <= ' ' {
		s = s[:len(s)-1]
	}
	return s
}

// Decide applies the rules to a record. at is the position of the record's entry in the catalog of the program, or -1 for an entry
// that stands in for a code which the catalog lacks. The decision is valid until the answer is used again. Bit n of early says that the record has something in field n of
// Program.Fields, for those of Program.Early; bit n of plain says that the shape of the field excludes what the record has.
func (p *Program) Decide(a *Answer, at int, e *catalog.Entry, early, plain uint64, r Record) *Decision {
	a.begin(p, early, plain, r)
	a.decision.begin(e.Severity)
	of := uint16(0)
	if at >= 0 {
		of = p.of[at]
	} else {
		of = p.ofUnknown[e.Code]
	}
	list := &p.lists[of]
	a.know(list.fields)
	a.asked = list.fields & a.present
	for todo := a.asked &^ plain; todo != 0; todo &= todo - 1 {
		a.read(bits.TrailingZeros64(todo))
	}
	some := a.some[:0]
	for i, word := range list.triggers {
		for set := a.bits[i] & word; set != 0; set &= set - 1 {
			some = append(some, list.byTrigger[i<<6+bits.TrailingZeros64(set)]...)
		}
	}
	if some = append(some, list.always...); len(some) == 0 {
		return &a.decision
	}
	if len(some) > 1 {
		slices.Sort(some) // in the order of the rules
	}
	a.some = some
	p.fire(a, p.rules, some)
	if len(a.fired) > 0 && len(list.ignores) > 0 {
		p.silence(a, list)
	}
	p.conclude(a, e)
	return &a.decision
}

// fire notes the rules of which an alternative holds.
func (p *Program) fire(a *Answer, all []alternative, some []uint16) {
next:
	for _, i := range some {
		alt := &all[i]
		for _, c := range alt.atoms {
			if a.ask(c.field); !a.has(c.bit) {
				continue next
			}
		}
		if n := len(a.fired); n == 0 || a.fired[n-1] != alt.rule { // the alternatives of a rule stand together
			a.fired = append(a.fired, alt.rule)
		}
	}
}
