package main

import (
	"sync"
	"time"
)

// quiet is how long a limiter stays silent after a line. One line a minute tells an operator that something is wrong; one a
// chunk would itself be the damage.
const quiet = time.Minute

// limiter lets one event through, then counts until quiet has passed. The zero value is ready; it may be asked by
// several goroutines at once.
type limiter struct {
	mu   sync.Mutex
	next time.Time
	held int
}

// allow reports whether to speak now, and how many events were held back since the last time.
func (l *limiter) allow(now time.Time) (held int, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Before(l.next) {
		l.held++
		return 0, false
	}
	held, l.held = l.held, 0
	l.next = now.Add(quiet)
	return held, true
}
