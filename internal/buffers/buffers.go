// Package buffers keeps the large buffers of chunks and requests for another use.
//
// sync.Pool does not do for them: the goroutine that gives a buffer back is often not the one that takes the next, the pool keeps an object
// of each processor out of reach of the others, and collections of garbage empty the pool, so that new buffers cause the next collection.
//
// All functions may run concurrently.
package buffers

import (
	"slices"
	"sync"
)

// Limits of what is kept, in bytes. Each chunk on its way has one buffer of about 3 MB, and a second one for a moment.
const (
	maxKept   = 32 << 20
	maxBuffer = 16 << 20
)

var kept list

type list struct {
	mu    sync.Mutex
	free  [][]byte
	bytes int
}

// Take returns an empty buffer with room for so many bytes, which saves the garbage of a buffer that grows.
func Take(room int) []byte { return kept.take(room) }

// Give keeps a buffer for another Take. The caller does not use the buffer any longer.
func Give(b []byte) { kept.give(b) }

func (l *list) take(room int) []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	best := -1 // the smallest with the room, and of these the last, which is the likeliest to be in the cache of the processor
	for i, b := range l.free {
		if cap(b) >= room && (best < 0 || cap(b) <= cap(l.free[best])) {
			best = i
		}
	}
	if best >= 0 {
		return l.remove(best)
	}
	if len(l.free) > 0 {
		l.remove(0) // a larger one takes its place
	}
	return make([]byte, 0, rounded(room))
}

func (l *list) remove(i int) []byte {
	b := l.free[i]
	l.free = slices.Delete(l.free, i, i+1)
	l.bytes -= cap(b)
	return b[:0]
}

func (l *list) give(b []byte) {
	if cap(b) == 0 || cap(b) > maxBuffer {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.bytes+cap(b) <= maxKept {
		l.free = append(l.free, b)
		l.bytes += cap(b)
	}
}

// step rounds the size of large buffers, so that chunks of about the same size use the same buffers. What is not written takes no memory.
const step = 1 << 20

func rounded(room int) int {
	if room <= step {
		return room
	}
	return (room + step - 1) / step * step
}
