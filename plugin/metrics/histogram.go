package metrics

import (
	"sync/atomic"
	"time"
)

// bounds are those of the buckets, in seconds. The 32 kB that tail usually sends take some 15 µs, a chunk of 2 MB a millisecond.
var bounds = [...]float64{
	10e-6, 25e-6, 50e-6, 100e-6, 250e-6, 500e-6, 1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 50e-3, 0.1, 0.25, 0.5, 1,
}

// A Histogram counts durations by their length. The zero value is empty.
type Histogram struct {
	buckets [len(bounds) + 1]atomic.Uint64 // the last is for durations above all bounds
	sum     atomic.Int64                   // nanoseconds
}

// Observe counts one duration.
func (h *Histogram) Observe(d time.Duration) {
	i := 0
	for i < len(bounds) && d.Seconds() > bounds[i] {
		i++
	}
	h.buckets[i].Add(1)
	h.sum.Add(int64(d))
}
