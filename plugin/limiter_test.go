package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestLimiter(t *testing.T) {
	var l limiter
	at := time.Unix(1000, 0)
	for _, step := range []struct {
		after time.Duration
		held  int
		ok    bool
	}{
		{0, 0, true},
		{time.Second, 0, false},
		{quiet - time.Nanosecond, 0, false},
		{quiet, 2, true},
		{quiet + time.Second, 0, false},
		{2 * quiet, 1, true},
		{3 * quiet, 0, true},
	} {
		held, ok := l.allow(at.Add(step.after))
		assert.Equal(t, step.ok, ok, step.after)
		assert.Equal(t, step.held, held, step.after)
	}
}
