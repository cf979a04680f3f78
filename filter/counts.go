package filter

import "fluent-bit-entra-signin/catalog"

// Counts of records. A record is an event; the events that an envelope was split into count, the envelope does not.
type Counts struct {
	Records   uint64 // all of them
	Matched   uint64 // with a code that the catalog has
	Unknown   uint64 // with a code that it has not
	NoCode    uint64 // without a code
	Malformed uint64 // strings that begin like JSON and are not, and places where a chunk was damaged
	Split     uint64 // envelopes

	Severity [catalog.Critical + 1]uint64 // of those with a code, by catalog.Severity
	Outcome  [catalog.Failure + 1]uint64  // the same by catalog.Outcome
}

// Add adds other to c.
func (c *Counts) Add(other *Counts) {
	c.Records += other.Records
	c.Matched += other.Matched
	c.Unknown += other.Unknown
	c.NoCode += other.NoCode
	c.Malformed += other.Malformed
	c.Split += other.Split
	for i, n := range other.Severity {
		c.Severity[i] += n
	}
	for i, n := range other.Outcome {
		c.Outcome[i] += n
	}
}
