package main

import (
	"syscall"
	"time"
)

// lifeSignals are those after which the host takes all signal handlers back: SIGHUP is how a reload is asked for.
var lifeSignals = []struct {
	name   string
	signal syscall.Signal
}{{"SIGHUP", syscall.SIGHUP}, {"SIGCONT", syscall.SIGCONT}}

// signals sends one now and then, and several at once more rarely: while a thread has one to handle, the kernel gives the
// next to another.
func (s *soak) signals() {
	r := newRand(s.seed, 1<<63+1)
	for s.wait(time.Duration(r.IntN(300)) * time.Millisecond) {
		n := 1
		if r.IntN(5) == 0 {
			n = 10
		}
		for range n {
			x := lifeSignals[r.IntN(len(lifeSignals))]
			if err := s.h.Signal(x.signal); err != nil {
				s.fail(err)
				return
			}
			s.life.add(x.name)
		}
	}
}
