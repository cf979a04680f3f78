package catalog

import (
	"bytes"
	"io"
	"slices"

	"fluent-bit-entra-signin/internal/csvfile"
)

// Columns are the columns of a catalog file, in the order of the embedded catalog.
var Columns = []string{"code", "name", "description", "severity", "outcome", "category", "action", "technique", "credential",
	"source"}

// A ParseError is one error of a catalog file. Several errors are joined by errors.Join.
type ParseError = csvfile.Error

// Parse reads a complete catalog, which has all columns, and a code, description, severity, outcome and category in each row. The file
// name is used in errors only. Up to 20 errors are reported, joined by errors.Join.
func Parse(file string, r io.Reader) (*Catalog, error) {
	raw, err := csvfile.ReadAll(file, r)
	if err != nil {
		return nil, err
	}
	return parse(file, raw)
}

// parse is Parse for a file that was read.
func parse(file string, raw []byte) (*Catalog, error) {
	p := parser{file: file, complete: true}
	if err := p.read(raw); err != nil {
		return nil, err
	}
	return build(p.entries), nil
}

// Overlay returns a new catalog that consists of c and the rows of a user's file. The file needs the column code and the columns that
// it changes, in any order. A row for a code of c changes the cells that are not empty. A row for a new code needs a description and a
// severity; without an outcome and a category, the entry is a failure of category undocumented. Errors are those of Parse.
func (c *Catalog) Overlay(file string, r io.Reader) (*Catalog, error) {
	raw, err := csvfile.ReadAll(file, r)
	if err != nil {
		return nil, err
	}
	p := parser{file: file, base: c}
	if err := p.read(raw); err != nil {
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

// A parser reads one file.
type parser struct {
	file     string
	base     *Catalog // the catalog that an overlay changes; nil for a complete catalog
	complete bool
	entries  []Entry
	lines    map[uint32]int // code → line, to find duplicates
}

// maxGuess is how many entries there is room for before the first one is read: more than the embedded catalog has.
const maxGuess = 4096

func (p *parser) read(raw []byte) error {
	rows := min(bytes.Count(raw, []byte{'\n'}), maxGuess)
	p.lines, p.entries = make(map[uint32]int, rows), make([]Entry, 0, rows)
	return csvfile.Read(p.file, raw, csvfile.Format{Kind: "catalog", Columns: Columns, Complete: p.complete}, p.row)
}
