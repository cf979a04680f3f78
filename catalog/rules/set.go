package rules

import (
	"bytes"
	_ "embed"
	"io"
	"slices"
	"strings"
	"sync"

	"fluent-bit-entra-signin/catalog"
)

// Columns are the columns of a rule file, in the order of the embedded one.
var Columns = []string{"rule", "condition", "effect", "reason", "topic", "description", "technique", "credential", "source"}

// A Set is a list of rules: the built-in ones in the order of their file, then those of the user in the order of theirs. It never
// changes once made.
type Set struct {
	rules []Rule
}

//go:embed rules.csv
var embedded []byte

// Embedded returns the rules that are part of the program. They are parsed at the first call.
var Embedded = sync.OnceValue(func() *Set {
	s, err := Parse("rules.csv", bytes.NewReader(embedded))
	if err != nil {
		// A test parses the same bytes, so a program that was built from a tested tree cannot get here.
		panic(err)
	}
	return s
})

// Len returns the number of rules.
func (s *Set) Len() int { return len(s.rules) }

// At returns a rule, 0 ≤ i < Len. It must not be written to.
func (s *Set) At(i int) *Rule { return &s.rules[i] }

// Named returns the rule with a name, in any case.
func (s *Set) Named(name string) (*Rule, bool) {
	i := slices.IndexFunc(s.rules, func(r Rule) bool { return strings.EqualFold(r.Name, name) })
	if i < 0 {
		return nil, false
	}
	return &s.rules[i], true
}

// Concerning returns the rules that name the code of an entry, or something else that the catalog says of it. The rules that hold
// for every code are not among them.
func (s *Set) Concerning(e *catalog.Entry) (some []*Rule) {
	for i := range s.rules {
		if s.rules[i].Concerns(e) {
			some = append(some, &s.rules[i])
		}
	}
	return some
}

// Parse reads a complete file of rules: every column, and in every row a rule and a condition. The file name is for errors only.
// Errors are *csvfile.Error; the first 20 are reported, joined, and whether there are more.
func Parse(file string, r io.Reader) (*Set, error) {
	p := parser{base: &Set{}, complete: true}
	if err := p.read(file, r); err != nil {
		return nil, err
	}
	return &Set{p.own}, nil
}

// Overlay returns a new set: s with the rules of a user's file over it. The file needs the column rule and those it uses, in any
// order. A row without a condition changes the rule of that name in its place: what is not empty takes the place of what the rule
// has, and the effect off takes the rule out. A row with a condition is a rule of the user's own, behind all others; one that has
// the name of a rule in s replaces it.
func (s *Set) Overlay(file string, r io.Reader) (*Set, error) {
	p := parser{base: s}
	if err := p.read(file, r); err != nil {
		return nil, err
	}
	next := &Set{}
	for _, rule := range slices.Concat(p.changed, p.own) {
		if rule.Effect.Kind != off {
			next.rules = append(next.rules, rule)
		}
	}
	return next, nil
}

// Compare counts what an overlay made of s: the rules that it changed, took out and added.
func (s *Set) Compare(now *Set) (changed, removed, added int) {
	for i := range s.rules {
		r, ok := now.Named(s.rules[i].Name)
		switch {
		case !ok:
			removed++
		case !r.equal(&s.rules[i]):
			changed++
		}
	}
	for i := range now.rules {
		if _, ok := s.Named(now.rules[i].Name); !ok {
			added++
		}
	}
	return changed, removed, added
}

func (r *Rule) equal(other *Rule) bool {
	return r.Effect.String() == other.Effect.String() && slices.Equal(r.Conditions(), other.Conditions()) && r.Reason == other.Reason &&
		r.Topic == other.Topic && r.Description == other.Description && r.Technique == other.Technique &&
		r.Credential == other.Credential && r.Own == other.Own
}
