package sink

import (
	"sync/atomic"
	"time"
)

// A pause spares a receiver that takes nothing at present, and whoever waits for it. Without a pause a receiver that hangs
// would hold up the end of Fluent Bit by one Timeout for every queued chunk, and a receiver that refuses the credentials
// would be asked again with every chunk. The zero value is over; its methods may run at once.
//
// The end keeps the reading of the monotonic clock: setting the clock back does not lengthen a pause.
type pause struct{ current atomic.Pointer[interval] }

type interval struct {
	end    time.Time
	why    string // for those who are turned away meanwhile
	status int    // of the answer that began it, 0 for none
}

func (p *pause) begin(i interval) { p.current.Store(&i) }

// still returns the pause that is on, or nil.
func (p *pause) still(now time.Time) *interval {
	if i := p.current.Load(); i != nil && now.Before(i.end) {
		return i
	}
	return nil
}

// Error makes a pause the error of a request that was not made.
func (i *interval) Error() string { return i.why }
