package main

import (
	"context"
	"io"
	"log"
	"slices"
)

// samples are the rounds of every pipeline, by its name.
type samples map[string][]usage

// measure runs all pipelines in turn, round after round.
func measure(ctx context.Context, h *host, lines []pipeline, rounds int, progress *log.Logger) (samples, error) {
	s := make(samples)
	for round := range rounds {
		progress.Printf("round %d of %d", round+1, rounds)
		for _, l := range lines {
			u, err := h.run(ctx, l, toNull, io.Discard)
			if err != nil {
				return nil, err
			}
			s[l.name] = append(s[l.name], u)
		}
	}
	return s, nil
}

// seconds returns the processor times of a pipeline, in the order of the rounds.
func (s samples) seconds(name string) []float64 {
	all := make([]float64, len(s[name]))
	for i, u := range s[name] {
		all[i] = u.cpu.Seconds()
	}
	return all
}

func (s samples) cpu(name string) float64 { return median(s.seconds(name)) }

// wall is the median of usage.wall, in seconds.
func (s samples) wall(name string) float64 {
	all := make([]float64, len(s[name]))
	for i, u := range s[name] {
		all[i] = u.wall.Seconds()
	}
	return median(all)
}

// rss is the median of the peaks of memory, in kB.
func (s samples) rss(name string) float64 {
	all := make([]float64, len(s[name]))
	for i, u := range s[name] {
		all[i] = float64(u.rss)
	}
	return median(all)
}

// cost is what a pipeline takes over another: the difference of the medians, which is what bench.json shows too.
func (s samples) cost(name, base string) float64 { return s.cpu(name) - s.cpu(base) }

// paired is the median of the differences round by round. Where it is far from cost, the machine was not quiet enough.
func (s samples) paired(name, base string) float64 {
	all, without := s.seconds(name), s.seconds(base)
	for i := range all {
		all[i] -= without[i]
	}
	return median(all)
}

// median is 0 for nothing at all.
func median(of []float64) float64 {
	if len(of) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(of))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}
