package main

import (
	"syscall"
	"time"
)

// lifeSignals are the signals after which the host restores all its signal handlers. SIGHUP requests a reload.
var lifeSignals = []struct {
	name   string
	signal syscall.Signal
}{{"SIGHUP", syscall.SIGHUP}, {"SIGCONT", syscall.SIGCONT}}

// signals sends a signal now and then, and sometimes several at once: while a thread handles a signal, the kernel delivers the next to
// another thread.
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
