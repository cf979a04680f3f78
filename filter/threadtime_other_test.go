//go:build !linux

package filter

import "time"

var started = time.Now()

// threadTime returns the time on the clock, where there is none of the thread.
func threadTime() time.Duration { return time.Since(started) }
