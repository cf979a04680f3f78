// Package throttle limits how often something happens: log lines about one subject, work that is due once in a while, requests
// to a receiver that takes nothing at present.
//
// The caller passes the time, as time.Now returns it. Such times have a monotonic reading, so setting the clock does not
// lengthen or shorten an interval. All methods may run concurrently.
package throttle

import (
	"sync"
	"sync/atomic"
	"time"
)

// A Limiter lets one event through in each interval and counts the others. A Limiter of New lets the first one through at once.
type Limiter struct {
	interval time.Duration

	mu   sync.Mutex
	next time.Time
	held int
}

// New returns a Limiter with an interval.
func New(interval time.Duration) *Limiter { return &Limiter{interval: interval} }

// After returns a Limiter that lets the first event through when an interval has passed since start.
func After(interval time.Duration, start time.Time) *Limiter {
	return &Limiter{interval: interval, next: start.Add(interval)}
}

// Allow reports whether an event is let through now, and how many were held back since the last one that was. The next one is
// let through when an interval has passed from now: intervals that nobody asked in are not made up for.
func (l *Limiter) Allow(now time.Time) (held int, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Before(l.next) {
		l.held++
		return 0, false
	}
	held, l.held = l.held, 0
	l.next = now.Add(l.interval)
	return held, true
}

// A Pause holds everything back until a time. The zero value holds nothing back. T says why.
type Pause[T any] struct{ current atomic.Pointer[pause[T]] }

type pause[T any] struct {
	until time.Time
	why   T
}

// Begin starts a pause. It replaces one that is under way.
func (p *Pause[T]) Begin(until time.Time, why T) { p.current.Store(&pause[T]{until, why}) }

// Active reports whether a pause is under way, and why.
func (p *Pause[T]) Active(now time.Time) (why T, active bool) {
	if c := p.current.Load(); c != nil && now.Before(c.until) {
		return c.why, true
	}
	return why, false
}
