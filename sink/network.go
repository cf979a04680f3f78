package sink

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sort"
	"sync"
	"sync/atomic"
	"time"
)

// network is what the sinks with a receiver have in common: it cuts a chunk into batches, sends each as a request, and makes
// outcomes of the answers. The protocol is in wire.
type network struct {
	client   *client
	wire     wire
	maxBytes int
	// isolate says that the receiver recognises a record it has already. A batch that is answered with 400 can then be
	// sent again in halves to find out which record is at fault.
	isolate bool
	limit   limit
	taken   atomic.Pointer[time.Time] // when the receiver last took a request; nil for never
	pool    sync.Pool                 // of *batch
}

// wire is a protocol over HTTP. It is used by several goroutines at once; what it notes of a batch is in the batch.
type wire interface {
	// encode appends one record in the form that body needs. An error refuses the record for good; what was appended
	// until then is cut off by the caller.
	encode(b *batch, r *Record) error
	// body appends the body of a request for these items of the batch.
	body(dst []byte, b *batch, items []item) []byte
	// header is what a request for these items adds to the headers of the client.
	header(c *Chunk, items []item) http.Header
	// accept makes outcomes of an answer with a status of 200 to 299. If the answer is not the protocol's, or says that the
	// receiver takes nothing at present, accept says so, and the rest of the chunk is left.
	accept(a *answer, items []item, out []Outcome) (stop string)
	// refusal says what to do where an answer of 400 is about the request and not about its records; "" where it is not, or
	// where that cannot be known.
	refusal(a *answer) (advice string)
	// longestAnswer is how long an answer for so many records may be, in bytes.
	longestAnswer(items int) int64
}

// batch is the records on their way into one request, or into several if the receiver finds it too large.
//
// A batch covers a range of positions of the chunk: those of records that are done in an earlier attempt, too. It is halved at fixed
// positions, whatever is done of it, so that the same records meet in a request in every attempt.
type batch struct {
	buf     []byte  // the encoded records
	items   []item  // of the records that are pending, by position
	from    int     // the first position of the batch
	ends    []int   // by position, from the first on: the length of the encoded records up to there, those that are done included
	streams streams // Loki only

	probes   int       // requests left for finding the records at fault in this chunk
	tooLarge int       // single records that a receiver which takes nothing found too large
	deadline time.Time // no request of this chunk begins later
	pieces   []int     // of this chunk: the positions at which its requests ended so far

	scratch, value []byte
	sorted         []item // Loki only
}

// item is a record in a batch.
type item struct {
	pos      int // in the chunk
	from, to int // in the buffer
	stream   int // Loki only
	sec      int64
	nsec     uint32
}

// maxProbes bounds the requests that look for the records at fault after an answer of 400. One bad record in a batch of
// thousands takes about 25 of them.
const maxProbes = 128

// maxTooLarge is how many single records a receiver that takes nothing may find too large before it is left alone.
const maxTooLarge = 8

// takesFor is how long a receiver that took a request counts as one that takes records.
const takesFor = time.Hour

func (n *network) takesRecords(now time.Time) bool {
	taken := n.taken.Load()
	return taken != nil && now.Sub(*taken) < takesFor
}

func newNetwork(c *client, w wire, maxBytes int64, isolate bool) *network {
	n := &network{client: c, wire: w, maxBytes: int(maxBytes), isolate: isolate}
	n.pool.New = func() any { return new(batch) }
	return n
}

// reset empties the batch; the next record is at a position.
func (b *batch) reset(from int) {
	b.buf, b.items, b.ends, b.from = b.buf[:0], b.items[:0], b.ends[:0], from
	b.streams.reset()
}

// size is the length of the encoded records between two positions, those that are done included.
func (b *batch) size(from, to int) int {
	size := func(pos int) int {
		if pos == b.from {
			return 0
		}
		return b.ends[pos-b.from-1]
	}
	return size(to) - size(from)
}

// end is the position behind the batch.
func (b *batch) end() int { return b.from + len(b.ends) }

// between returns the items between two positions.
func (b *batch) between(from, to int) []item {
	at := func(pos int) int { return sort.Search(len(b.items), func(i int) bool { return b.items[i].pos >= pos }) }
	return b.items[at(from):at(to)]
}

