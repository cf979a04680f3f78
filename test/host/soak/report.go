package main

import (
	"errors"
	"fmt"
	"time"
)

func (s *soak) heading() {
	fmt.Fprintf(s.out, "soak: seed %d, %v, %s\n", s.seed, s.length, s.so)
	fmt.Fprintf(s.out, "%8s %10s %9s %10s %11s %9s %11s %8s %6s %11s %8s\n",
		"elapsed", "records/s", "chunks/s", "memory kB", "Go heap kB", "C blocks", "C bytes", "threads", "files", "goroutines", "reloads")
}

// watch prints a line now and then. It shows the host with all its traffic, unlike the samples that verdict uses.
func (s *soak) watch() {
	every := max(s.length/30, 2*time.Second)
	var records, chunks int64
	for last := time.Now(); s.wait(every); {
		x, err := s.look()
		if err != nil {
			s.fail(err)
		}
		if s.over() {
			return
		}
		now, r, c := time.Now(), s.records.Load(), s.chunks.Load()
		took := now.Sub(last).Seconds()
		fmt.Fprintf(s.out, "%8s %10.0f %9.0f %10d %11d %9d %11d %8d %6d %11d %8d\n", x.at.Round(time.Second),
			float64(r-records)/took, float64(c-chunks)/took, x.resident, x.heap, x.blocks, x.bytes, x.threads, x.files,
			x.goroutines, s.life.of("reload"))
		records, chunks, last = r, c, now
	}
}

// look samples the host with its traffic, but not during a reload, when no metrics are served.
func (s *soak) look() (x sample, err error) {
	s.live.RLock()
	defer s.live.RUnlock()
	if s.over() {
		return x, nil
	}
	return take(s.h, s.plan.metrics, time.Since(s.began))
}

func (s *soak) summary() {
	for _, line := range []struct{ name, text string }{
		{"traffic", fmt.Sprintf("%d chunks, %d of them damaged, %d records", s.chunks.Load(), s.damaged.Load(), s.records.Load())},
		{"kinds", s.kinds.String()},
		{"life", s.life.String()},
		{"catalog file", s.catalog.put.String()},
		{"probes of it", s.probed.String()},
		{"answers", s.answers.String()},
		{"receiver", s.receiver.faults.String()},
		{"delivered", fmt.Sprintf("file %d, http %d records", s.ledgers[toFile].arrivals(), s.ledgers[toHTTP].arrivals())},
		{"log lines", s.logged.String()},
	} {
		fmt.Fprintf(s.out, "%-13s %s\n", line.name+":", line.text)
	}
}

// verdict judges growth. A run that is too short for that has come through all the same.
func (s *soak) verdict() error {
	list, err := grown(s.quiet, s.length)
	if err != nil {
		fmt.Fprintln(s.out, "growth:      ", err)
		return nil
	}
	for _, g := range list {
		fmt.Fprintf(s.out, "%-13s %s: %d after the warm-up, %d at the end, limit %d\n",
			"growth:", g.name, g.early, g.late, g.most)
		if g.bad() {
			err = errors.Join(err, fmt.Errorf("%s grew from %d to %d, more than to %d (seed %d)", g.name, g.early, g.late, g.most, s.seed))
		}
	}
	return err
}
