package catalog

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Columns are the columns of a catalog file, in the order of the embedded one.
var Columns = []string{"code", "name", "description", "severity", "outcome", "category", "action", "technique", "credential",
	"source"}

// A ParseError is one thing wrong with a catalog file. Where a file has several, they are joined (errors.Join).
type ParseError struct {
	File   string
	Line   int // from 1
	Column int // in bytes, from 1; 0 where the line as a whole is meant
	Err    error
}

func (e *ParseError) Error() string {
	if e.Column == 0 {
		return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err)
	}
	return fmt.Sprintf("%s:%d:%d: %v", e.File, e.Line, e.Column, e.Err)
}

func (e *ParseError) Unwrap() error { return e.Err }

// maxErrors is how many errors of one file are reported. A file that is no catalog has an error in every line, and nobody
// reads thousands of errors.
const maxErrors = 20

// maxCell is the longest cell, in bytes. Cells are appended to records and quoted in errors.
const maxCell = 4 << 10

// errTooMany ends the list of errors of a file that has more than maxErrors.
var errTooMany = fmt.Errorf("more than %d errors: the rest of the file was not read", maxErrors)

// Parse reads a complete catalog: every column, and in every row a code, a description, a severity, an outcome and a
// category. The file name is for errors only. The first maxErrors errors are reported, joined, and whether there are more.
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
	columns  []string // header of the file
	entries  []Entry
	lines    map[uint32]int // code → line, to name the first of two
	errs     []error
}

func (p *parser) fail(line, column int, format string, args ...any) {
	p.add(&ParseError{File: p.file, Line: line, Column: column, Err: fmt.Errorf(format, args...)})
}

// add notes an error, up to one more than maxErrors.
func (p *parser) add(err error) {
	if len(p.errs) <= maxErrors {
		p.errs = append(p.errs, err)
	}
}

// full reports whether there are so many errors that reading on is of no use.
func (p *parser) full() bool { return len(p.errs) > maxErrors }

// err joins the errors of the file.
func (p *parser) err() error {
	if p.full() {
		p.errs[maxErrors] = fmt.Errorf("%s: %w", p.file, errTooMany)
	}
	return errors.Join(p.errs...)
}

// mark begins a UTF-8 file that a spreadsheet wrote.
const mark = "\ufeff"

func (p *parser) read(r io.Reader) error {
	text := bufio.NewReader(r)
	switch start, err := text.Peek(len(mark)); {
	case err != nil && !errors.Is(err, io.EOF):
		return fmt.Errorf("%s: %w", p.file, err)
	case string(start) == mark:
		_, _ = text.Discard(len(mark))
	case len(start) >= 2 && (string(start[:2]) == "\xff\xfe" || string(start[:2]) == "\xfe\xff"):
		p.fail(1, 0, "the file is UTF-16: save it as UTF-8")
		return p.err()
	}
	in := csv.NewReader(text)
	in.FieldsPerRecord = -1 // counted here, so that the error can say what was found
	in.ReuseRecord = true   // the strings are their own, only the slice is used again
	p.lines = make(map[uint32]int)
	header, err := in.Read()
	switch {
	case errors.Is(err, io.EOF):
		p.fail(1, 0, "the file is empty: want a header line with the column code")
	case err != nil:
		p.syntax(err)
	default:
		p.header(in, header)
		p.rows(in)
	}
	return p.err()
}

func (p *parser) rows(in *csv.Reader) {
	for p.columns != nil && !p.full() {
		row, err := in.Read()
		switch {
		case err == nil:
			p.row(in, row)
		case errors.Is(err, io.EOF) || !p.syntax(err):
			return
		}
	}
}

// syntax notes an error of the csv reader and tells whether it can go on: it can, with the next row, unless the file
// itself could not be read.
func (p *parser) syntax(err error) bool {
	var syntax *csv.ParseError
	if !errors.As(err, &syntax) {
		p.add(fmt.Errorf("%s: %w", p.file, err))
		return false
	}
	switch {
	case errors.Is(err, csv.ErrBareQuote):
		p.fail(syntax.Line, syntax.Column, "a quote inside a cell: put the whole cell in quotes and double those inside")
	case syntax.StartLine != syntax.Line:
		p.fail(syntax.StartLine, 0, "a quote that is not closed, or not doubled, before line %d", syntax.Line)
	default:
		p.fail(syntax.Line, syntax.Column, "a quote that is not closed, or not doubled, inside a quoted cell")
	}
	return true
}

// header checks the first line; p.columns stays nil when the rows cannot be read by it.
func (p *parser) header(in *csv.Reader, header []string) {
	line, _ := in.FieldPos(0)
	if i := slices.IndexFunc(header, tooLong); i >= 0 {
		_, column := in.FieldPos(i)
		p.fail(line, column, "a column name of %d bytes: is this a catalog?", len(header[i]))
		return
	}
	if len(header) == 1 && strings.ContainsAny(header[0], ";\t") {
		p.fail(line, 1, "columns %q: want them separated by commas", header[0])
		return
	}
	for i := range header {
		name := strings.ToLower(strings.TrimSpace(header[i]))
		header[i] = name
		_, column := in.FieldPos(i)
		switch {
		case !slices.Contains(Columns, name):
			p.fail(line, column, "unknown column %q: want %s", name, strings.Join(Columns, ","))
		case slices.Contains(header[:i], name):
			p.fail(line, column, "column %q stands twice", name)
		}
	}
	switch {
	case !slices.Contains(header, "code"):
		p.fail(line, 0, "the column code is missing")
	case p.complete && len(header) < len(Columns):
		p.fail(line, 0, "a complete catalog has the columns %s", strings.Join(Columns, ","))
	default:
		p.columns = slices.Clone(header) // the rows are checked whatever is wrong with the other columns
	}
}

func tooLong(cell string) bool { return len(cell) > maxCell }