// Send implements Sink.
//
// An answer that was lost leaves open what a request stored, so the next attempt makes the same requests: it begins and ends
// them where the last one did (Chunk.pieces), and where there is no memory of that, at positions that follow from the records alone.
func (n *network) Send(ctx context.Context, c *Chunk, out []Outcome) {
	b := n.pool.Get().(*batch)
	defer n.pool.Put(b)
	b.reset(0)
	b.probes, b.tooLarge, b.pieces = maxProbes, 0, nil
	b.deadline = time.Now().Add(flushTimeouts * n.client.timeout)
	earlier := c.pieces
	stop := ""
	for pos := 0; pos < len(c.Records) && stop == ""; {
		size := n.encode(c, b, pos, out)
		switch {
		case len(earlier) > 0:
			if pos++; pos == earlier[0] {
				earlier = earlier[1:]
				stop = n.send(ctx, c, b, b.from, pos, out, true)
				b.reset(pos)
			}
		case b.size(b.from, pos) > 0 && size > 0 && b.size(b.from, pos+1) > n.maxBytes:
			// One too many: it begins the next batch.
			b.ends = b.ends[:len(b.ends)-1]
			if len(b.items) > 0 && b.items[len(b.items)-1].pos == pos {
				b.items = b.items[:len(b.items)-1]
			}
			stop = n.send(ctx, c, b, b.from, pos, out, false)
			b.reset(pos)
		default:
			pos++
		}
	}
	if stop == "" {
		stop = n.send(ctx, c, b, b.from, b.end(), out, false)
	}
	if stop != "" {
		leave(out, stop)
	}
	// The pieces that were not reached stay as they are: the last of them may be stored.
	c.pieces = slices.Concat(b.pieces, earlier)
}

// flushTimeouts is for how many times Timeout the requests of one chunk may begin. With the last of them a chunk takes one more
// Timeout at most.
const flushTimeouts = 2

// encode appends the record at a position to the batch, or refuses it. It returns the length of the encoded record. Of a record that
// is done only the length is kept.
func (n *network) encode(c *Chunk, b *batch, pos int, out []Outcome) (size int) {
	from, total := len(b.buf), b.size(b.from, b.end())
	if err := n.wire.encode(b, &c.Records[pos]); err != nil {
		b.buf = b.buf[:from]
		if out[pos].State == Pending {
			out[pos] = unreadable(err)
		}
		b.ends = append(b.ends, total)
		return 0
	}
	size = len(b.buf) - from
	b.ends = append(b.ends, total+size)
	if out[pos].State != Pending {
		b.buf = b.buf[:from]
		return size
	}
	it := item{pos: pos, from: from, to: len(b.buf), stream: b.streams.last}
	it.sec, it.nsec = normal(c.Records[pos].Sec, c.Records[pos].Nsec)
	b.items = append(b.items, it)
	return size
}

// leave gives the records that were not tried the reason for which the one before them failed.
func leave(out []Outcome, reason string) {
	for pos := range out {
		if out[pos].State == Pending && out[pos].Reason == "" {
			out[pos].Reason = reason
		}
	}
}

