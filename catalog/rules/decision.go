package rules

import (
	"slices"

	"fluent-bit-entra-signin/catalog"
)

// A Decision is what the rules make of a record.
type Decision struct {
	Severity catalog.Severity // the final one

	// Rules, or noRule: the one that gave the severity, if it is not the code's, and those that have another description, technique
	// or credential.
	reason, description, technique, credential int16

	changed [maxChanged]int16
	n       uint8
}

const (
	noRule     = -1
	maxChanged = 8
)

// A Change identifies what decisions have in common that say the same of an entry.
type Change struct {
	Severity                                   catalog.Severity
	reason, description, technique, credential int16
}

// Change returns what the decision changes in the entry of the code; ok is false where the entry stays as it is.
func (d *Decision) Change() (c Change, ok bool) {
	c = Change{d.Severity, d.reason, d.description, d.technique, d.credential}
	return c, d.reason != noRule || d.description != noRule || d.technique != noRule || d.credential != noRule
}

// Rules returns the positions in the set of the rules that had a part in the decision: that moved the severity, gave a description,
// a technique or a credential, or kept other rules from firing. Of more than eight only the first eight are named.
func (d *Decision) Rules() []int16 { return d.changed[:d.n] }

// begin makes it the decision of a code for which no rule fires.
func (d *Decision) begin(of catalog.Severity) {
	d.Severity, d.n = of, 0
	d.reason, d.description, d.technique, d.credential = noRule, noRule, noRule, noRule
}

func (d *Decision) note(rule uint16) {
	if d.n < maxChanged && !slices.Contains(d.changed[:d.n], int16(rule)) {
		d.changed[d.n] = int16(rule)
		d.n++
	}
}

// silence takes out the rules that another one switches off. That one has a part in the decision then.
func (p *Program) silence(a *Answer, list *candidates) {
	loud := len(a.fired)
	p.fire(a, p.ignores, list.ignores)
	a.silent = append(a.silent, a.fired[loud:]...)
	a.fired = a.fired[:loud]
	kept := a.silent[:0]
	for _, rule := range a.silent {
		before := len(a.fired)
		a.fired = slices.DeleteFunc(a.fired, func(other uint16) bool { return slices.Contains(p.silences[rule], other) })
		if len(a.fired) < before {
			kept = append(kept, rule)
		}
	}
	a.silent = kept
}

// conclude works out the decision from the rules that fire.
func (p *Program) conclude(a *Answer, e *catalog.Entry) {
	d := &a.decision
	for _, rule := range a.silent {
		d.note(rule)
	}
	// First the built-in rules, then the user's, which have the last word.
	own := 0
	for own < len(a.fired) && !p.set.rules[a.fired[own]].Own {
		own++
	}
	capsOfBuiltin := p.layer(d, a.fired[:own])
	capsOfOwn := p.layer(d, a.fired[own:])
	if d.Severity == e.Severity {
		d.reason = noRule
	}
	p.texts(d, a.fired[own:], capsOfOwn)
	p.texts(d, a.fired[:own], capsOfBuiltin)
}

// layer applies the effects of some rules, and tells whether the caps among them count.
func (p *Program) layer(d *Decision, fired []uint16) (caps bool) {
	set, floor, low := noRule, noRule, noRule
	rules := p.set.rules
	for _, r := range fired {
		switch effect := &rules[r].Effect; effect.Kind {
		case Fixed:
			if set == noRule {
				set = int(r)
			}
		case Floor:
			if floor == noRule || effect.Severity > rules[floor].Effect.Severity {
				floor = int(r)
			}
		case Cap:
			if low == noRule || effect.Severity < rules[low].Effect.Severity {
				low = int(r)
			}
		}
	}
	switch {
	case set != noRule:
		p.move(d, set, rules[set].Effect.Severity)
	case floor != noRule:
		p.move(d, floor, max(d.Severity, rules[floor].Effect.Severity))
	case low != noRule:
		p.move(d, low, min(d.Severity, rules[low].Effect.Severity))
		return true
	}
	return false
}

func (p *Program) move(d *Decision, rule int, to catalog.Severity) {
	if to != d.Severity {
		d.Severity, d.reason = to, int16(rule)
		d.note(uint16(rule))
	}
}

// texts takes what is not the code's from the first of some rules that has it.
func (p *Program) texts(d *Decision, fired []uint16, caps bool) {
	for _, r := range fired {
		rule := &p.set.rules[r]
		if rule.Effect.Kind == Cap && !caps {
			continue
		}
		if d.description == noRule && rule.Description != "" {
			d.description = int16(r)
			d.note(r)
		}
		if d.technique == noRule && rule.Technique != "" {
			d.technique = int16(r)
			d.note(r)
		}
		if d.credential == noRule && rule.Credential != catalog.NoCredential {
			d.credential = int16(r)
			d.note(r)
		}
	}
}

// A Verdict is what is said of a record: the entry of its code, as the rules changed it.
type Verdict struct {
	catalog.Entry
	Base         catalog.Severity // of the code alone
	Rule, Reason string           // why Severity is another one; "" where it is not
}

// Verdict applies a change to an entry.
func (p *Program) Verdict(e *catalog.Entry, c Change) Verdict {
	v := Verdict{Entry: *e, Base: e.Severity}
	v.Severity = c.Severity
	rule := func(i int16) *Rule { return &p.set.rules[i] }
	if c.reason != noRule {
		v.Rule, v.Reason = rule(c.reason).Name, rule(c.reason).Reason
	}
	if c.description != noRule {
		v.Description = rule(c.description).Description
	}
	if c.technique != noRule {
		if v.Technique = rule(c.technique).Technique; v.Technique == NoTechnique {
			v.Technique = ""
		}
	}
	if c.credential != noRule {
		v.Credential = rule(c.credential).Credential
	}
	return v
}
