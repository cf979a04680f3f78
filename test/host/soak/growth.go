package main

import (
	"fmt"
	"slices"
	"time"
)

// Growth is judged by the samples taken right after reloads, when no chunk is in the host: the medians of an early window
// and of the last.
const (
	// warmUp is the part of the run before the early window: the pools of the plugin, the arenas of malloc and the heap
	// of Go find their size, which goes by the largest chunks that meet.
	warmUp = 0.2
	// window is the length of each window, as a share of the run.
	window = 0.2
	// minSamples of a window make a median worth a judgement. A run of a few seconds has fewer.
	minSamples = 3
)

// A limit is how much a value may grow from one window to the other: an amount, a share of the value, and an amount for each
// reload.
type limit struct {
	name   string
	of     func(*sample) int
	amount int
	share  float64
	reload float64
}

var limits = []limit{
	// Between 100 and 220 MB come and go with the largest chunks, because Go collects when the heap has doubled and gives memory
	// back over minutes; medians of two windows of an object without a leak were 45 MB apart. In 30 minutes the limit is two
	// bytes for each record, or 300 kB for each reload, which is less than one catalog.
	{"memory (kB)", func(s *sample) int { return s.resident }, 64 << 10, 0.25, 0},
	// fluent-bit-go keeps a byte for each instance of an output for ever. Go's threads have some blocks each.
	{"C blocks", func(s *sample) int { return s.blocks }, 40, 0, outputs},
	{"C bytes", func(s *sample) int { return s.bytes }, 16 << 10, 0, outputs},
	// Go starts a thread when all it has are in a call, and keeps it.
	{"threads", func(s *sample) int { return s.threads }, 4, 0, 0},
	// One for an epoll that Go opens late, one for a connection that is being closed.
	{"files", func(s *sample) int { return s.files }, 2, 0, 0},
	// The runtime's own come and go.
	{"goroutines", func(s *sample) int { return s.goroutines }, 3, 0, 0},
}

// growth is one line of the verdict.
type growth struct {
	limit
	early, late, most int
}

func (g *growth) bad() bool { return g.late > g.most }

// grown compares the windows. Too few samples are no verdict, but an error that says so.
func grown(samples []sample, length time.Duration) (list []growth, err error) {
	from := time.Duration(warmUp * float64(length))
	wide := time.Duration(window * float64(length))
	early, late := between(samples, from, from+wide), between(samples, length-wide, 2*length)
	if len(early) < minSamples || len(late) < minSamples {
		return nil, fmt.Errorf("too short to judge growth: %d and %d samples in the windows", len(early), len(late))
	}
	for _, l := range limits {
		g := growth{limit: l, early: median(early, l.of), late: median(late, l.of)}
		g.most = g.early + l.amount + int(l.share*float64(g.early)) + int(l.reload*float64(len(samples)))
		list = append(list, g)
	}
	return list, nil
}

func between(samples []sample, from, to time.Duration) (list []sample) {
	for _, s := range samples {
		if from <= s.at && s.at < to {
			list = append(list, s)
		}
	}
	return list
}

func median(samples []sample, of func(*sample) int) int {
	values := make([]int, len(samples))
	for i := range samples {
		values[i] = of(&samples[i])
	}
	slices.Sort(values)
	return values[len(values)/2]
}
