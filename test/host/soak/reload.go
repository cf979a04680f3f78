package main

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"fluent-bit-entra-signin/test/host"
)

// reloadEvery returns the time between two reloads: some 600 in 30 minutes, and a few in a short run.
func reloadEvery(length time.Duration) time.Duration { return min(3*time.Second, length/8) }

func (s *soak) reloads() {
	r := newRand(s.seed, 1<<63)
	every := reloadEvery(s.length)
	for s.wait(every/4 + time.Duration(r.Int64N(int64(every/2)))) {
		if err := s.file.rotate(); err != nil {
			s.fail(err)
		}
		if s.wait(every/4 + time.Duration(r.Int64N(int64(every/2)))) {
			s.reload(r)
		}
	}
}

// reload does as Fluent Bit does: the new configuration is loaded and checked while the old one runs; then the old one
// ends, and the new one starts. One that is refused changes nothing.
func (s *soak) reload(r *rand.Rand) {
	s.catalog.mu.Lock()
	defer s.catalog.mu.Unlock()
	next, err := s.check()
	if err == nil {
		s.live.Lock()
		defer s.live.Unlock()
		err = s.swap(next, r)
	}
	if err != nil {
		// Fail before the lock is released: nobody may use a pipeline that is half replaced.
		s.fail(fmt.Errorf("after %d reloads: %w", s.life.of("reload"), err))
	}
}

// check is what happens while the old pipeline runs. With a catalog file that is broken the new one must be refused; it is
// then mended.
func (s *soak) check() (*pipeline, error) {
	number := s.line.number + 1
	if !s.catalog.good {
		if _, err := s.plan.load(s.h, number); !errors.Is(err, host.ErrRefused) {
			return nil, fmt.Errorf("a broken catalog file should have it refused, but: %w", cmp.Or(err, errors.New("it is not")))
		}
		s.life.add("reload refused")
		if err := s.catalog.replace(0); err != nil {
			return nil, err
		}
	}
	return s.plan.load(s.h, number)
}

// swap ends the old pipeline and starts the new one, while no chunk is with the plugin but, now and then, a late one.
func (s *soak) swap(next *pipeline, r *rand.Rand) (err error) {
	late := func() error { return nil }
	if r.IntN(3) == 0 {
		if late, err = s.flushLate(r); err != nil {
			return err
		}
	}
	for _, step := range []func() error{s.line.end, late, s.settle, func() error { return s.plan.begin(next) }} {
		if err := step(); err != nil {
			return err
		}
	}
	s.line = next
	s.life.add("reload")
	return s.lookQuiet()
}

// flushLate begins a flush that is still with the receiver when its output exits, and returns how to wait for its end.
func (s *soak) flushLate(r *rand.Rand) (end func() error, err error) {
	m := &message{id: 1<<40 + uint64(s.line.number), kind: "flush during the exit", r: r}
	p := &parcel{output: toHTTP, from: m.String(), chunk: append(appendSerial(nil, m.id), few(s.corpus, r, m.id)...)}
	if err := s.expect(p); err != nil {
		return nil, err
	}
	d := &delay{arrived: make(chan struct{}), length: time.Duration(r.IntN(200)) * time.Millisecond}
	s.receiver.hold(d)
	done := make(chan error, 1)
	go func(o *host.Output) { done <- s.send(o, p, lateThread) }(s.line.o[toHTTP])
	select {
	case <-d.arrived:
		s.life.add("flush during the exit")
	case err := <-done: // the output makes a pause, and answered at once
		done <- err
	}
	return func() error {
		err := <-done
		s.receiver.hold(nil)
		return err
	}, nil
}

// settle is for when no chunk is with the plugin: what it was given and answered OK for has arrived.
func (s *soak) settle() error {
	if err := s.file.settle(); err != nil {
		return err
	}
	for n, l := range s.ledgers {
		if s.retries.waiting(n) > 0 {
			continue
		}
		if err := l.missing(); err != nil {
			return fmt.Errorf("output %s: %w", outputNames[n], err)
		}
	}
	return nil
}

// calm is how long the goroutines of a pipeline may take to end.
const calm = 50 * time.Millisecond

// lookQuiet samples the host right after a reload, without traffic. A value that grows from one such sample to the next is a leak.
func (s *soak) lookQuiet() error {
	time.Sleep(calm)
	x, err := take(s.h, s.plan.metrics, time.Since(s.began))
	if err == nil {
		s.quiet = append(s.quiet, x)
	}
	return err
}
