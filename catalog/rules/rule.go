package rules

import (
	"fmt"
	"slices"
	"strings"

	"fluent-bit-entra-signin/catalog"
)

// A Rule says what it takes to see a record in another light, and in which.
type Rule struct {
	Name   string
	When   [][]Comparison // the rule fires where all of one of these hold
	Effect Effect
	Reason string // why the severity differs, in a few words; for a rule that has an effect on it
	// Topic is a word that rules have in common, so that one rule can switch off the others; "" for none.
	Topic string
	// What takes the place of the code's: a description, techniques as in catalog.Entry (NoTechnique for none), a credential.
	Description, Technique string
	Credential             catalog.Credential
	Source                 string // who says so
	Own                    bool   // of the user's file
}

// NoTechnique is the technique of a rule that takes the code's away.
const NoTechnique = nothing

// An EffectKind is what a rule does to the severity.
type EffectKind uint8

// The effects.
const (
	Keep   EffectKind = iota // nothing: the rule has another description, technique or credential
	Floor                    // raise to at least
	Cap                      // lower to at most, where no floor is given
	Fixed                    // this one, whatever floors and caps say
	Ignore                   // some other rules do not fire
)

// An Effect is what a rule does.
type Effect struct {
	Kind     EffectKind
	Severity catalog.Severity // for Floor, Cap and Fixed
	Ignore   []string         // names of rules or topics, for Ignore
}

// off is the effect of a rule that is switched off. No set has such a rule.
const off EffectKind = 255

// String writes the effect as a file has it.
func (e Effect) String() string {
	switch e.Kind {
	case Keep:
		return "keep"
	case Ignore:
		return "ignore " + strings.Join(e.Ignore, " ")
	case off:
		return "off"
	}
	return map[EffectKind]string{Floor: "floor ", Cap: "cap ", Fixed: "set "}[e.Kind] + e.Severity.String()
}

const effects = "floor SEVERITY, cap SEVERITY, set SEVERITY, keep, ignore RULE or off"

func parseEffect(text string) (e Effect, err error) {
	words := strings.Fields(strings.ToLower(text))
	kind, args := words[0], words[1:]
	switch kind {
	case "floor", "cap", "set":
		e.Kind = map[string]EffectKind{"floor": Floor, "cap": Cap, "set": Fixed}[kind]
		if len(args) != 1 {
			return e, fmt.Errorf("effect %q: use %s and one severity", text, kind)
		}
		e.Severity, err = catalog.ParseSeverity(args[0])
		return e, err
	case "ignore":
		if len(args) == 0 {
			return e, fmt.Errorf("effect %q: name the rules or topics after it", text)
		}
		e.Kind, e.Ignore = Ignore, args
		return e, nil
	case "keep", "off":
		if kind == "off" {
			e.Kind = off
		}
		if len(args) > 0 {
			return e, fmt.Errorf("effect %q: nothing may follow %s", text, kind)
		}
		return e, nil
	}
	return e, fmt.Errorf("effect %q: use %s", text, effects)
}

// Conditions are the alternatives of the rule as a file has them.
func (r *Rule) Conditions() []string {
	texts := make([]string, len(r.When))
	for i, when := range r.When {
		texts[i] = conditionText(when)
	}
	return texts
}

// Concerns tells whether the rule names the entry's code or something else that the catalog says of it, and can fire for it.
func (r *Rule) Concerns(e *catalog.Entry) bool {
	for _, when := range r.When {
		named, holds := false, true
		for i := range when {
			if fieldNamed(when[i].Field) < 0 {
				named, holds = true, holds && when[i].holdsFor(e)
			}
		}
		if named && holds {
			return true
		}
	}
	return false
}

// holdsFor tells whether a condition on the catalog holds for an entry.
func (c *Comparison) holdsFor(e *catalog.Entry) bool {
	have := ""
	switch c.Field {
	case fieldCode:
		return slices.Contains(c.codes(), e.Code) == (c.Op == Is)
	case fieldOutcome:
		if e.Outcome != catalog.NoOutcome {
			have = e.Outcome.String()
		}
	case fieldCredential:
		have = e.Credential.String()
	case fieldCategory:
		have = string(e.Category)
	}
	for _, v := range c.Values {
		if strings.EqualFold(v, have) || have == "" && saysNothing(v) {
			return c.Op == Is
		}
	}
	return c.Op == IsNot && have != ""
}
