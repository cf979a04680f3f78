package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/internal/spelling"
)

// An Op is how a condition compares.
type Op uint8

// The operators.
const (
	Is       Op = iota // the field has one of the values
	IsNot              // the field says something, and it is none of the values
	Contains           // one of the values stands in the field's text
)

func (o Op) String() string { return [...]string{"=", "!=", "contains"}[o] }

// A Comparison is one condition: a field, an operator and values of which any may match.
type Comparison struct {
	Field  string // of Fields, or code, outcome, credential or category of the catalog
	Op     Op
	Values []string // as written, none empty
}

// nothing is the value that stands for a field that says nothing.
const nothing = "none"

// SaysNothing tells whether a text is no value. Microsoft writes none, hidden and unknownFutureValue where there is no value, or none that
// the reader may see.
func SaysNothing(text string) bool { return saysNothing(text) }

func saysNothing(text string) bool {
	switch len(text) {
	case 0:
		return true
	case len(nothing):
		return text[0]|0x20 == 'n' && text[1]|0x20 == 'o' && text[2]|0x20 == 'n' && text[3]|0x20 == 'e' // in nearly every field
	case len("hidden"):
		return equalFold(text, "hidden")
	case len("unknownfuturevalue"):
		return equalFold(text, "unknownfuturevalue")
	}
	return false
}

// String writes the comparison as a file has it.
func (c Comparison) String() string {
	values := make([]string, len(c.Values))
	for i, v := range c.Values {
		if strings.ContainsAny(v, `|&="`) {
			v = `"` + v + `"`
		}
		values[i] = v
	}
	return c.Field + " " + c.Op.String() + " " + strings.Join(values, " | ")
}

// conditionText writes conditions as a file has them.
func conditionText(when []Comparison) string {
	parts := make([]string, len(when))
	for i, c := range when {
		parts[i] = c.String()
	}
	return strings.Join(parts, " & ")
}

// A conditionError is what is wrong with a condition, and where.
type conditionError struct {
	at  int // offset in bytes
	err error
}

const grammar = `use conditions such as code = 0 & riskState = atRisk | confirmedCompromised, with =, != or contains, joined by &`

// maxValue is the longest text that is compared, in bytes. What is longer in a record makes a rule not fire.
const maxValue = 4 << 10

// parseCondition reads the conditions of one row.
func parseCondition(text string) (when []Comparison, bad *conditionError) {
	s := scanner{text: text}
	for {
		c, bad := s.comparison()
		if bad != nil {
			return nil, bad
		}
		when = append(when, c)
		s.blanks()
		if s.at == len(s.text) {
			return when, nil
		}
		s.at++ // the & that ended the last value
	}
}

type scanner struct {
	text string
	at   int
}

func (s *scanner) fail(at int, format string, args ...any) *conditionError {
	return &conditionError{at, fmt.Errorf(format, args...)}
}

func (s *scanner) blanks() {
	for s.at < len(s.text) && strings.IndexByte(" \t\r\n", s.text[s.at]) >= 0 {
		s.at++
	}
}

func (s *scanner) comparison() (c Comparison, bad *conditionError) {
	s.blanks()
	at := s.at
	for s.at < len(s.text) && isName(s.text[s.at]) {
		s.at++
	}
	name := s.text[at:s.at]
	if name == "" {
		return c, s.fail(at, "a field is missing: %s", grammar)
	}
	var ok bool
	if c.Field, ok = resolve(name); !ok {
		return c, s.fail(at, "no field is called %q%s: %s", name, similar(name, fieldNames()), "docs/context.md lists the fields")
	}
	s.blanks()
	operator := s.at
	switch rest := s.text[s.at:]; {
	case strings.HasPrefix(rest, "!="):
		c.Op, s.at = IsNot, s.at+2
	case strings.HasPrefix(rest, "=="):
		return c, s.fail(s.at, "== is written =")
	case strings.HasPrefix(rest, "="):
		c.Op, s.at = Is, s.at+1
	case len(rest) > len("contains") && strings.EqualFold(rest[:len("contains")], "contains") && !isName(rest[len("contains")]):
		c.Op, s.at = Contains, s.at+len("contains")
	default:
		return c, s.fail(s.at, "no operator behind %s: %s", name, grammar)
	}
	if c.Op == Contains && !isText(c.Field) {
		return c, s.fail(operator, "contains is for texts, and %s is none: use = or !=", c.Field)
	}
	for {
		at, value, bad := s.value()
		if bad != nil {
			return c, bad
		}
		if err := checkValue(&c, value); err != nil {
			return c, &conditionError{at, err}
		}
		c.Values = append(c.Values, value)
		if s.at == len(s.text) || s.text[s.at] == '&' {
			return c, nil
		}
		s.at++ // |
	}
}

