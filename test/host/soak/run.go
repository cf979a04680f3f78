package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"fluent-bit-entra-signin/test/host"
)

// freeing makes malloc return freed memory to the system. Otherwise its arenas keep the space of the largest chunks of each thread,
// some 200 MB after minutes, which would hide a leak.
var freeing = []string{"MALLOC_ARENA_MAX=2", "MALLOC_MMAP_THRESHOLD_=65536", "MALLOC_TRIM_THRESHOLD_=65536"}

// run is the whole program. The error says what the plugin, or the machine, did wrong.
func run(ctx context.Context, o settings) (err error) {
	dir, err := os.MkdirTemp("", "entra-soak-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	s, err := start(ctx, o, dir)
	if err != nil {
		return err
	}
	defer func() {
		if err = errors.Join(err, s.close()); err == nil {
			fmt.Fprintln(o.out, "verdict: passed")
		}
	}()
	s.drive()
	if ctx.Err() != nil {
		s.fail(errors.New("interrupted"))
	}
	if s.failed() == nil {
		if err := s.finish(); err != nil {
			s.fail(err)
		}
	}
	s.summary()
	if err := s.failed(); err != nil {
		return fmt.Errorf("%w (seed %d, after %v)", err, s.seed, time.Since(s.began).Round(time.Second))
	}
	return s.verdict()
}

// start builds and starts the host and everything else but the traffic.
func start(ctx context.Context, o settings, dir string) (*soak, error) {
	program, err := host.BuildHost(dir, host.V511)
	if err != nil {
		return nil, err
	}
	s := &soak{settings: o}
	if s.h, err = host.Start(program, host.Options{Env: freeing}); err != nil {
		return nil, err
	}
	s.ctx, s.cancel = context.WithCancel(ctx)
	if err := s.prepare(dir); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// close ends the host. A host that ends with an error is a failure.
func (s *soak) close() error {
	s.cancel()
	if s.receiver != nil {
		s.receiver.server.Stop()
	}
	if err := s.h.Close(); err != nil {
		return fmt.Errorf("the host ended badly: %w\n%s", err, s.h.Stderr())
	}
	return nil
}

// sampleFile has a record of every shape.
func sampleFile() string {
	_, here, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(here), "..", "..", "data", "signins.jsonl")
}

// prepare starts what the traffic needs.
func (s *soak) prepare(dir string) (err error) {
	if s.corpus, err = newCorpus(sampleFile()); err != nil {
		return err
	}
	if s.engines, err = engines(); err != nil {
		return err
	}
	if s.probes, err = probes(optionSets[0]); err != nil {
		return err
	}
	for n := range s.ledgers {
		s.ledgers[n] = newLedger()
	}
	s.file = &file{path: filepath.Join(dir, "out.json"), ledger: s.ledgers[toFile]}
	s.catalog = &catalogFile{path: filepath.Join(dir, "catalog.csv"), rand: newRand(s.seed, 1<<63+2)}
	if err := s.catalog.replace(0); err != nil {
		return err
	}
	if s.receiver, err = newReceiver(s.seed, s.ledgers[toHTTP], s.fail); err != nil {
		return err
	}
	s.plan = plan{so: s.so, catalog: s.catalog.path, file: s.file.path, url: s.receiver.server.URL() + "/"}
	if s.plan.metrics, err = freeAddress(newRand(s.seed, uint64(os.Getpid()))); err != nil {
		return err
	}
	if s.line, err = s.plan.load(s.h, 0); err != nil {
		return err
	}
	return s.plan.begin(s.line)
}

// drive runs everything at once until the time is over or something fails.
func (s *soak) drive() {
	s.began = time.Now()
	s.heading()
	timer := time.AfterFunc(s.length, s.cancel)
	defer timer.Stop()
	var all sync.WaitGroup
	for thread := 1; thread <= threads; thread++ {
		all.Go(func() { s.work(thread) })
	}
	all.Go(s.reloads)
	all.Go(s.signals)
	all.Go(s.listen)
	all.Go(s.watch)
	all.Go(func() { s.catalog.run(s.ctx.Done(), s.fail) })
	all.Wait()
}

// patience is how long the waiting chunks may take once the receiver has no more faults.
const patience = 60 * time.Second

// finish delivers what is left and ends the pipeline.
func (s *soak) finish() error {
	s.receiver.recover()
	for end := time.Now().Add(patience); s.retries.waiting(toFile)+s.retries.waiting(toHTTP) > 0; {
		did, err := s.retryOne(1)
		if err != nil {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("chunks still wait for a retry after %v with a receiver that is well", patience)
		}
		if !did {
			time.Sleep(10 * time.Millisecond)
		}
	}
	if err := errors.Join(s.lookQuiet(), s.line.end()); err != nil {
		return err
	}
	return errors.Join(s.settle(), s.hear(s.h.TakeLog()))
}
