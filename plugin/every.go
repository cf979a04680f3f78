package main

import (
	"sync/atomic"
	"time"
)

// every is due once an interval, for one of those who ask. It is asked when a chunk comes rather than woken by a timer: the host's
// log wants to be called on the host's threads, and where no record comes there is nothing new to say.
type every struct {
	interval time.Duration
	start    time.Time
	next     atomic.Int64 // since start, in nanoseconds
}

func newEvery(interval time.Duration, now time.Time) *every {
	e := &every{interval: interval, start: now}
	e.next.Store(int64(interval))
	return e
}

// due is asked with the monotonic clock: a change of the time of day changes nothing.
func (e *every) due(now time.Time) bool {
	passed, next := int64(now.Sub(e.start)), e.next.Load()
	return passed >= next && e.next.CompareAndSwap(next, passed+int64(e.interval))
}
