package main

import (
	"runtime"
	"sync/atomic"
	"time"
)

// tickEvery is less than 10 ms: after that time Go's monitor thread takes a processor whose scheduler did not run for one that a
// goroutine hogs. Measured: 2 and 5 ms are no better, and 20 ms loses a third of the gain.
const tickEvery = 8 * time.Millisecond

var (
	epoch    = time.Now()
	lastTick atomic.Int64 // since epoch, in nanoseconds; one for the process, as the scheduler is
)

// tick runs Go's scheduler now and then. A C thread that calls into Go never runs it. The monitor then takes the thread for a hog,
// takes its processor away whenever the thread is back in C, and stays awake to do so. That was a third of the cost of the filter
// (docs/performance.md). enricher.enrich calls tick, so the filter and the output do once for each chunk.
func tick() {
	now := int64(time.Since(epoch))
	last := lastTick.Load()
	if now-last >= int64(tickEvery) && lastTick.CompareAndSwap(last, now) {
		runtime.Gosched()
	}
}
