package throttle

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestLimiter(t *testing.T) {
	at := time.Unix(1000, 0)
	l := New(time.Minute)
	for _, step := range []struct {
		after time.Duration
		held  int
		ok    bool
	}{
		{0, 0, true},
		{time.Second, 0, false},
		{time.Minute - 1, 0, false},
		{time.Minute, 2, true},
		{time.Minute + time.Second, 0, false},
		{time.Hour, 1, true},
		{time.Hour + 59*time.Second, 0, false},
		{2 * time.Hour, 1, true},
	} {
		held, ok := l.Allow(at.Add(step.after))
		assert.Equal(t, step.ok, ok, step.after)
		assert.Equal(t, step.held, held, step.after)
	}
}

func TestAfter(t *testing.T) {
	start := time.Unix(1000, 0)
	l := After(time.Minute, start)
	_, ok := l.Allow(start.Add(time.Minute - 1))
	assert.False(t, ok)
	_, ok = l.Allow(start.Add(time.Minute))
	assert.True(t, ok)
}

func TestLimiterLetsOneThrough(t *testing.T) {
	start := time.Unix(1000, 0)
	l := After(time.Minute, start)
	var through, held atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				if n, ok := l.Allow(start.Add(90 * time.Second)); ok {
					through.Add(1)
					held.Add(int32(n))
				}
			}
		})
	}
	wg.Wait()
	n, _ := l.Allow(start.Add(time.Hour))
	assert.EqualValues(t, 1, through.Load())
	assert.EqualValues(t, 7999, held.Load()+int32(n))
}

func TestPause(t *testing.T) {
	var p Pause[string]
	now := time.Now()
	_, active := p.Active(now)
	assert.False(t, active, "the zero value")
	p.Begin(now.Add(time.Second), "why")
	for _, at := range []time.Time{now, now.Add(time.Second - 1)} {
		why, active := p.Active(at)
		assert.True(t, active)
		assert.Equal(t, "why", why)
	}
	_, active = p.Active(now.Add(time.Second))
	assert.False(t, active)
	p.Begin(now.Add(time.Second), "first")
	p.Begin(now.Add(time.Minute), "second")
	why, _ := p.Active(now)
	assert.Equal(t, "second", why)
}

// The times keep their monotonic reading: setting the clock does not change how long a pause lasts.
func TestTimesAreMonotonic(t *testing.T) {
	var p Pause[string]
	p.Begin(time.Now().Add(time.Hour), "")
	assert.Contains(t, p.current.Load().until.String(), " m=")
	l := New(time.Hour)
	l.Allow(time.Now())
	assert.Contains(t, l.next.String(), " m=")
}
