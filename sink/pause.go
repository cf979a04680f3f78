package sink

import (
	"sync/atomic"
	"time"
)

// A pause spares a receiver that did not answer in time, and whoever waits for it: each request to it would take the whole
// Timeout again. Fluent Bit runs every flush that is queued before it ends, one behind the other, so without a pause a
// receiver that hangs would hold up the end for as many times the Timeout as there are chunks. The zero value is over;
// its methods may run at once.
type pause struct{ end atomic.Int64 } // in nanoseconds since 1970

func (p *pause) until(t time.Time) { p.end.Store(t.UnixNano()) }

func (p *pause) still(now time.Time) bool { return now.UnixNano() < p.end.Load() }
