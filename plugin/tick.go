package main

import (
	"runtime"
	"sync/atomic"
	"time"
)

// tickEvery is less than the 10 ms after which Go's monitor thread takes a processor whose scheduler stands still for one
// that a goroutine hogs. 2 and 5 ms were measured to be no better, 20 ms loses a third of the gain.
const tickEvery = 8 * time.Millisecond

var (
	epoch    = time.Now()
	lastTick atomic.Int64 // since epoch, in nanoseconds; the scheduler is the process's, so this is too
)

// tick passes Go's scheduler now and then. A thread of C that calls into Go never does, so the monitor takes it for a hog,
// takes its processor away whenever it is back in C, and stays awake to do so: a third of all that the filter cost
// (docs/performance.md). enricher.enrich calls it, so the filter and the output do once a chunk.
func tick() {
	now := int64(time.Since(epoch))
	last := lastTick.Load()
	if now-last >= int64(tickEvery) && lastTick.CompareAndSwap(last, now) {
		runtime.Gosched()
	}
}
