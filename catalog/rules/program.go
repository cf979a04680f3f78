package rules

import (
	"slices"

	"fluent-bit-entra-signin/catalog"
)

// A Program is a set of rules made ready for the entries of one catalog. It never changes once made.
type Program struct {
	set       *Set
	fields    []int  // positions in Fields of those that the rules ask
	early     uint64 // bit n: field n is among those of Early
	questions []*question
	bits      int // conditions on records
	rules     []alternative
	ignores   []alternative // those of rules that switch off others
	silences  [][]uint16    // of a rule: the rules that do not fire where it does
	// lists are what there is to try for an entry: of has one for each position in the catalog, ofUnknown for each code that the
	// catalog lacks and a rule names. lists[0] is for all other codes.
	lists     []candidates
	of        []uint16
	ofUnknown map[uint32]uint16
}

// An alternative is a row of a rule file: all of its atoms must hold.
type alternative struct {
	rule  uint16
	when  []entryCondition
	atoms []atom // on the record; the first is the trigger, if there is one
}

// An entryCondition is a condition on the catalog's entry, whose codes are read once and not for each entry.
type entryCondition struct {
	*Comparison
	codes []uint32 // the values, where the field is the code
}

func (c *entryCondition) holdsFor(e *catalog.Entry) bool {
	if c.Field == fieldCode {
		return slices.Contains(c.codes, e.Code) == (c.Op == Is)
	}
	return c.Comparison.holdsFor(e)
}

// An atom is a condition on a field of the record.
type atom struct {
	bit   uint16
	field uint16 // in Program.fields
	// trigger says that the record has to show something special for the atom to hold: absence does not do.
	trigger bool
}

// Candidates are the alternatives whose conditions on the catalog hold for an entry. Nearly all records say nothing special, so
// the fields of the triggers are read first: where none of these holds, no rule fires.
type candidates struct {
	ignores   []uint16   // positions in Program.ignores
	always    []uint16   // positions in Program.rules, of those that have no trigger
	fields    uint64     // of the triggers
	triggers  []uint64   // their bits
	byTrigger [][]uint16 // by bit: positions in Program.rules, of those that have the trigger
}

// Compile makes the rules ready for the entries of a catalog.
func (s *Set) Compile(c *catalog.Catalog) *Program {
	p := &Program{set: s}
	known := make(map[string]uint16) // bits by the text of the condition
	for r := range s.rules {
		for i := range s.rules[r].When {
			a := p.alternative(known, uint16(r), s.rules[r].When[i])
			if s.rules[r].Effect.Kind == Ignore {
				p.ignores = append(p.ignores, a)
			} else {
				p.rules = append(p.rules, a)
			}
		}
	}
	for _, q := range p.questions {
		q.prepare()
	}
	for _, a := range slices.Concat(p.rules, p.ignores) {
		if a.concernsFailures() {
			continue
		}
		early := a.atoms // without a trigger, most records are asked for each
		if len(early) > 0 && early[0].trigger {
			early = early[:1]
		}
		for _, c := range early {
			p.early |= 1 << c.field
		}
	}
	p.silences = make([][]uint16, len(s.rules))
	for r := range s.rules {
		for o := range s.rules {
			other := &s.rules[o]
			if other.Effect.Kind != Ignore && slices.ContainsFunc(s.rules[r].Effect.Ignore, func(name string) bool {
				return name == other.Name || name == other.Topic
			}) {
				p.silences[r] = append(p.silences[r], uint16(o))
			}
		}
	}
	shared := make(map[string]uint16) // by key: most entries have the same candidates
	var key []byte
	listOf := func(e *catalog.Entry) uint16 {
		key = p.key(key[:0], e)
		at, ok := shared[string(key)]
		if !ok {
			at = uint16(len(p.lists))
			shared[string(key)] = at
			p.lists = append(p.lists, p.candidates(e))
		}
		return at
	}
	named := make(map[uint32]bool)
	for _, a := range slices.Concat(p.rules, p.ignores) {
		for _, c := range a.when {
			for _, code := range c.codes {
				named[code] = true
			}
		}
	}
	nobody := uint32(0) // a code that no rule names
	for named[nobody] {
		nobody++
	}
	listOf(&catalog.Entry{Code: nobody})
	p.of, p.ofUnknown = make([]uint16, c.Len()), make(map[uint32]uint16)
	for at := range p.of {
		p.of[at] = listOf(c.At(at))
	}
	for code := range named {
		if _, ok := c.Find(code); !ok {
			p.ofUnknown[code] = listOf(&catalog.Entry{Code: code})
		}
	}
	return p
}

