package rules

import "strings"

// Summary returns what a rule does, why, and its name, on one line.
func (r *Rule) Summary() string {
	why := r.Reason
	if why == "" {
		why = r.Description
	}
	switch r.Effect.Kind {
	case Floor:
		why = "at least " + r.Effect.Severity.String() + ": " + why
	case Cap:
		why = "at most " + r.Effect.Severity.String() + ": " + why
	case Fixed:
		why = r.Effect.Severity.String() + ": " + why
	case Ignore:
		why = "without " + strings.Join(r.Effect.Ignore, ", ")
	}
	return why + " (" + r.Name + ")"
}
