package report

import (
	"time"

	"fluent-bit-entra-signin/catalog/rules"
)

// Options are the thresholds of the rules, and how much of it all is shown.
type Options struct {
	Top int // rows of a table, and findings of a kind

	SprayAccounts int           // accounts that one source is refused for
	SprayWindow   time.Duration // in this time
	Failures      int           // refused passwords of one account from one source
	FailureWindow time.Duration // in this time before one was right
	Prompts       int           // MFA prompts that were not accepted
	PromptWindow  time.Duration // in this time before one was

	// Rules are those of the context that severities come from; nil where they come from the code alone.
	Rules *rules.Set

	maxAccounts, maxAddresses, maxPairs, maxSubjects, maxUnknown, maxMarks int // kept in memory
}

// DefaultOptions are those of the command.
func DefaultOptions() Options {
	return Options{
		Top: 25, SprayAccounts: 10, SprayWindow: time.Hour, Failures: 10, FailureWindow: 24 * time.Hour, Prompts: 5, PromptWindow: time.Hour,
		maxAccounts: 250_000, maxAddresses: 250_000, maxPairs: 500_000, maxSubjects: 20_000, maxUnknown: 1000, maxMarks: 3_000_000,
	}
}
