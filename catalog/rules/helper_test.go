package rules

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/catalog"
)

// bound is a record whose fields are those of one program.
type bound [][]any

func (f facts) bind(p *Program) bound {
	b := make(bound, len(p.fields))
	for i, field := range p.Fields() {
		b[i] = f[field.Name]
	}
	return b
}

func (b bound) All() (present uint64) {
	for i := range b {
		if len(b[i]) > 0 {
			present |= 1 << i
		}
	}
	return present
}

// plain has a bit for each field with one text that the shape of the field excludes.
func (b bound) plain(p *Program) (mask uint64) {
	for i := range b {
		if len(b[i]) == 1 {
			if text, ok := b[i][0].(string); ok && !saysNothing(text) && p.Shape(i).Excludes(text) {
				mask |= 1 << i
			}
		}
	}
	return mask
}

func (b *bound) Read(field int, to *Answer) {
	for _, v := range (*b)[field] {
		switch v := v.(type) {
		case string:
			to.Text(v)
		case bool:
			to.Bool(v)
		case int:
			to.Number(int64(v))
		default:
			to.Other()
		}
	}
}

// decide applies a program to a record with a code, and returns what is said of it and the rules that had a part.
func decide(p *Program, c *catalog.Catalog, a *Answer, code uint32, f facts) (v Verdict, parts []string) {
	at, ok := c.Find(code)
	e := &catalog.Entry{Code: code, Description: "No entry."}
	if ok {
		e = c.At(at)
	} else {
		at = -1
	}
	b := f.bind(p)
	d := p.Decide(a, at, e, b.All()&p.Early(), b.plain(p), &b)
	v = Verdict{Entry: *e, Base: e.Severity}
	if change, ok := d.Change(); ok {
		v = p.Verdict(e, change)
	}
	for _, i := range d.Rules() {
		parts = append(parts, p.set.At(int(i)).Name)
	}
	return v, parts
}

// overlay lays a file over the built-in rules.
func overlay(text string) (*Set, error) {
	return Embedded().Overlay("own.csv", strings.NewReader(text))
}

func mustOverlay(t testing.TB, text string) *Set {
	t.Helper()
	s, err := overlay(text)
	require.NoError(t, err)
	return s
}

func sorted(names []string) []string {
	names = slices.Clone(names)
	slices.Sort(names)
	return names
}
