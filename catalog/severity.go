package catalog

import (
	"fmt"
	"strings"
)

// Severity says how much attention an error code deserves. The zero value is Unknown: the code is not in the catalog.
// docs/severity.md has the rules.
type Severity uint8

// The severities, in ascending order.
const (
	Unknown  Severity = iota // the code is not in the catalog
	Info                     // success, and the steps of a normal sign-in
	Low                      // a mistake of a user or in the configuration of an app, or a problem of the service
	Medium                   // a refused sign-in that is worth trending
	High                     // needs a person today, whatever the rest of the record says
	Critical                 // an identity or a tenant in confirmed danger
)

var severityNames = [...]string{"unknown", "info", "low", "medium", "high", "critical"}

// String returns the value that is appended to records.
func (s Severity) String() string { return severityNames[s] }

// Severities returns the severities of entries in ascending order: all except Unknown.
func Severities() []Severity { return []Severity{Info, Low, Medium, High, Critical} }

// ParseSeverity is the inverse of String for the values of Severities, ignoring case.
func ParseSeverity(word string) (Severity, error) {
	for _, s := range Severities() {
		if strings.EqualFold(s.String(), word) {
			return s, nil
		}
	}
	return Unknown, fmt.Errorf("severity %q: must be info, low, medium, high or critical", word)
}

// Outcome says how the sign-in ended. The zero value is NoOutcome: the code is not in the catalog.
type Outcome uint8

// The outcomes. An interrupted sign-in is neither a success nor a failure: the user was asked for something and usually continues.
// Counting interrupts as failures hides the real failures.
const (
	NoOutcome Outcome = iota
	Success
	Interrupt // a step of a normal sign-in: a prompt, a redirect, a registration
	Failure
)

var outcomeNames = [...]string{"unknown", "success", "interrupt", "failure"}

// String returns the value that is appended to records.
func (o Outcome) String() string { return outcomeNames[o] }

// Outcomes returns the outcomes of entries: all except NoOutcome.
func Outcomes() []Outcome { return []Outcome{Success, Interrupt, Failure} }

// ParseOutcome is the inverse of String for the values of Outcomes, ignoring case.
func ParseOutcome(word string) (Outcome, error) {
	for _, o := range Outcomes() {
		if strings.EqualFold(o.String(), word) {
			return o, nil
		}
	}
	return NoOutcome, fmt.Errorf("outcome %q: must be success, interrupt or failure", word)
}
