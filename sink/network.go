package sink

import (
	"context"
	"net/http"
	"sync"
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
	pool    sync.Pool // of *batch
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
	// accept makes outcomes of an answer with a status of 200 to 299. If the answer is not the protocol's, it says so,
	// and the rest of the chunk is left.
	accept(a *answer, items []item, out []Outcome) (stop string)
}

// batch is the records on their way into one request, or into several if the receiver finds it too large.
type batch struct {
	buf     []byte // the encoded records
	items   []item
	size    int     // of all records of the batch, those that are done included
	streams streams // Loki only
	probes  int     // requests left for finding the records at fault in this chunk

	scratch, value []byte
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

func newNetwork(c *client, w wire, maxBytes int64, isolate bool) *network {
	n := &network{client: c, wire: w, maxBytes: int(maxBytes), isolate: isolate}
	n.pool.New = func() any { return new(batch) }
	return n
}

func (b *batch) reset() {
	b.buf, b.items, b.size = b.buf[:0], b.items[:0], 0
	b.streams.reset()
}

// Send implements Sink.
//
// Records that are done are encoded too, but only for their length: the batches of a second attempt then begin and end
// where those of the first did, which makes their idempotency keys the same.
func (n *network) Send(ctx context.Context, c *Chunk, out []Outcome) {
	b := n.pool.Get().(*batch)
	defer n.pool.Put(b)
	b.reset()
	b.probes = maxProbes
	for pos := range c.Records {
		size, ok := n.encode(c, b, pos, out)
		if ok && b.size > 0 && b.size+size > n.maxBytes {
			// One too many: it begins the next batch.
			if reason := n.send(ctx, c, b, b.items, out); reason != "" {
				leave(out, reason)
				return
			}
			b.reset()
			size, ok = n.encode(c, b, pos, out)
		}
		if !ok {
			continue
		}
		b.size += size
		from := len(b.buf) - size
		if out[pos].State != Pending {
			b.buf = b.buf[:from]
			continue
		}
		it := item{pos: pos, from: from, to: len(b.buf), stream: b.streams.last}
		it.sec, it.nsec = normal(c.Records[pos].Sec, c.Records[pos].Nsec)
		b.items = append(b.items, it)
	}
	if reason := n.send(ctx, c, b, b.items, out); reason != "" {
		leave(out, reason)
	}
}

// encode appends a record to the batch, or refuses it.
func (n *network) encode(c *Chunk, b *batch, pos int, out []Outcome) (size int, ok bool) {
	from := len(b.buf)
	if err := n.wire.encode(b, &c.Records[pos]); err != nil {
		b.buf = b.buf[:from]
		if out[pos].State == Pending {
			out[pos] = unreadable(err)
		}
		return 0, false
	}
	return len(b.buf) - from, true
}

// leave gives the records that were not tried the reason for which the one before them failed.
func leave(out []Outcome, reason string) {
	for pos := range out {
		if out[pos].State == Pending && out[pos].Reason == "" {
			out[pos].Reason = reason
		}
	}
}

// send makes one request of the items and settles their outcomes. If the receiver takes nothing at present, it says why,
// and the caller spares it the rest of the chunk.
func (n *network) send(ctx context.Context, c *Chunk, b *batch, items []item, out []Outcome) (stop string) {
	if len(items) == 0 {
		return ""
	}
	a, err := n.post(ctx, c, b, items)
	if err != nil {
		settle(out, items, Outcome{Reason: err.Error()})
		return err.Error()
	}
	if a.status/100 == 2 {
		if stop = n.wire.accept(a, items, out); stop != "" {
			stop = n.client.shown + " " + stop
			settle(out, items, Outcome{Status: a.status, Reason: stop})
		}
		return stop
	}
	reason := n.client.describe(a)
	if !final(a.status) || n.client.wantsTLS(a) {
		settle(out, items, Outcome{Status: a.status, Reason: reason})
		return reason
	}
	if len(items) > 1 && n.splits(b, a.status) {
		half := len(items) / 2
		if stop = n.send(ctx, c, b, items[:half], out); stop != "" {
			return stop
		}
		return n.send(ctx, c, b, items[half:], out)
	}
	settle(out, items, Outcome{State: Refused, Status: a.status, Reason: reason})
	return ""
}

func (n *network) post(ctx context.Context, c *Chunk, b *batch, items []item) (*answer, error) {
	body := newBody()
	defer body.release()
	body.buf = n.wire.body(body.buf, b, items)
	return n.client.post(ctx, body, n.wire.header(c, items))
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
