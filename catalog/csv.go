package catalog

import (
	"io"
	"slices"

	"fluent-bit-entra-signin/internal/csvfile"
)

// Columns are the columns of a catalog file, in the order of the embedded one.
var Columns = []string{"code", "name", "description", "severity", "outcome", "category", "action", "technique", "credential",
	"source"}

// A ParseError is one thing wrong with a catalog file. Where a file has several, they are joined (errors.Join).
type ParseError = csvfile.Error

// Parse reads a complete catalog: every column, and in every row a code, a description, a severity, an outcome and a
// category. The file name is for errors only. The first 20 errors are reported, joined, and whether there are more.
func Parse(file string, r io.Reader) (*Catalog, error) {
	p := parser{file: file, complete: true}
	if err := p.read(r); err != nil {
		return nil, err
	}
	return build(p.entries), nil
}

// Overlay returns a new catalog: c with the rows of a user's file laid over it. The file needs the column code and those
// it changes, in any order. A code that c has keeps what the row leaves empty or out; a code it does not have needs at
// least a description and a severity, and is a failure of category undocumented where nothing else is said.
func (c *Catalog) Overlay(file string, r io.Reader) (*Catalog, error) {
	p := parser{file: file, base: c}
	if err := p.read(r); err != nil {
		return nil, err
	}
	merged := slices.Clone(c.entries)
	for _, e := range p.entries {
		if i, ok := c.Find(e.Code); ok {
			merged[i] = e
		} else {
			merged = append(merged, e)
		}
	}
	return build(merged), nil
}

// parser holds what reading one file needs.
type parser struct {
	file     string
	base     *Catalog // what an overlay changes; nil for a complete catalog
	complete bool
	entries  []Entry
	lines    map[uint32]int // code → line, to name the first of two
}

func (p *parser) read(r io.Reader) error {
	p.lines = make(map[uint32]int)
	return csvfile.Read(p.file, r, csvfile.Format{Kind: "catalog", Columns: Columns, Complete: p.complete}, p.row)
}
