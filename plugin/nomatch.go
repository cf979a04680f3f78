package main

import (
	"sync"
	"sync/atomic"
	"time"

	"fluent-bit-entra-signin/filter"
	"fluent-bit-entra-signin/internal/printable"
)

// noMatch warns once if an instance sees records but no code: a wrong setting would otherwise go unnoticed. The zero value is ready
// to use. All methods may run concurrently.
type noMatch struct {
	done atomic.Bool // a code was found, or the warning was given

	mu      sync.Mutex
	records uint64
	since   time.Time // of the first record
	keys    string    // of the first record
}

// The warning comes after this many records, or this long after the first record.
const (
	noMatchRecords = 1000
	noMatchAfter   = time.Minute
)

// see counts the records of a chunk.
func (m *noMatch) see(l *lines, r *filter.Result, chunk []byte, now time.Time) {
	if m.done.Load() || r.Counts.Records == 0 {
		return
	}
	if r.Counts.Matched+r.Counts.Unknown > 0 {
		m.done.Store(true)
		return
	}
	m.mu.Lock()
	if m.records == 0 {
		m.since, m.keys = now, keysOf(chunk)
	}
	m.records += r.Counts.Records
	due := m.records >= noMatchRecords || now.Sub(m.since) >= noMatchAfter
	m.mu.Unlock()
	if due {
		m.warn(l, "first ")
	}
}

// end warns at the exit of the instance, if see has not seen enough records to decide.
func (m *noMatch) end(l *lines) {
	if m.done.Load() {
		return
	}
	m.mu.Lock()
	records := m.records
	m.mu.Unlock()
	if records > 0 {
		m.warn(l, "")
		return
	}
	l.add(levelInfo, "no record came: if there should have been some, check that Match fits the tag of the input, and that the input finds something to read")
}

func (m *noMatch) warn(l *lines, which string) {
	if !m.done.CompareAndSwap(false, true) {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	l.add(levelWarn, "none of the %s%d records has an error code; the first has the keys %s. Usual causes: Match takes other logs, "+
		"Code_Key names another place, a record stands on several lines (pretty-printed JSON), or the lines are CSV", which, m.records, m.keys)
}

// keysOf lists the top-level keys of a chunk's first record. It never shows values.
func keysOf(chunk []byte) string {
	const most = 13 // one more than are shown
	var keys []string
	_ = filter.Events(chunk, func(e filter.Event) bool {
		if !e.Marker {
			keys = filter.TopKeys(e.Body, most)
		}
		return e.Marker
	})
	return printable.Names(keys)
}
