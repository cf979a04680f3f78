package rules

import (
	"math/bits"
	"slices"
	"strconv"
	"unsafe"

	"fluent-bit-entra-signin/catalog"
)

// A Record tells what its fields say.
type Record interface {
	// Read calls the methods of the answer for each value that the record has for a field of Program.Fields. Of a field that is
	// missing, null or an empty list there is nothing to say.
	Read(field int, to *Answer)
}

// An Answer is what a record says to the questions of a program. The zero value is ready. An Answer is used for one record after the
// other, by one goroutine at a time.
type Answer struct {
	program *Program
	asked   uint64   // bit n: field n of the program was read
	bits    []uint64 // the conditions that hold
	fired   []uint16 // the rules that fire, in order
	silent  []uint16 // rules that do not fire because another does
	list    candidates
	some    []uint16 // alternatives to try

	// Of the field that is being read.
	at         *question
	says       bool // something
	unreadable bool // something that cannot be compared
}

// begin forgets the last record.
func (a *Answer) begin(p *Program) {
	if a.program != p {
		a.program, a.bits = p, make([]uint64, (p.bits+63)/64)
	}
	a.asked = 0
	for i := range a.bits {
		a.bits[i] = 0
	}
	a.fired, a.silent = a.fired[:0], a.silent[:0]
}

func (a *Answer) set(bit uint16)      { a.bits[bit>>6] |= 1 << (bit & 63) }
func (a *Answer) has(bit uint16) bool { return a.bits[bit>>6]>>(bit&63)&1 != 0 }

// read asks the record for a field.
func (a *Answer) read(field int, r Record) {
	q := a.program.questions[field]
	a.at, a.says, a.unreadable = q, false, false
	r.Read(field, a)
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
		a.at.needles.find(s, a)
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
// that stands in for a code which the catalog lacks. Bit n of present says that the record has something in field n of
// Program.Fields; r is not asked for the others.
func (p *Program) Decide(a *Answer, at int, e *catalog.Entry, present uint64, r Record) Decision {
	a.begin(p)
	list := &a.list
	if at >= 0 {
		list = &p.lists[p.of[at]]
	} else {
		a.list = p.candidates(e)
	}
	for todo := list.fields & present; todo != 0; todo &= todo - 1 {
		a.read(bits.TrailingZeros64(todo), r)
	}
	a.asked = list.fields & present
	some := a.some[:0]
	for i, word := range list.triggers {
		for set := a.bits[i] & word; set != 0; set &= set - 1 {
			some = append(some, list.byTrigger[i<<6+bits.TrailingZeros64(set)]...)
		}
	}
	if some = append(some, list.always...); len(some) == 0 {
		return Decision{Severity: e.Severity, reason: noRule, description: noRule, technique: noRule, credential: noRule}
	}
	if len(some) > 1 {
		slices.Sort(some) // in the order of the rules
	}
	a.some = some
	p.fire(a, p.rules, some, present, r)
	if len(a.fired) > 0 && len(list.ignores) > 0 {
		p.silence(a, list, present, r)
	}
	return p.conclude(a, e)
}

// fire notes the rules of which an alternative holds.
func (p *Program) fire(a *Answer, all []alternative, some []uint16, present uint64, r Record) {
next:
	for _, i := range some {
		alt := &all[i]
		for _, c := range alt.atoms {
			if a.asked>>c.field&1 == 0 {
				a.asked |= 1 << c.field
				if present>>c.field&1 != 0 {
					a.read(int(c.field), r)
				} else {
					for _, bit := range p.questions[c.field].none {
						a.set(bit)
					}
				}
			}
			if !a.has(c.bit) {
				continue next
			}
		}
		if n := len(a.fired); n == 0 || a.fired[n-1] != alt.rule { // the alternatives of a rule stand together
			a.fired = append(a.fired, alt.rule)
		}
	}
}
