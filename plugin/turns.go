package main

import "runtime"

// turns limits how many flushes of an instance enrich and encode at once. More flushes than processors would not finish sooner, and
// each holds an enriched chunk until it is encoded. Fluent Bit hands out all chunks of a Flush together, so all workers begin together.
type turns chan struct{}

func newTurns() turns { return make(turns, runtime.GOMAXPROCS(0)) }

// A turn is one flush's right to enrich and encode. A flush that waits for an answer does not have its turn.
type turn struct {
	of   turns
	held bool
}

func (t *turn) take() {
	if !t.held {
		t.of <- struct{}{}
		t.held = true
	}
}

func (t *turn) give() {
	if t.held {
		<-t.of
		t.held = false
	}
}
