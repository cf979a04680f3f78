// Package csvfile reads the CSV files in which users keep data of their own. It is strict, reports everything that is wrong and
// not just the first thing, and says where: file:line:column, counted in bytes from 1.
//
// A file is RFC 4180 CSV in UTF-8 with a header. Line ends may be LF or CRLF, a byte order mark is skipped, and the names of
// columns match in any case.
//
// Nothing in this package has state, so all of it may run at once. A [Row] belongs to the call that it is handed to.
package csvfile

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// An Error is one thing wrong with a file. Where a file has several, they are joined (errors.Join).
type Error struct {
	File   string
	Line   int // from 1
	Column int // in bytes, from 1; 0 where the line as a whole is meant
	Err    error
}

func (e *Error) Error() string {
	if e.Column == 0 {
		return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err)
	}
	return fmt.Sprintf("%s:%d:%d: %v", e.File, e.Line, e.Column, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// MaxErrors is how many errors of one file are reported. A file of another kind has an error in every line, and nobody reads
// thousands of errors.
const MaxErrors = 20

// MaxCell is the longest cell, in bytes. Cells are appended to records and quoted in errors.
const MaxCell = 4 << 10

// ErrTooMany ends the list of errors of a file that has more than MaxErrors.
var ErrTooMany = fmt.Errorf("more than %d errors: the rest of the file was not read", MaxErrors)

// A Format is what the files of one kind look like.
type Format struct {
	Kind     string   // what such a file is, as in "is this a catalog?"
	Columns  []string // all that there are, the key first: a file has it in any case
	Complete bool     // a file has all of them
}

// ReadAll reads a file to its end. The file name is for the error only.
func ReadAll(file string, r io.Reader) ([]byte, error) {
	raw, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return raw, nil
}

// Read calls row for each line behind the header of raw that has as many cells as the header. The file name is for errors only. The
// first MaxErrors errors are returned, joined, and whether there are more.
func Read(file string, raw []byte, f Format, row func(*Row)) error {
	t := table{file: file, format: f, raw: bytes.TrimPrefix(raw, []byte("\ufeff"))}
	if bytes.HasPrefix(raw, []byte("\xff\xfe")) || bytes.HasPrefix(raw, []byte("\xfe\xff")) {
		t.fail(1, 0, "the file is UTF-16: save it as UTF-8")
		return t.err()
	}
	t.in = csv.NewReader(bytes.NewReader(t.raw))
	t.in.FieldsPerRecord = -1 // counted here, so that the error can say what was found
	t.in.ReuseRecord = true   // the strings are their own, only the slice is used again
	header, err := t.in.Read()
	switch {
	case errors.Is(err, io.EOF):
		t.fail(1, 0, "the file is empty: the first line must be a header with the column %s", f.Columns[0])
	case err != nil:
		t.syntax(err)
	default:
		t.header(header)
		t.rows(row)
	}
	return t.err()
}

// A table is a file that is being read.
type table struct {
	file    string
	format  Format
	raw     []byte // without a byte order mark
	in      *csv.Reader
	columns []string // of the header; nil where the rows cannot be read by it
	errs    []error
}

func (t *table) fail(line, column int, format string, args ...any) {
	if len(t.errs) <= MaxErrors {
		t.errs = append(t.errs, &Error{File: t.file, Line: line, Column: column, Err: fmt.Errorf(format, args...)})
	}
}

// full reports whether there are so many errors that reading on is of no use.
func (t *table) full() bool { return len(t.errs) > MaxErrors }

// err joins the errors of the file.
func (t *table) err() error {
	if t.full() {
		t.errs[MaxErrors] = fmt.Errorf("%s: %w", t.file, ErrTooMany)
	}
	return errors.Join(t.errs...)
}

// syntax notes an error of the csv reader. The reader can go on with the next row.
func (t *table) syntax(err error) {
	var syntax *csv.ParseError
	switch {
	case !errors.As(err, &syntax):
		t.fail(1, 0, "%w", err)
	case errors.Is(err, csv.ErrBareQuote):
		t.fail(syntax.Line, syntax.Column, "a quote inside a cell: put the whole cell in quotes and double those inside")
	case syntax.StartLine != syntax.Line:
		t.fail(syntax.StartLine, 0, "a quote that is not closed, or not doubled, before line %d", syntax.Line)
	default:
		t.fail(syntax.Line, syntax.Column, "a quote that is not closed, or not doubled, inside a quoted cell")
	}
}

// header checks the first line.
func (t *table) header(header []string) {
	line, _ := t.in.FieldPos(0)
	if i := slices.IndexFunc(header, tooLong); i >= 0 {
		_, column := t.in.FieldPos(i)
		t.fail(line, column, "a column name of %d bytes: is this a %s?", len(header[i]), t.format.Kind)
		return
	}
	if len(header) == 1 && strings.ContainsAny(header[0], ";\t") {
		t.fail(line, 1, "columns %q: separate them with commas", header[0])
		return
	}
	for i := range header {
		name := strings.ToLower(strings.TrimSpace(header[i]))
		header[i] = name
		_, column := t.in.FieldPos(i)
		switch {
		case !slices.Contains(t.format.Columns, name):
			t.fail(line, column, "unknown column %q: use %s", name, strings.Join(t.format.Columns, ","))
		case slices.Contains(header[:i], name):
			t.fail(line, column, "column %q stands twice", name)
		}
	}
	switch {
	case !slices.Contains(header, t.format.Columns[0]):
		t.fail(line, 0, "the column %s is missing", t.format.Columns[0])
	case t.format.Complete && len(header) < len(t.format.Columns):
		t.fail(line, 0, "a complete %s has the columns %s", t.format.Kind, strings.Join(t.format.Columns, ","))
	default:
		t.columns = slices.Clone(header) // the rows are checked whatever is wrong with the other columns
	}
}

func tooLong(cell string) bool { return len(cell) > MaxCell }

func (t *table) rows(row func(*Row)) {
	var r Row
	for t.columns != nil && !t.full() {
		cells, err := t.in.Read()
		switch {
		case errors.Is(err, io.EOF):
			return
		case err != nil:
			t.syntax(err)
			continue
		}
		line, _ := t.in.FieldPos(0)
		if len(cells) != len(t.columns) {
			t.fail(line, 0, "%d columns where the header has %d", len(cells), len(t.columns))
			continue
		}
		r = Row{Line: line, table: t, cells: cells, before: len(t.errs)}
		if i := slices.IndexFunc(cells, tooLong); i >= 0 {
			r.Fail(t.columns[i], "%s has %d bytes; at most %d are allowed", t.columns[i], len(cells[i]), MaxCell)
			continue
		}
		row(&r)
	}
}

// A Row is a line behind the header.
type Row struct {
	Line   int // from 1
	table  *table
	cells  []string
	before int // errors of the lines before this one
}

// Columns are those of the file, in its order and in lower case.
func (r *Row) Columns() []string { return r.table.columns }

// Cell returns the cell in a column as it stands in the file, without the quotes around it; "" where the file lacks the column.
func (r *Row) Cell(column string) string {
	if i := slices.Index(r.table.columns, column); i >= 0 {
		return r.cells[i]
	}
	return ""
}

// Text returns the cell in a column without blanks around it. A cell may be wrapped, but what is appended to a record is one line,
// so other white space becomes one blank. A cell that is not UTF-8 is an error.
func (r *Row) Text(column string) string {
	text := r.Cell(column)
	if !utf8.ValidString(text) {
		r.Fail(column, "%s %q is not UTF-8: save the file as UTF-8", column, text)
		return ""
	}
	text = strings.TrimSpace(text)
	if strings.ContainsAny(text, "\r\n\t") {
		text = strings.Join(strings.Fields(text), " ")
	}
	return text
}

// Fail notes an error at the cell in a column, or of the line as a whole where column is "".
func (r *Row) Fail(column, format string, args ...any) {
	i := slices.Index(r.table.columns, column)
	if i < 0 {
		r.table.fail(r.Line, 0, format, args...)
		return
	}
	line, at := r.table.in.FieldPos(i)
	r.table.fail(line, at, format, args...)
}

// FailAt is Fail for the byte at an offset in the cell, as Cell returns it.
func (r *Row) FailAt(column string, offset int, format string, args ...any) {
	i := slices.Index(r.table.columns, column)
	line, at := r.table.in.FieldPos(i)
	line, at = r.table.advance(line, at, offset)
	r.table.fail(line, at, format, args...)
}

// Failed reports whether something is wrong with the row.
func (r *Row) Failed() bool { return len(r.table.errs) > r.before }

// advance returns where the byte at an offset in a cell stands in the file; the cell begins at line and column.
func (t *table) advance(line, column, offset int) (int, int) {
	rest := t.raw
	for range line - 1 {
		_, rest, _ = bytes.Cut(rest, []byte("\n"))
	}
	rest = rest[min(column-1, len(rest)):]
	quoted := len(rest) > 0 && rest[0] == '"'
	if quoted {
		rest, column = rest[1:], column+1
	}
	for ; offset > 0 && len(rest) > 0; offset-- {
		width := 1
		if quoted && len(rest) > 1 && (rest[0] == '"' || rest[0] == '\r' && rest[1] == '\n') {
			width = 2 // a doubled quote or a line end, of which the cell has one byte
		}
		if rest[width-1] == '\n' {
			line, column = line+1, 1
		} else {
			column += width
		}
		rest = rest[width:]
	}
	return line, column
}
