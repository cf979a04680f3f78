package main

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"fluent-bit-entra-signin/filter"
	"fluent-bit-entra-signin/test/host"
)

// settings are the settings of a run.
type settings struct {
	so     string
	length time.Duration
	seed   uint64
	out    io.Writer
}

// A soak is one run.
type soak struct {
	settings
	h       *host.Host
	plan    plan
	corpus  *corpus
	engines []*filter.Engine          // what the filters have, by number of the options
	probes  map[string]*filter.Engine // what the first filter may have, by content of the catalog file

	ledgers  [outputs]*ledger
	file     *file
	receiver *receiver
	catalog  *catalogFile
	retries  retries

	// live is held for reading while a chunk is with the plugin, and for writing while the pipeline is replaced.
	live  sync.RWMutex
	line  *pipeline
	quiet []sample

	kinds, life, answers, probed, logged tally
	records, chunks, damaged             atomic.Int64

	began  time.Time
	ctx    context.Context // over with the time, or at the first failure
	cancel context.CancelFunc

	mu      sync.Mutex
	failure error
}

// fail ends the run. Only the first failure counts, because later ones may follow from it.
func (s *soak) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failure == nil {
		s.failure = err
	}
	s.cancel()
}

func (s *soak) failed() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failure
}

func (s *soak) over() bool { return s.ctx.Err() != nil }

// wait returns false when the run is over.
func (s *soak) wait(d time.Duration) bool {
	select {
	case <-s.ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
