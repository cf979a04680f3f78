package main

import (
	"slices"

	"github.com/spf13/cobra"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/filter"
)

// wanted are the records that the flags of enrich ask for. What is empty asks for all.
type wanted struct {
	severities []catalog.Severity
	outcomes   []catalog.Outcome
	matched    bool // only with a code that the catalog has
}

// addFlags adds the flags to a command. In a record, severity and outcome may be unknown.
func (w *wanted) addFlags(cmd *cobra.Command) {
	unknown := catalog.Unknown.String()
	severityFlag(cmd, severitiesOf(&w.severities, func(word string) (catalog.Severity, error) {
		if word == unknown {
			return catalog.Unknown, nil
		}
		return catalog.ParseSeverity(word)
	}), unknown)
	outcomeFlag(cmd, each(&w.outcomes, func(word string) (catalog.Outcome, error) {
		if word == unknown {
			return catalog.NoOutcome, nil
		}
		return catalog.ParseOutcome(word)
	}), unknown)
	cmd.Flags().BoolVar(&w.matched, "only-matched", false, "Only records with a code that is in the catalog.")
}

// all tells whether every record is wanted, and every line that is none.
func (w *wanted) all() bool { return len(w.severities) == 0 && len(w.outcomes) == 0 && !w.matched }

// has tells whether a record that was counted like this is wanted.
func (w *wanted) has(c *filter.Counts) bool {
	if w.matched && c.Matched == 0 {
		return false
	}
	if len(w.severities) == 0 && len(w.outcomes) == 0 {
		return true
	}
	for outcome := range c.Judged {
		for severity, n := range c.Judged[outcome] {
			if n > 0 && (len(w.severities) == 0 || slices.Contains(w.severities, catalog.Severity(severity))) &&
				(len(w.outcomes) == 0 || slices.Contains(w.outcomes, catalog.Outcome(outcome))) {
				return true
			}
		}
	}
	return false
}
