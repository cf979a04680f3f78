package main

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestEvery(t *testing.T) {
	start := time.Unix(1000, 0)
	at := start.Add
	e := newEvery(time.Minute, start)
	assert.False(t, e.due(at(59*time.Second)))
	assert.True(t, e.due(at(time.Minute)))
	assert.False(t, e.due(at(61*time.Second)))
	assert.True(t, e.due(at(time.Hour)), "after a pause")
	assert.False(t, e.due(at(time.Hour+59*time.Second)), "what was missed is not made up for")
}

func TestEveryIsDueForOne(t *testing.T) {
	start := time.Unix(1000, 0)
	e := newEvery(time.Minute, start)
	var due atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				if e.due(start.Add(90 * time.Second)) {
					due.Add(1)
				}
			}
		})
	}
	wg.Wait()
	assert.EqualValues(t, 1, due.Load())
}
