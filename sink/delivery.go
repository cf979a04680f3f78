package sink

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Answer is what the host is told about a chunk.
type Answer uint8

// There is no third answer. A host drops a chunk after an error, and nothing that happens here justifies that: what was
// refused for good is counted, logged and dead-lettered, and then the chunk is OK.
const (
	OK    Answer = iota // every record is delivered or refused for good: forget the chunk
	Retry               // send the same chunk again later
)

// Verdict is the result of one Deliver. Records that were done in an earlier attempt are in none of its counts.
type Verdict struct {
	Answer    Answer
	Delivered int
	Refused   int
	Left      int    // to be retried
	Reason    string // why the first of them is left; "" when Answer is OK
}

// Stats counts records since New.
type Stats struct {
	Delivered int64 // taken by the receiver
	Existing  int64 // of these, those that the receiver had already
	Refused   int64 // refused for good
	Retried   int64 // left for another attempt, once for each attempt
}

// Delivery is one output instance: a sink, the memory of chunks that will come back, dead letters and counters.
type Delivery struct {
	sink   sender
	name   string       // of the receiver, for log lines
	dead   *deadLetters // nil without Dead_Letter_File
	log    limitedLog
	memory memory
	pool   sync.Pool // of *[]Outcome

	ctx     context.Context // ended by Close
	cancel  context.CancelFunc
	running sync.RWMutex // held for reading by each Deliver
	closed  atomic.Bool
	failing atomic.Bool

	delivered, existing, refused, retried atomic.Int64
}

// New checks every option and opens the files that they name. It does not contact the receiver, which may start after the host.
// The error is an *option.Error, which says what to change and holds no secret.
func New(o Options, log Log) (*Delivery, error) {
	p := protocolOf(o.Sink)
	if p == nil {
		return nil, invalid("Sink", o.Sink, "use one of %s", strings.Join(sinkNames(), ", "))
	}
	if err := o.checkApplies(); err != nil {
		return nil, err
	}
	if o.LineFormat != "" && !slices.Contains(p.formats, o.LineFormat) {
		return nil, invalid("Line_Format", o.LineFormat, "is not a format of Sink %s: use %s", o.Sink, or(p.formats))
	}
	s, err := p.openSink(&o, log)
	if err != nil {
		return nil, err
	}
	var dead *deadLetters
	if o.DeadLetterFile != "" {
		if dead, err = openDeadLetters(o.DeadLetterFile); err != nil {
			_ = s.Close() // nothing was written
			return nil, cannotOpen("Dead_Letter_File", o.DeadLetterFile, err)
		}
	}
	return newDelivery(s, "sink "+o.Sink, dead, log), nil
}

func newDelivery(s sender, name string, dead *deadLetters, log Log) *Delivery {
	d := &Delivery{sink: s, name: name, dead: dead, log: newLimitedLog(log)}
	d.memory.maxEntries, d.memory.maxBytes = maxRemembered, maxRememberedBytes
	d.pool.New = func() any { return new([]outcome) }
	d.ctx, d.cancel = context.WithCancel(context.Background())
	return d
}

// Deliver hands a chunk to the sink. It may be called from several goroutines at once and keeps nothing of the chunk
// after it returns. Ending ctx ends the requests under way; their records are left.
func (d *Delivery) Deliver(ctx context.Context, c *Chunk) Verdict {
	d.running.RLock()
	defer d.running.RUnlock()
	if d.closed.Load() {
		return Verdict{Answer: Retry, Left: len(c.Records), Reason: "the output is closed"}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(d.ctx, cancel)()

	pooled := d.pool.Get().(*[]outcome)
	defer d.pool.Put(pooled)
	out := *pooled
	if cap(out) < len(c.Records) {
		out = make([]outcome, len(c.Records))
		*pooled = out
	}
	out = out[:len(c.Records)]
	clear(out)

	own := *c // the caller's chunk stays as it is
	own.earlier = d.memory.take(c.ID, out)
	d.sink.Send(ctx, &own, out)
	return d.conclude(&own, out)
}

// conclude makes a verdict of the outcomes, and sees to it that what was refused is on record before it counts as done.
func (d *Delivery) conclude(c *Chunk, out []outcome) Verdict {
	d.reportRefused(out)
	if d.dead != nil {
		if err := d.dead.add(c, out); err != nil {
			d.log.printf(aboutDeadLetters, LevelError,
				"option Dead_Letter_File: %v: the refused records stay in the chunk, which is retried", err)
		}
	}
	var v Verdict
	existing, status := 0, 0
	for pos := range out {
		switch o := &out[pos]; o.state {
		case delivered:
			v.Delivered++
			if o.status == http.StatusConflict {
				existing++
			}
		case refused:
			v.Refused++
		case pending:
			if v.Left == 0 {
				v.Reason, status = o.reason, o.status
			}
			v.Left++
		}
	}
	d.delivered.Add(int64(v.Delivered))
	d.existing.Add(int64(existing))
	d.refused.Add(int64(v.Refused))
	d.retried.Add(int64(v.Left))
	if v.Left > 0 {
		v.Answer = Retry
		d.memory.put(c.ID, out, c.earlier)
		d.failing.Store(true)
		about, level := aboutRetry, LevelWarn
		if needsSomebody(status) {
			about, level = aboutAccess, LevelError
		}
		d.log.printf(about, level, "%s: %d of %d records are left for a retry: %s", d.name, v.Left, len(out), v.Reason)
		return v
	}
	if v.Delivered > 0 && d.failing.Swap(false) {
		d.log.printf(aboutRecovery, LevelInfo, "%s: delivery works again", d.name)
	}
	return v
}

// reportRefused logs how many records were refused, with the reason of the first.
func (d *Delivery) reportRefused(out []outcome) {
	var first *outcome
	n := 0
	for pos := range out {
		if out[pos].state == refused {
			if n++; first == nil {
				first = &out[pos]
			}
		}
	}
	if first == nil {
		return
	}
	fate := "they are dropped, set Dead_Letter_File to keep them"
	if d.dead != nil {
		fate = "they go to " + d.dead.file.path
	}
	msg := fmt.Sprintf("%s: %d of %d records are refused for good, %s; the first: %s", d.name, n, len(out), fate, first.reason)
	d.log.printf(aboutRefused, LevelWarn, "%s", msg)
}

// needsSomebody reports whether records wait for a person and not for the receiver.
func needsSomebody(status int) bool { return status/100 == 4 && final(status) }

// Stats returns the counters. It may be called at any time.
func (d *Delivery) Stats() Stats {
	return Stats{
		Delivered: d.delivered.Load(),
		Existing:  d.existing.Load(),
		Refused:   d.refused.Load(),
		Retried:   d.retried.Load(),
	}
}

// Close waits for the deliveries under way, cancels them when ctx ends, and closes files and connections. A Deliver that
// comes later answers Retry. Close may be called again, to no effect.
func (d *Delivery) Close(ctx context.Context) error {
	if d.closed.Swap(true) {
		return nil
	}
	stop := context.AfterFunc(ctx, d.cancel)
	defer stop()
	d.running.Lock()
	defer d.running.Unlock()
	d.cancel()
	err := d.sink.Close()
	if d.dead != nil {
		if closeErr := d.dead.file.close(); err == nil {
			err = closeErr
		}
	}
	return err
}
