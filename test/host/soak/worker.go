package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"fluent-bit-entra-signin/test/host"
)

const (
	tag     = "entra.signin"
	threads = 8
	// lateThread is the thread of flushes that run while their output exits.
	lateThread = threads + 1
	// coroutine is the stack that Fluent Bit gives to a flush since 5.1.
	coroutine = 64 << 10
	// maxDelivered is the maximum length of a hostile chunk for an output. On a busy machine, a longer chunk would not be delivered
	// within the timeout, and would be sent again for ever.
	maxDelivered = 1 << 20
)

// work sends one chunk after the other on a thread of the host, those that wait for a retry first.
func (s *soak) work(thread int) {
	for step := uint64(0); !s.over(); {
		again, err := s.retryOne(thread)
		if err == nil && !again {
			err = s.one(thread, step*threads+uint64(thread))
			step++
		}
		if err != nil {
			s.fail(err)
			return
		}
	}
}

// retryOne sends a chunk again if there is one whose time has come.
func (s *soak) retryOne(thread int) (did bool, err error) {
	s.live.RLock()
	defer s.live.RUnlock()
	p := s.retries.next(time.Now())
	if p == nil || s.failed() != nil {
		return false, nil
	}
	return true, s.send(s.line.o[p.output], p, thread)
}

// one makes a chunk and sends it through a filter, to an output, or through both.
func (s *soak) one(thread int, id uint64) error {
	m := newMessage(s.corpus, s.seed, id)
	s.live.RLock()
	defer s.live.RUnlock()
	if s.over() {
		return nil
	}
	s.kinds.add(m.kind)
	switch n := m.r.IntN(20); {
	case n == 0:
		return s.probe(m, thread)
	case n < 3:
		return s.deliver(m, m.chunk, thread)
	case n < 8:
		out, err := s.filter(m, thread)
		if err != nil {
			return err
		}
		return s.deliver(m, out, thread)
	}
	_, err := s.filter(m, thread)
	return err
}

// filter sends a chunk through the plugin and compares the output with that of the engine in this process.
func (s *soak) filter(m *message, thread int) ([]byte, error) {
	n := m.r.IntN(filters)
	set := setOf(n, s.line.number)
	want, err := enrich(s.engines[set], m.chunk)
	if err != nil {
		return nil, s.keep(m.chunk, fmt.Errorf("%s: %w, options %q", m, err, optionSets[set]))
	}
	f := s.line.f[n].On(thread)
	if m.r.IntN(4) == 0 {
		f = f.Processor()
	}
	got, changed, err := f.Run(tag, m.chunk)
	if err != nil {
		return nil, s.keep(m.chunk, fmt.Errorf("%s: %w", m, err))
	}
	if err := want.compare(got, changed); err != nil {
		return nil, s.keep(m.chunk, fmt.Errorf("%s: %w, options %q", m, err, optionSets[set]))
	}
	s.count(&want)
	return got, nil
}

// compare says how an output differs.
func (x *enriched) compare(got []byte, changed bool) error {
	if changed == x.changed && bytes.Equal(got, x.bytes) {
		return nil
	}
	at := 0
	for at < min(len(got), len(x.bytes)) && got[at] == x.bytes[at] {
		at++
	}
	return fmt.Errorf("the output of the filter (changed: %v, %d bytes) is not the engine's (%v, %d bytes), from byte %d on",
		changed, len(got), x.changed, len(x.bytes), at)
}

// probe asks the first filter for a code that only the catalog file has.
func (s *soak) probe(m *message, thread int) error {
	chunk := appendSmall(appendHead(nil, m.r, m.id, 0), ownCode)
	got, changed, err := s.line.f[0].On(thread).Run(tag, chunk)
	if err != nil {
		return err
	}
	for name, e := range s.probes {
		x, err := enrich(e, chunk)
		if err != nil {
			return err
		}
		if x.compare(got, changed) == nil {
			s.probed.add(name)
			s.count(&x)
			return nil
		}
	}
	return s.keep(chunk, fmt.Errorf("%s: a code of the catalog file: the output %q is that of no catalog", m, got))
}

// deliver hands a chunk to an output, unless it is too long or many wait already. The first event makes it unique.
func (s *soak) deliver(m *message, chunk []byte, thread int) error {
	p := &parcel{output: m.r.IntN(outputs), from: m.String(), stack: m.r.IntN(2) == 0}
	if len(chunk) > maxDelivered && m.kind[:5] != "good:" || s.retries.waiting(p.output) >= maxWaiting {
		return nil
	}
	p.chunk = append(appendSerial(nil, m.id), chunk...)
	if err := s.expect(p); err != nil {
		return s.keep(p.chunk, fmt.Errorf("%s: %w", m, err))
	}
	return s.send(s.line.o[p.output], p, thread)
}

// expect notes the lines that the receiver must get for a parcel.
func (s *soak) expect(p *parcel) error {
	x, err := enrich(s.engines[0], p.chunk)
	if err != nil {
		return err
	}
	s.count(&x)
	deliverable(x.bytes, func(line []byte) { s.ledgers[p.output].expect(line, p.from) })
	return nil
}

// send flushes a parcel. The answer RETRY means that it is sent again.
func (s *soak) send(o *host.Output, p *parcel, thread int) error {
	o = o.On(thread)
	if p.stack {
		o = o.Stack(coroutine, new(int))
	}
	answer, err := o.Flush(tag, p.chunk)
	name := outputNames[p.output]
	switch {
	case err != nil:
		return s.keep(p.chunk, fmt.Errorf("output %s, %s: %w", name, p.from, err))
	case answer == host.AnswerOK:
		s.answers.add(name + " OK")
	case answer == host.AnswerRetry:
		s.answers.add(name + " RETRY")
		s.retries.put(p, time.Now())
	default:
		return fmt.Errorf("output %s, %s: answered %d, with which Fluent Bit drops the chunk", name, p.from, answer)
	}
	return nil
}

func (s *soak) count(x *enriched) {
	s.chunks.Add(1)
	s.records.Add(int64(x.records))
	if x.damage != nil {
		s.damaged.Add(1)
	}
}

// keep writes a chunk to a file, for the person who looks into a failure. If the host ends, every thread keeps the chunk that it was
// sending, because one of these chunks is the cause.
func (s *soak) keep(chunk []byte, err error) error {
	f, createErr := os.CreateTemp("", "soak-*.chunk")
	if createErr != nil {
		return errors.Join(err, createErr)
	}
	defer f.Close()
	if _, writeErr := f.Write(chunk); writeErr != nil {
		return errors.Join(err, writeErr)
	}
	return fmt.Errorf("%w; the chunk is in %s", err, filepath.Clean(f.Name()))
}
