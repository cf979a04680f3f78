package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// The scheduler is passed now and then, not with every chunk: passing it costs more than a small chunk.
func TestTick(t *testing.T) {
	before := lastTick.Load()
	time.Sleep(tickEvery)
	tick()
	ticked := lastTick.Load()
	assert.GreaterOrEqual(t, ticked-before, int64(tickEvery))
	for range 1000 {
		tick()
		if next := lastTick.Load(); next != ticked {
			assert.GreaterOrEqual(t, next-ticked, int64(tickEvery))
			ticked = next
		}
	}
}