// send makes one request of the records between two positions, or several, and settles their outcomes. again says that these
// positions were one request in an earlier attempt. If the receiver takes nothing at present, send says why, and the caller spares it
// the rest of the chunk.
func (n *network) send(ctx context.Context, c *Chunk, b *batch, from, to int, out []Outcome, again bool) (stop string) {
	items := b.between(from, to)
	switch {
	case len(items) == 0:
		if to > from {
			b.pieces = append(b.pieces, to)
		}
		return ""
	case len(items) > 1 && !again && n.limit.exceeded(b.size(from, to), time.Now()):
		return n.halve(ctx, c, b, from, to, out)
	case time.Now().After(b.deadline):
		b.pieces = append(b.pieces, to)
		return fmt.Sprintf("%s: the chunk was not done within %d times %s (option Timeout)", n.client.shown, flushTimeouts, n.client.timeout)
	}
	a, err := n.post(ctx, c, b, items)
	if err != nil {
		b.pieces = append(b.pieces, to)
		failed := Outcome{Reason: err.Error()}
		var paused *interval
		if errors.As(err, &paused) {
			failed.Status = paused.status
		}
		settle(out, items, failed)
		return err.Error()
	}
	if a.status/100 == 2 {
		b.pieces = append(b.pieces, to)
		if stop = n.wire.accept(a, items, out); stop != "" {
			stop = n.client.shown + " " + stop
			for _, it := range items {
				if o := &out[it.pos]; o.State == Pending && o.Reason == "" {
					*o = Outcome{Status: a.status, Reason: stop}
				}
			}
			return stop
		}
		now := time.Now()
		n.taken.Store(&now)
		return ""
	}
	reason := n.client.describe(a)
	if advice := n.refusal(a); advice != "" {
		reason = n.client.rest(a.status, reason, advice)
		settle(out, items, Outcome{Status: a.status, Reason: reason})
		return reason
	}
	if !final(a.status) || n.client.wantsTLS(a) {
		settle(out, items, Outcome{Status: a.status, Reason: reason})
		return reason
	}
	if len(items) > 1 && n.splits(b, a.status) {
		if a.status == http.StatusRequestEntityTooLarge {
			n.limit.refused(b.size(from, to), time.Now())
		}
		return n.halve(ctx, c, b, from, to, out)
	}
	if a.status == http.StatusRequestEntityTooLarge && b.size(from, to) < leastLimit && !n.takesRecords(time.Now()) {
		// A receiver that has taken nothing lately may refuse everything, and then it does not judge this record.
		b.pieces = append(b.pieces, to)
		if b.tooLarge++; b.tooLarge == maxTooLarge {
			reason = n.client.rest(a.status, reason, "it does not take single records either: raise its limit for the size of a request")
		}
		settle(out, items, Outcome{Status: a.status, Reason: reason})
		if b.tooLarge == maxTooLarge {
			return reason
		}
		return ""
	}
	b.pieces = append(b.pieces, to)
	settle(out, items, Outcome{State: Refused, Status: a.status, Reason: reason})
	return ""
}

// halve sends the records between two positions in two requests.
func (n *network) halve(ctx context.Context, c *Chunk, b *batch, from, to int, out []Outcome) (stop string) {
	half := from + (to-from)/2
	if stop = n.send(ctx, c, b, from, half, out, false); stop != "" {
		return stop
	}
	return n.send(ctx, c, b, half, to, out, false)
}

func (n *network) post(ctx context.Context, c *Chunk, b *batch, items []item) (*answer, error) {
	body := newBody()
	defer body.release()
	body.buf = n.wire.body(body.buf, b, items)
	return n.client.post(ctx, body, n.wire.header(c, items), n.wire.longestAnswer(len(items)))
}

// refusal says what to do after an answer that refuses the request and not its records: they wait until that is done.
func (n *network) refusal(a *answer) (advice string) {
	switch a.status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return "check the credentials and what they allow"
	case http.StatusNotFound, http.StatusMethodNotAllowed: // a path that nobody serves is answered with either
		return "check the options URL, Index and Tenant_ID, and whether what they name is there"
	case http.StatusBadRequest:
		return n.wire.refusal(a)
	}
	return ""
}

// splits says whether the items of a refused request deserve another, smaller one.
func (n *network) splits(b *batch, status int) bool {
	switch status {
	case http.StatusRequestEntityTooLarge:
		return true
	case http.StatusBadRequest:
		b.probes--
		return n.isolate && b.probes >= 0
	}
	return false
}

// final says whether a status other than 2xx is the last word on what was sent. A redirect is not, nor is a proxy's wish
// for a password: the receiver has seen nothing.
func final(status int) bool {
	switch status {
	case http.StatusProxyAuthRequired, http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return false
	}
	return status >= 400 && status < 500
}

// Close implements Sink.
func (n *network) Close() error {
	n.client.close()
	return nil
}

// A limit remembers how large a request was that the receiver found too large, so that not every chunk finds out by itself. Its
// methods may run at once.
type limit struct{ current atomic.Pointer[refusedSize] }

type refusedSize struct {
	bytes int
	until time.Time
}

const (
	// leastLimit is the least size that is remembered. A smaller request may have been refused for a single record in it.
	leastLimit = 64 << 10
	// limitFor is how long a size is remembered: somebody may raise the limit of the receiver.
	limitFor = 10 * time.Minute
)

func (l *limit) exceeded(bytes int, now time.Time) bool {
	known := l.current.Load()
	return known != nil && bytes >= known.bytes && now.Before(known.until)
}

func (l *limit) refused(bytes int, now time.Time) {
	if known := l.current.Load(); known == nil || bytes < known.bytes || !now.Before(known.until) {
		l.current.Store(&refusedSize{max(bytes, leastLimit), now.Add(limitFor)})
	}
}
