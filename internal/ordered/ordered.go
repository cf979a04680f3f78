// Package ordered runs work on all processors and hands on the results in the order in which the work came.
//
// Run may be called from several goroutines. Within one call, produce runs in one goroutine, work in as many as there are
// workers, and consume in the goroutine of the caller. At most some pieces of work for each worker are under way: produce waits
// where consume is slow.
package ordered

import (
	"context"
	"errors"
	"sync"
)

// ahead is how many pieces of work may be under way for each worker.
const ahead = 3

// errStopped is what a producer gets when nothing more is wanted.
var errStopped = errors.New("nothing more is wanted")

type task[T any] struct {
	item T
	done chan struct{}
}

// Run calls produce, which calls emit for each piece of work in turn; work for each of these, in any order, with the number of the
// worker from 0; and consume for each, in the order of emit. It returns the first error of produce or consume. An error of emit
// means that nothing more is wanted: produce should return it.
//
// When ctx ends, Run consumes what has been emitted so far and returns the error of ctx. It does not wait for produce, which may
// hang in a read, and must not use what emit was given after that.
func Run[T any](ctx context.Context, workers int, produce func(emit func(T) error) error, work func(worker int, item T),
	consume func(T) error) error {
	var (
		queue = make(chan *task[T], ahead*workers) // in order, for consume
		todo  = make(chan *task[T], ahead*workers) // the same, for the workers
		stop  = make(chan struct{})
		end   error // of produce; good when queue is closed
		group sync.WaitGroup
	)
	for worker := range workers {
		group.Go(func() {
			for t := range todo {
				work(worker, t.item)
				close(t.done)
			}
		})
	}
	stopped := sync.OnceFunc(func() { close(stop) })
	stopOnEnd := context.AfterFunc(ctx, stopped)
	defer stopOnEnd()
	go func() {
		defer close(queue)
		defer close(todo)
		end = produce(func(item T) error {
			t := &task[T]{item, make(chan struct{})}
			select {
			case <-stop:
				return errStopped
			default:
			}
			select {
			case queue <- t:
				todo <- t // a worker makes room where there is none
				return nil
			case <-stop:
				return errStopped
			}
		})
	}()
	defer stopped()
	for {
		t, err := next(ctx, queue)
		if err != nil {
			return err
		}
		if t == nil {
			group.Wait()
			if errors.Is(end, errStopped) {
				return ctx.Err()
			}
			return end
		}
		<-t.done
		if err := consume(t.item); err != nil {
			return err
		}
	}
}

// next returns the next task, nil after the last one, or the error of ctx when no task is left.
func next[T any](ctx context.Context, queue chan *task[T]) (*task[T], error) {
	select {
	case t := <-queue:
		return t, nil
	default:
	}
	select {
	case t := <-queue:
		return t, nil
	case <-ctx.Done():
	}
	select {
	case t := <-queue:
		return t, nil
	default:
		return nil, ctx.Err()
	}
}
