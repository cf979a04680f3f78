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

// Answer tells the host what to do with a chunk.
type Answer uint8

// There is no answer for an error, after which a host would drop the chunk. Records that are refused for good are counted, logged
// and written to the dead letters, and then the chunk is OK.
const (
	OK    Answer = iota // every record is delivered or refused for good; forget the chunk
	Retry               // send the same chunk again later
)

// Verdict is the result of one Deliver. Its counts do not include records that were done in an earlier attempt.
type Verdict struct {
	Answer    Answer
	Delivered int
	Refused   int
	Left      int    // left for a retry
	Reason    string // why the first record is left; "" if Answer is OK
}

// Stats counts records since New.
type Stats struct {
	Delivered int64 // taken by the receiver
	Existing  int64 // the part of Delivered that the receiver already had
	Refused   int64 // refused for good
	Retried   int64 // left for a retry; a record counts once for each attempt
}

// Delivery is one output instance: a sink, the memory of chunks that will come back, the dead letters and the counters.
type Delivery struct {
	sink   sender
	name   string       // for log lines
	dead   *deadLetters // nil without Dead_Letter_File
	log    limitedLog
	memory chunkMemory
	pool   sync.Pool // of *[]Outcome

	ctx     context.Context // canceled by Close
	cancel  context.CancelFunc
	running sync.RWMutex // each Deliver holds a read lock
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

// Deliver sends a chunk to the sink. Several goroutines may call it at once. It keeps nothing of the chunk after it returns.
// Canceling ctx cancels the requests under way; their records are left.
func (d *Delivery) Deliver(ctx context.Context, c *Chunk) Verdict {
	// Deliver must not wait for a Close that waits for other deliveries: the other deliveries may be waiting for a turn that the caller
	// of Deliver holds.
	if !d.running.TryRLock() {
		return closedVerdict(c)
	}
	defer d.running.RUnlock()
	if d.closed.Load() {
		return closedVerdict(c)
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

	own := *c // do not change the caller's chunk
	own.earlier = d.memory.take(&own, out)
	d.sink.Send(ctx, &own, out)
	return d.conclude(&own, out)
}

func closedVerdict(c *Chunk) Verdict {
	return Verdict{Answer: Retry, Left: len(c.Records), Reason: "the output is closed"}
}

// conclude turns the outcomes into a verdict. It writes refused records to the dead letters before they count as done.
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
		d.memory.put(c.Identify(), out, c.earlier)
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

// reportRefused logs how many records were refused, and why the first was.
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
	fate := "they are dropped; set Dead_Letter_File to keep them"
	if d.dead != nil {
		fate = "they go to " + d.dead.file.path
	}
	msg := fmt.Sprintf("%s: %d of %d records are refused for good, %s; the first: %s", d.name, n, len(out), fate, first.reason)
	d.log.printf(aboutRefused, LevelWarn, "%s", msg)
}

// needsSomebody reports whether records wait for a person, rather than for the receiver.
func needsSomebody(status int) bool { return status/100 == 4 && final(status) }

// Stats returns the counters. It may be called at any time, also after Close.
func (d *Delivery) Stats() Stats {
	return Stats{
		Delivered: d.delivered.Load(),
		Existing:  d.existing.Load(),
		Refused:   d.refused.Load(),
		Retried:   d.retried.Load(),
	}
}

// Close waits for the deliveries under way, cancels them when ctx is done, and closes files and connections. A later Deliver
// returns Retry. A second Close does nothing.
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