// value reads up to the next | or &, or to the end.
func (s *scanner) value() (at int, value string, bad *conditionError) {
	s.blanks()
	at = s.at
	if s.at < len(s.text) && s.text[s.at] == '"' {
		end := strings.IndexByte(s.text[s.at+1:], '"')
		if end < 0 {
			return at, "", s.fail(at, "a quotation mark that is not closed")
		}
		value = s.text[s.at+1 : s.at+1+end]
		s.at += end + 2
		s.blanks()
		if s.at < len(s.text) && s.text[s.at] != '|' && s.text[s.at] != '&' {
			return at, "", s.fail(s.at, "something stands behind a value in quotation marks: use | or &")
		}
	} else {
		for s.at < len(s.text) && s.text[s.at] != '|' && s.text[s.at] != '&' {
			s.at++
		}
		value = strings.TrimRight(s.text[at:s.at], " \t\r\n")
		if i := strings.IndexAny(value, `="`); i >= 0 {
			return at, "", s.fail(at+i, "%q inside a value: use & between two conditions, or quotation marks around the value", value[i:i+1])
		}
	}
	if value == "" {
		return at, "", s.fail(at, "a value is missing: write one, or %s for a field that says nothing", nothing)
	}
	return at, value, nil
}

func isName(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '.'
}

// resolve returns the name of a field as it is spelled here.
func resolve(name string) (string, bool) {
	for _, own := range fieldNames() {
		if strings.EqualFold(own, name) {
			return own, true
		}
	}
	return "", false
}

func fieldNames() []string {
	names := slices.Clone(catalogFields)
	for i := range fields {
		names = append(names, fields[i].Name)
	}
	return names
}

func isText(field string) bool {
	i := fieldNamed(field)
	return i >= 0 && (fields[i].Kind == Text || fields[i].Kind == List)
}

// checkValue refuses a value that its field never has.
func checkValue(c *Comparison, value string) error {
	if len(value) > 255 {
		return fmt.Errorf("a value of %d bytes; at most 255 are allowed", len(value))
	}
	void := saysNothing(value)
	if void && !strings.EqualFold(value, nothing) {
		return fmt.Errorf("%q says nothing, as a missing field does: use %s", value, nothing)
	}
	if void && c.Op == Contains {
		return fmt.Errorf("contains %s: use %s = %s for a field that says nothing", nothing, c.Field, nothing)
	}
	if c.Op == Contains && len(value) < minNeedle {
		return fmt.Errorf("contains %q: use at least %d letters", value, minNeedle)
	}
	var err error
	switch i := fieldNamed(c.Field); {
	case c.Field == fieldCode:
		_, err = catalog.ParseCode(value)
	case void:
	case c.Field == fieldOutcome:
		_, err = catalog.ParseOutcome(value)
	case c.Field == fieldCredential:
		_, err = catalog.ParseCredential(value)
	case c.Field == fieldCategory:
		_, err = catalog.ParseCategory(value)
	case fields[i].Kind == Bool:
		if !strings.EqualFold(value, "true") && !strings.EqualFold(value, "false") {
			err = fmt.Errorf("%s %q: use true or false", c.Field, value)
		}
	case fields[i].Kind == Number:
		if n, bad := strconv.ParseInt(value, 10, 64); bad != nil || strconv.FormatInt(n, 10) != value {
			err = fmt.Errorf("%s %q: must be a whole number", c.Field, value)
		}
	}
	return err
}

// similar offers a name that may have been meant.
func similar(name string, of []string) string {
	best, fewest := "", len(name)/4+1
	for _, candidate := range of {
		if n := spelling.Distance(strings.ToLower(name), strings.ToLower(candidate), fewest); n <= fewest && (best == "" || n < fewest) {
			best, fewest = candidate, n
		}
		// The last key of a path by itself, as in trustType.
		if best == "" && strings.HasSuffix(strings.ToLower(candidate), "."+strings.ToLower(name)) {
			best = candidate
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %s?)", best)
}
