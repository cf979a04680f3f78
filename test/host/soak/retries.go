package main

import (
	"slices"
	"sync"
	"time"
)

// A parcel is a chunk on its way to an output. After RETRY the same chunk goes to the instance that runs then.
type parcel struct {
	output int
	chunk  []byte
	from   string
	stack  bool // flushed on a coroutine
	tries  int
	due    time.Time
}

// maxWaiting is how many chunks may wait before no new ones are made for an output.
const maxWaiting = 64

// retries holds the parcels that wait.
type retries struct {
	mu   sync.Mutex
	list []*parcel
}

// put adds a parcel, which waits longer after each attempt.
func (q *retries) put(p *parcel, now time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	p.tries++
	p.due = now.Add(time.Duration(min(p.tries, 5)) * 100 * time.Millisecond)
	q.list = append(q.list, p)
}

// next takes out the first parcel whose time has come; nil for none.
func (q *retries) next(now time.Time) *parcel {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.IndexFunc(q.list, func(p *parcel) bool { return !p.due.After(now) })
	if i < 0 {
		return nil
	}
	p := q.list[i]
	q.list = slices.Delete(q.list, i, i+1)
	return p
}

// waiting counts the parcels for an output.
func (q *retries) waiting(output int) (n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, p := range q.list {
		if p.output == output {
			n++
		}
	}
	return n
}