func (p *Program) alternative(known map[string]uint16, rule uint16, when []Comparison) alternative {
	a := alternative{rule: rule}
	for j := range when {
		if fieldNamed(when[j].Field) < 0 {
			a.when = append(a.when, entryCondition{&when[j], when[j].codes()})
		} else {
			a.atoms = append(a.atoms, p.atom(known, &when[j]))
		}
	}
	if i := slices.IndexFunc(a.atoms, func(c atom) bool { return c.trigger }); i > 0 {
		trigger := a.atoms[i]
		a.atoms = slices.Insert(slices.Delete(a.atoms, i, i+1), 0, trigger)
	}
	return a
}

// atom returns a condition on the record; conditions that say the same share a bit.
func (p *Program) atom(known map[string]uint16, c *Comparison) atom {
	field := fieldNamed(c.Field)
	at := slices.Index(p.fields, field)
	if at < 0 {
		at = len(p.fields)
		p.fields = append(p.fields, field)
		p.questions = append(p.questions, &question{kind: fields[field].Kind})
	}
	text := c.String()
	bit, ok := known[text]
	if !ok {
		bit = p.bit()
		known[text] = bit
		p.questions[at].ask(c, bit, p.bit)
	}
	trigger := c.Op != IsNot && !slices.ContainsFunc(c.Values, saysNothing)
	return atom{bit, uint16(at), trigger}
}

func (p *Program) bit() uint16 {
	p.bits++
	return uint16(p.bits - 1)
}

// candidates returns what there is to try for an entry.
func (p *Program) candidates(e *catalog.Entry) candidates {
	c := candidates{triggers: make([]uint64, (p.bits+63)/64), byTrigger: make([][]uint16, p.bits)}
	for i := range p.rules {
		a := &p.rules[i]
		if !a.holdsFor(e) {
			continue
		}
		if len(a.atoms) == 0 || !a.atoms[0].trigger {
			c.always = append(c.always, uint16(i))
			continue
		}
		bit := a.atoms[0].bit
		c.byTrigger[bit] = append(c.byTrigger[bit], uint16(i))
		c.fields |= 1 << a.atoms[0].field
		c.triggers[a.atoms[0].bit>>6] |= 1 << (a.atoms[0].bit & 63)
	}
	for i := range p.ignores {
		if p.ignores[i].holdsFor(e) {
			c.ignores = append(c.ignores, uint16(i))
		}
	}
	return c
}

// key appends what tells the candidates for an entry from others: a byte for each alternative.
func (p *Program) key(b []byte, e *catalog.Entry) []byte {
	for _, list := range [][]alternative{p.rules, p.ignores} {
		for i := range list {
			if list[i].holdsFor(e) {
				b = append(b, 1)
			} else {
				b = append(b, 0)
			}
		}
	}
	return b
}

func (a *alternative) holdsFor(e *catalog.Entry) bool {
	for i := range a.when {
		if !a.when[i].holdsFor(e) {
			return false
		}
	}
	return true
}

// concernsFailures reports whether the alternative names the codes that it is for, and they are all codes of failures. Few records
// have any one of these.
func (a *alternative) concernsFailures() bool {
	return slices.ContainsFunc(a.when, func(c entryCondition) bool {
		return c.Field == fieldCode && c.Op == Is && !slices.Contains(c.codes, 0)
	})
}

// codes returns the codes that the comparison names, nil if its field is another one.
func (c *Comparison) codes() (codes []uint32) {
	if c.Field != fieldCode {
		return nil
	}
	for _, value := range c.Values {
		if code, err := catalog.ParseCode(value); err == nil {
			codes = append(codes, code)
		}
	}
	return codes
}

// Fields returns the fields that the rules ask of a record. Record.Read gets positions in this list.
func (p *Program) Fields() []Field {
	asked := make([]Field, len(p.fields))
	for i, f := range p.fields {
		asked[i] = fields[f]
	}
	return asked
}

// Early returns the fields, as bits, that say of nearly all records that no rule fires. The others are asked only where one of the
// early fields says something special, or where a rule is for the code of the record.
func (p *Program) Early() uint64 { return p.early }

// Shape returns the shape of what the conditions on a field compare with.
func (p *Program) Shape(field int) Shape { return p.questions[field].shape }

// Set returns the rules of the program.
func (p *Program) Set() *Set { return p.set }
