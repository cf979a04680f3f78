package filter

import "fluent-bit-entra-signin/catalog"

// Counts are numbers of records. The events that an envelope was split into count, and the envelope does not.
type Counts struct {
	Records   uint64 // all of them
	Matched   uint64 // with a code that the catalog has
	Unknown   uint64 // with a code that the catalog lacks
	NoCode    uint64 // without a code
	Malformed uint64 // strings that begin like JSON and are not JSON, and places where a chunk was damaged
	Split     uint64 // envelopes
	Unsplit   uint64 // envelopes of Microsoft's records that pass whole: a record is not a map, or the events would be too large
	OverLimit uint64 // records that pass without fields because the chunk has grown to its limit

	// Judged are those with a code, by outcome and severity.
	Judged [catalog.Failure + 1][catalog.Critical + 1]uint64
}

// Severity returns how many records have a severity.
func (c *Counts) Severity(s catalog.Severity) (n uint64) {
	for o := range c.Judged {
		n += c.Judged[o][s]
	}
	return n
}

// Add adds other to c.
func (c *Counts) Add(other *Counts) {
	c.Records += other.Records
	c.Matched += other.Matched
	c.Unknown += other.Unknown
	c.NoCode += other.NoCode
	c.Malformed += other.Malformed
	c.Split += other.Split
	c.Unsplit += other.Unsplit
	c.OverLimit += other.OverLimit
	for o := range other.Judged {
		for s, n := range other.Judged[o] {
			c.Judged[o][s] += n
		}
	}
}
