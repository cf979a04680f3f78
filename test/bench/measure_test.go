package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestMedian(t *testing.T) {
	assert.Zero(t, median(nil))
	assert.InDelta(t, 3, median([]float64{3}), 0)
	assert.InDelta(t, 2, median([]float64{9, 1, 2}), 0)
	assert.InDelta(t, 2.5, median([]float64{4, 1, 2, 3}), 0)
}

func TestMedianLeavesTheOrderOfTheRounds(t *testing.T) {
	rounds := []float64{3, 1, 2}
	median(rounds)
	assert.Equal(t, []float64{3, 1, 2}, rounds)
}

// took makes the rounds of a pipeline from hundredths of a second.
func took(rss int64, hundredths ...int) []usage {
	var all []usage
	for _, h := range hundredths {
		all = append(all, usage{cpu: time.Duration(h) * 10 * time.Millisecond, rss: rss, wall: time.Duration(h) * 20 * time.Millisecond})
	}
	return all
}

func TestCostIsWhatBenchJSONShows(t *testing.T) {
	s := samples{"none": took(1000, 100, 120, 200), "a": took(1500, 130, 170, 160)}
	assert.InDelta(t, 1.2, s.cpu("none"), 1e-9)
	assert.InDelta(t, 0.4, s.cost("a", "none"), 1e-9)
	assert.InDelta(t, 1500, s.rss("a"), 0)
}

func TestPairedCostIsRoundByRound(t *testing.T) {
	s := samples{"none": took(0, 100, 120, 200), "a": took(0, 130, 170, 160)}
	assert.InDelta(t, 0.3, s.paired("a", "none"), 1e-9)
	assert.Zero(t, s.paired("none", "none"))
}
