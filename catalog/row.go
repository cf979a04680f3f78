package catalog

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// row reads one line after the header and notes everything that is wrong with it.
func (p *parser) row(in *csv.Reader, row []string) {
	line, _ := in.FieldPos(0)
	if len(row) != len(p.columns) {
		p.fail(line, 0, "%d columns where the header has %d", len(row), len(p.columns))
		return
	}
	if i := slices.IndexFunc(row, tooLong); i >= 0 {
		l, column := in.FieldPos(i)
		p.fail(l, column, "%s has %d bytes: want at most %d", p.columns[i], len(row[i]), maxCell)
		return
	}
	before := len(p.errs)
	e, known := p.start(in, row)
	for i, name := range p.columns {
		if err := e.set(name, row[i]); err != nil {
			l, column := in.FieldPos(i)
			p.fail(l, column, "%w", err)
		}
	}
	if len(p.errs) == before {
		p.finish(line, &e, known)
	}
}

// start finds the row's code and the entry it begins from.
func (p *parser) start(in *csv.Reader, row []string) (e Entry, known bool) {
	i := slices.Index(p.columns, "code")
	line, column := in.FieldPos(i)
	code, err := ParseCode(strings.TrimSpace(row[i]))
	if err != nil {
		p.fail(line, column, "%w", err)
		return e, false
	}
	if first, twice := p.lines[code]; twice {
		p.fail(line, column, "code %d stands twice, first in line %d", code, first)
		return e, false
	}
	p.lines[code] = line
	if p.base != nil {
		if old, ok := p.base.Lookup(code); ok {
			return *old, true
		}
	}
	return Entry{Code: code}, false
}

// finish checks the entry as a whole and keeps it.
func (p *parser) finish(line int, e *Entry, known bool) {
	if e.Description == "" {
		p.fail(line, 0, "code %d needs a description", e.Code)
	}
	if e.Severity == Unknown {
		p.fail(line, 0, "code %d needs a severity", e.Code)
	}
	if !p.complete && !known {
		if e.Outcome == NoOutcome {
			e.Outcome = Failure
		}
		if e.Category == "" {
			e.Category = "undocumented"
		}
	}
	if e.Outcome == NoOutcome {
		p.fail(line, 0, "code %d needs an outcome", e.Code)
	}
	if e.Category == "" {
		p.fail(line, 0, "code %d needs a category", e.Code)
	}
	p.entries = append(p.entries, *e)
}

// set fills one column of an entry; an empty value leaves it as it is.
func (e *Entry) set(column, value string) (err error) {
	if !utf8.ValidString(value) {
		return fmt.Errorf("%s %q is not UTF-8: save the file as UTF-8", column, value)
	}
	if value = strings.TrimSpace(value); value == "" {
		return nil
	}
	if strings.ContainsAny(value, "\r\n\t") {
		value = strings.Join(strings.Fields(value), " ") // a cell may be wrapped; what is appended to a record is one line
	}
	switch column {
	case "name":
		e.Name = value
	case "description":
		e.Description = value
	case "severity":
		e.Severity, err = ParseSeverity(value)
	case "outcome":
		e.Outcome, err = ParseOutcome(value)
	case "category":
		e.Category, err = ParseCategory(value)
	case "action":
		e.Action = value
	case "credential":
		e.Credential, err = ParseCredential(value)
	case "source":
		e.Source, err = ParseSource(value)
	case "technique":
		e.Technique, err = parseTechniques(value)
	}
	return err
}

// parseTechniques reads ATT&CK ids that blanks or commas separate, as the command prints them, and returns them with one
// blank between two.
func parseTechniques(value string) (string, error) {
	ids := strings.Fields(strings.ReplaceAll(strings.ToUpper(value), ",", " "))
	for _, id := range ids {
		if !isTechnique(id) {
			return "", fmt.Errorf("technique %q: want MITRE ATT&CK ids such as T1110.003, separated by blanks or commas", id)
		}
	}
	return strings.Join(ids, " "), nil
}

// isTechnique tells T1110 and T1110.003 from anything else.
func isTechnique(id string) bool {
	shape := "T0000.000"
	if len(id) != len("T0000") && len(id) != len(shape) {
		return false
	}
	for i := range len(id) {
		if c := id[i]; shape[i] == '0' && (c < '0' || c > '9') || shape[i] != '0' && c != shape[i] {
			return false
		}
	}
	return true
}
