package main

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestTurns(t *testing.T) {
	all := newTurns()
	most := int64(runtime.GOMAXPROCS(0))
	var now atomic.Int64
	var seen [1024]atomic.Bool // by how many had their turn at once
	var flushes sync.WaitGroup
	for range 8 * most {
		flushes.Go(func() {
			mine := turn{of: all}
			for range 50 {
				mine.take()
				mine.take() // has no effect
				seen[min(now.Add(1), int64(len(seen)-1))].Store(true)
				time.Sleep(10 * time.Microsecond)
				now.Add(-1)
				mine.give()
				mine.give() // has no effect, and takes nobody else's turn
			}
		})
	}
	flushes.Wait()
	for range most { // there are so many: another one would wait forever
		(&turn{of: all}).take()
	}
	assert.Len(t, all, int(most))
	for range most {
		<-all
	}
	for n := most + 1; n < int64(len(seen)); n++ {
		assert.False(t, seen[n].Load(), "%d at once", n)
	}
	assert.Empty(t, all)
}
