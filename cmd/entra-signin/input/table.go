package input

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A Table is the header of a table of sign-ins.
type Table struct {
	Names  []string // of the columns, as they are written
	Comma  rune     // that separates the columns
	Header []byte   // as it is written, with its line end
	Mark   []byte   // the byte order mark before it, if there was one

	columns []column
	groups  []group
	success int // the column of the portal that says Success; -1 where there is none
}

// commas may separate columns.
var commas = []rune{',', ';', '\t'}

// A header of a table of sign-ins has this many columns that are known, besides one with the error code.
const knownEnough = 2

// tableOf returns the table that a text begins with, nil where it is none, and an error where it is one that cannot be read. A log
// with lines of any kind is no table.
func (r *Reader) tableOf(start []byte) (*Table, error) {
	if first := bytes.TrimLeft(start, " \t\r\n"); len(first) == 0 || first[0] == '{' || first[0] == '[' {
		return nil, nil
	}
	known := 0
	for _, comma := range append(slices.Clone(commas), '|') {
		header, names := headerOf(start, comma)
		if len(names) < 2 {
			continue
		}
		t := &Table{Names: names, Comma: comma, Header: bytes.Clone(header), columns: columnsOf(names)}
		n, code := t.known(r.CodeKeys)
		switch {
		case code && n >= knownEnough && comma == '|':
			return nil, errors.New("the columns are separated by |: use a table separated by commas, semicolons or tabs")
		case code && n >= knownEnough:
			t.groups = groupsOf(t.columns)
			t.success = -1
			if at, ok := find(names, "status"); ok && t.columns[at].path == "" {
				t.success = at
			}
			return t, nil
		}
		known = max(known, n)
	}
	if known > knownEnough {
		return nil, errors.New("the table has no column with the error code, such as \"Sign-in error code\" or ResultType: " +
			"use the download of the sign-ins themselves, not of their authentication details (--code-key names another column)")
	}
	if columns := looksLikeTable(start); columns != nil {
		return nil, fmt.Errorf("the text looks like CSV with %d columns, the first is %q, and none is known: the Entra portal "+
			"names them in its own language, so set that to English, or download the sign-ins as JSON", len(columns), columns[0])
	}
	return nil, nil
}

// headerOf returns the first line of a text and the names in it.
func headerOf(start []byte, comma rune) (header []byte, names []string) {
	end := bytes.IndexByte(start, '\n') + 1
	if end == 0 {
		end = len(start) // a header is short: there is no more of it
	}
	if bytes.IndexByte(start[:end], byte(comma)) < 0 {
		return nil, nil
	}
	in := csv.NewReader(bytes.NewReader(start[:end]))
	in.Comma = comma
	names, err := in.Read()
	if err != nil {
		return nil, nil
	}
	return start[:end], names
}

// known returns how many columns are known, and whether one has the error code.
func (t *Table) known(codeKeys []string) (n int, code bool) {
	for i, c := range t.columns {
		switch {
		case c.code || slices.Contains(codeKeys, t.Names[i]):
			code = true
		case c.known:
			n++
		}
	}
	if len(codeKeys) > 0 && code {
		n = max(n, knownEnough) // whoever names the column knows the table
	}
	return n, code
}

// columnWords are in the names of columns of sign-in logs. They tell a header from a line of a log with commas in it.
var columnWords = []string{"error", "result", "status", "user", "time", "date", "request id", "correlation"}

// looksLikeTable returns the names of the columns if a text begins like a table with a header of at least three names and a second
// row with as many cells, if start reaches that far.
func looksLikeTable(start []byte) []string {
	_, rest, _ := bytes.Cut(start, []byte("\n"))
	for _, comma := range commas {
		header, names := headerOf(start, comma)
		if len(names) < 3 || !isHeader(names) {
			continue
		}
		in := csv.NewReader(bytes.NewReader(start[len(header):]))
		in.Comma = comma
		in.FieldsPerRecord = -1
		row, err := in.Read()
		whole := err == nil && bytes.IndexByte(rest, '\n') >= 0
		if whole && len(row) != len(names) || errors.Is(err, csv.ErrBareQuote) {
			continue
		}
		return names
	}
	return nil
}

func isHeader(names []string) bool {
	known := false
	seen := make(map[string]bool)
	for _, name := range names {
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "" || seen[name] || strings.ContainsAny(name, "{}\\") || strings.Trim(name, "0123456789.:- ") == "" {
			return false
		}
		seen[name] = true
		for _, word := range columnWords {
			known = known || strings.Contains(name, word)
		}
	}
	return known
}
