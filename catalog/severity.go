package catalog

import (
	"fmt"
	"strings"
)

// Severity says how much attention an error code deserves. The zero value is Unknown: a code that is not in the catalog.
// docs/severity.md holds the rules by which every entry got its severity.
type Severity uint8

// The severities, in ascending order.
const (
	Unknown  Severity = iota // the code is not in the catalog
	Info                     // success, and the steps of a normal sign-in
	Low                      // a mistake of a user or of an app's configuration, or trouble of the service
	Medium                   // a refused sign-in worth trending
	High                     // needs a person today, whatever else the record says
	Critical                 // an identity or a tenant in confirmed danger
)

var severityNames = [...]string{"unknown", "info", "low", "medium", "high", "critical"}

// String returns the word that is appended to records.
func (s Severity) String() string { return severityNames[s] }

// Severities returns the severities an entry may have, in ascending order; Unknown is not one of them.
func Severities() []Severity { return []Severity{Info, Low, Medium, High, Critical} }

// ParseSeverity is the inverse of String, in any case, for the severities an entry may have.
func ParseSeverity(word string) (Severity, error) {
	for _, s := range Severities() {
		if strings.EqualFold(s.String(), word) {
			return s, nil
		}
	}
	return Unknown, fmt.Errorf("severity %q: want info, low, medium, high or critical", word)
}

// Outcome says what became of the sign-in. The zero value is NoOutcome: the code is not in the catalog.
type Outcome uint8

// The outcomes. A sign-in that is interrupted is neither a success nor a failure: the user was asked for something more
// and most often goes on, so that counting interrupts as failures hides the real ones.
const (
	NoOutcome Outcome = iota
	Success
	Interrupt // a step of a normal sign-in: a prompt, a redirect, a registration
	Failure
)

var outcomeNames = [...]string{"unknown", "success", "interrupt", "failure"}

// String returns the word that is appended to records.
func (o Outcome) String() string { return outcomeNames[o] }

// Outcomes returns the outcomes an entry may have.
func Outcomes() []Outcome { return []Outcome{Success, Interrupt, Failure} }

// ParseOutcome is the inverse of String, in any case, for the outcomes an entry may have.
func ParseOutcome(word string) (Outcome, error) {
	for _, o := range Outcomes() {
		if strings.EqualFold(o.String(), word) {
			return o, nil
		}
	}
	return NoOutcome, fmt.Errorf("outcome %q: want success, interrupt or failure", word)
}
