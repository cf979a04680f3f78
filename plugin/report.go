package main

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/filter"
	"fluent-bit-entra-signin/internal/throttle"
)

// quiet is how long a subject stays quiet after a line. One line a minute tells an operator that something is wrong; a line for
// each chunk would do harm itself.
const quiet = time.Minute

// maxSeen is the maximum number of codes that are remembered as reported. Codes come from outside, so they must not decide how
// much memory is used.
const maxSeen = 1000

// A report logs what an instance saw. The traffic does not decide how much is logged. All methods may run concurrently.
type report struct {
	damage, panics *throttle.Limiter

	grown atomic.Bool // overLimit has been logged
	whole atomic.Bool // unsplit has been logged
	mu    sync.Mutex
	seen  map[uint32]struct{}
}

func newReport() *report {
	return &report{damage: throttle.New(quiet), panics: throttle.New(quiet), seen: make(map[uint32]struct{})}
}

// damaged reports a chunk that Fluent Bit's encoder cannot have written, and what becomes of the events behind the damage.
func (r *report) damaged(l *lines, err error, rest string, now time.Time) {
	if held, ok := r.damage.Allow(now); ok {
		l.add(levelWarn, "damaged chunk: %v; the events before the damage are enriched, the rest %s%s", err, rest, others(held))
	}
}

// overLimit reports a chunk that has grown to its limit, once for each instance.
func (r *report) overLimit(l *lines, records uint64) {
	if r.grown.CompareAndSwap(false, true) {
		l.add(levelWarn, "a chunk of many small records has grown to the limit: its last %d records are passed on without fields "+
			"(this is logged once; the count over_limit has them all)", records)
	}
}

// unsplit reports an envelope that is passed on whole, once for each instance.
func (r *report) unsplit(l *lines) {
	if r.whole.CompareAndSwap(false, true) {
		l.add(levelWarn, "an envelope of sign-ins is passed on whole: one of its records is not a map, or splitting it would repeat too much "+
			"(this is logged once; the count unsplit has them all)")
	}
}

// panicked reports a panic and what becomes of the chunk.
func (r *report) panicked(l *lines, fault, chunk string, now time.Time) {
	if held, ok := r.panics.Allow(now); ok {
		l.add(levelError, "%s; the chunk %s%s", faultLine(fault), chunk, others(held))
	}
}

func others(held int) string {
	if held == 0 {
		return ""
	}
	return fmt.Sprintf(" (and %d more since the last such line)", held)
}

// unknown reports each code once.
func (r *report) unknown(l *lines, codes []uint32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, code := range codes {
		if _, ok := r.seen[code]; ok || len(r.seen) >= maxSeen {
			continue
		}
		r.seen[code] = struct{}{}
		l.add(levelInfo, "code %d is not in the catalog; to add it, name a file with Catalog: "+
			"code,description,severity in the first line, %d,\"what it means\",low in another", code, code)
		if len(r.seen) == maxSeen {
			l.add(levelInfo, "%d unknown codes were reported; more are counted only", maxSeen)
		}
	}
}

// summary returns the line of counts.
func summary(c filter.Counts) string {
	var b strings.Builder
	fmt.Fprintf(&b, "records=%d matched=%d unknown=%d no_code=%d malformed=%d split=%d",
		c.Records, c.Matched, c.Unknown, c.NoCode, c.Malformed, c.Split)
	for _, s := range catalog.Severities() {
		fmt.Fprintf(&b, " %s=%d", s, c.Severity(s))
	}
	fmt.Fprintf(&b, " unsplit=%d over_limit=%d", c.Unsplit, c.OverLimit)
	return b.String()
}
