package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// minute is what a run of a minute with a reload every three seconds leaves.
func minute(change func(i int, s *sample)) (list []sample) {
	for i := range 20 {
		s := sample{at: time.Duration(3*i+1) * time.Second, resident: 100_000, blocks: 100, bytes: 10_000, threads: 19, files: 15, goroutines: 12}
		change(i, &s)
		list = append(list, s)
	}
	return list
}

func TestGrowth(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(i int, s *sample)
		bad    string
	}{
		{"all the same", func(int, *sample) {}, ""},
		{"what the warm-up takes", func(i int, s *sample) {
			if i < 3 {
				s.resident, s.threads = 10_000, 3
			}
		}, ""},
		{"one that is high", func(i int, s *sample) {
			if i == 18 {
				s.resident, s.threads, s.files = 900_000, 90, 90
			}
		}, ""},
		{"the byte that fluent-bit-go keeps for an output", func(i int, s *sample) { s.blocks, s.bytes = s.blocks+2*i, s.bytes+2*i }, ""},
		{"memory", func(i int, s *sample) { s.resident += 20_000 * i }, "memory (kB)"},
		{"ten blocks a reload", func(i int, s *sample) { s.blocks += 10 * i }, "C blocks"},
		{"bytes", func(i int, s *sample) { s.bytes += 4000 * i }, "C bytes"},
		{"a thread every other reload", func(i int, s *sample) { s.threads += i / 2 }, "threads"},
		{"a file a reload", func(i int, s *sample) { s.files += i }, "files"},
		{"a goroutine a reload", func(i int, s *sample) { s.goroutines += i }, "goroutines"},
	} {
		t.Run(c.name, func(t *testing.T) {
			list, err := grown(minute(c.change), time.Minute)
			require.NoError(t, err)
			bad := ""
			for _, g := range list {
				if g.bad() {
					bad += g.name
				}
			}
			assert.Equal(t, c.bad, bad)
		})
	}
}

func TestShortRunsAreNotJudged(t *testing.T) {
	_, err := grown(minute(func(int, *sample) {})[:5], time.Minute)
	assert.ErrorContains(t, err, "too short")
}
