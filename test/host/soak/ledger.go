package main

import (
	"fmt"
	"hash/maphash"
	"sync"
)

// ledger knows which lines a receiver still has to get. Lines are expected before they are sent, so one that comes and is not
// expected came twice, or is not what it should be.
type ledger struct {
	seed maphash.Seed

	mu   sync.Mutex
	due  map[uint64]entry
	sum  int
	came int
}

type entry struct {
	n    int
	from string // what it was part of, for the reader of a failure
}

func newLedger() *ledger { return &ledger{seed: maphash.MakeSeed(), due: make(map[uint64]entry)} }

func (l *ledger) expect(line []byte, from string) {
	key := maphash.Bytes(l.seed, line)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.due[key] = entry{l.due[key].n + 1, from}
	l.sum++
}

// arrived ticks off a line.
func (l *ledger) arrived(line []byte) error {
	key := maphash.Bytes(l.seed, line)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.came++
	e := l.due[key]
	if e.n == 0 {
		return fmt.Errorf("a record came twice, or not as it should be: %.300s", line)
	}
	if e.n--; e.n == 0 {
		delete(l.due, key)
	} else {
		l.due[key] = e
	}
	l.sum--
	return nil
}

// missing is what has not come yet.
func (l *ledger) missing() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.due {
		return fmt.Errorf("%d records are lost, one of them of %s", l.sum, e.from)
	}
	return nil
}

func (l *ledger) arrivals() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.came
}
