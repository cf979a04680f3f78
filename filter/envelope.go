package filter

// ofAzure tells whether the record that was seen has what Azure Monitor gives every record.
func (r *Result) ofAzure() bool {
	azure := r.engine.masks.azure
	return azure != 0 && r.seen.seen&azure == azure
}

// take adds to r what was counted in the records that its holder was split into. It returns false, and does nothing,
// where none of them is Microsoft's: none has a code, and none was written by Azure Monitor.
func (r *Result) take(in *Result) bool {
	if in.Counts.Matched+in.Counts.Unknown == 0 && !in.azure {
		return false
	}
	r.Counts.Add(&in.Counts)
	r.entries = append(r.entries, in.entries...)
	r.Counts.Split++
	for _, code := range in.Unknown {
		r.unknown(code)
	}
	return true
}

// maxRepeat bounds how much larger splitting makes a record: what every event repeats (its timestamp and metadata, the
// rest of the envelope) could multiply a small input without end. In all it may be so many times the record's own
// length; what real envelopes repeat stays below twice.
const maxRepeat = 4
