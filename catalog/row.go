package catalog

import (
	"fmt"
	"strings"

	"fluent-bit-entra-signin/internal/csvfile"
)

// row parses one row and reports all of its errors.
func (p *parser) row(r *csvfile.Row) {
	e, known := p.start(r)
	for _, column := range r.Columns() {
		if err := e.set(column, r.Text(column)); err != nil {
			r.Fail(column, "%w", err)
		}
	}
	if !r.Failed() {
		p.finish(r, &e, known)
	}
}

// start parses the code of a row and returns the entry that the row changes.
func (p *parser) start(r *csvfile.Row) (e Entry, known bool) {
	code, err := ParseCode(strings.TrimSpace(r.Cell("code")))
	if err != nil {
		r.Fail("code", "%w", err)
		return e, false
	}
	if first, twice := p.lines[code]; twice {
		r.Fail("code", "code %d is in the file twice, first in line %d", code, first)
		return e, false
	}
	p.lines[code] = r.Line
	if p.base != nil {
		if old, ok := p.base.Lookup(code); ok {
			return *old, true
		}
	}
	return Entry{Code: code}, false
}

// finish checks the entry as a whole and adds it to the entries.
func (p *parser) finish(r *csvfile.Row, e *Entry, known bool) {
	if e.Description == "" {
		r.Fail("", "code %d needs a description", e.Code)
	}
	if e.Severity == Unknown {
		r.Fail("", "code %d needs a severity", e.Code)
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
		r.Fail("", "code %d needs an outcome", e.Code)
	}
	if e.Category == "" {
		r.Fail("", "code %d needs a category", e.Code)
	}
	p.entries = append(p.entries, *e)
}

// set sets one column of an entry. An empty value changes nothing.
func (e *Entry) set(column, value string) (err error) {
	if value == "" {
		return nil
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
		e.Technique, err = ParseTechniques(value)
	}
	return err
}

// ParseTechniques parses ATT&CK ids separated by spaces or commas and returns them separated by one space.
func ParseTechniques(value string) (string, error) {
	ids := strings.Fields(strings.ReplaceAll(strings.ToUpper(value), ",", " "))
	for _, id := range ids {
		if !isTechnique(id) {
			return "", fmt.Errorf("technique %q: must be MITRE ATT&CK ids such as T1110.003, separated by spaces or commas", id)
		}
	}
	return strings.Join(ids, " "), nil
}

// isTechnique reports whether id has the form T1110 or T1110.003.
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
