package sink

import (
	"cmp"
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

// network is the common part of all sinks with a receiver. It cuts a chunk into batches, sends each batch as a request, and
// turns the answers into outcomes.
type network struct {
	protocol *protocol
	client   *client
	wire     wire
	maxBytes int
	limit    sizeLimit
	taken    atomic.Pointer[time.Time] // when the receiver last took a request; nil for never
	pool     sync.Pool                 // of *batch
}

const (
	usualBatchBytes = 5 << 20
	// maxBatchBytes is the largest Batch_Bytes. Elasticsearch gains nothing from larger requests, and a failure costs more.
	maxBatchBytes = 15 << 20
)

// openNetwork opens a sink with a receiver.
func (p *protocol) openNetwork(o *Options, log Log) (*network, error) {
	u, err := p.receiverURL(o.URL)
	if err != nil {
		return nil, err
	}
	switch {
	case o.BatchBytes > maxBatchBytes:
		return nil, invalid("Batch_Bytes", fmt.Sprint(o.BatchBytes), "must be at most %dM", maxBatchBytes>>20)
	case o.Timeout <= 0:
		return nil, invalid("Timeout", o.Timeout.String(), "must be greater than 0, such as 30s")
	}
	transport, err := newTransport(o, log)
	if err != nil {
		return nil, err
	}
	c := newClient(u, transport, o.Timeout)
	if err := c.credentials.open(o, p, u, log); err != nil {
		return nil, err
	}
	c.header.Set("Content-Type", p.contentType)
	if c.gzip = o.Compress == "gzip"; c.gzip {
		c.header.Set("Content-Encoding", "gzip")
	}
	w, err := p.open(o, c)
	if err != nil {
		return nil, err
	}
	if c.credentials.has("Content-Type") {
		c.header.Del("Content-Type")
	}
	if c.credentials.some && u.Scheme == "http" && !isLoopback(u.Hostname()) {
		log(LevelWarn, "option URL: credentials are sent over http, which everyone on the way can read: use https")
	}
	if !o.TLSVerify {
		log(LevelWarn, "option TLS_Verify: off: records and credentials go to whoever answers under the name in URL")
	}
	n := &network{protocol: p, client: c, wire: w, maxBytes: int(cmp.Or(o.BatchBytes, p.batchBytes))}
	n.pool.New = func() any {
		b := &batch{encoder: w.newEncoder()}
		b.assembler, _ = b.encoder.(assembler)
		return b
	}
	return n, nil
}

// A batch holds the records of one request, or of several requests if the receiver finds one too large.
//
// A batch covers a range of positions in the chunk, including records that were done in an earlier attempt. It is always halved
// at the same positions, so that the same records share a request in every attempt.
type batch struct {
	encoder   encoder
	assembler assembler // the encoder, if it is one
	encoded   *body     // the encoded records; nil if they were given back: see network.text
	keeps     bool      // the encoded records stay until the batch ends
	items     []item    // the pending records, by position
	from      int       // the first position of the batch
	ends      []int     // for each position, the total length of the encoded records up to there, including those that are done

	probes   int       // how many requests may still be spent on finding the records at fault in this chunk
	tooLarge int       // how many single records were too large for a receiver that takes nothing
	deadline time.Time // no request of this chunk begins later
	pieces   []int     // the positions at which the requests of this chunk ended so far
}

// item is a record in a batch.
type item struct {
	pos      int // in the chunk
	from, to int // in the buffer
	group    int // what the encoder noted of the record
}

// maxProbes limits the requests that look for the records at fault after an answer of 400. Finding one bad record among
// thousands takes about 25 requests.
const maxProbes = 128

// maxTooLarge is how many single records may be too large for a receiver that takes nothing, before the rest of the chunk waits.
const maxTooLarge = 8

// judges reports whether an answer of 413 to a single record that is not large is about the record. A receiver or a proxy with a wrong
// limit gives this answer to every request. The answer counts once the receiver has taken another request after its first such
// answer to this chunk.
func (n *network) judges(c *Chunk, now time.Time) bool {
	if c.earlier.doubted.IsZero() {
		c.earlier.doubted = now
		return false
	}
	taken := n.taken.Load()
	return taken != nil && taken.After(c.earlier.doubted)
}

// reset empties the batch. Its first record is the one at position from.
func (n *network) reset(c *Chunk, b *batch, from int) {
	b.release()
	b.encoded, b.items, b.ends, b.from = newBody(n.room(c.Records[from:])), b.items[:0], b.ends[:0], from
	b.keeps = false
	if b.assembler != nil {
		b.assembler.reset()
	}
}

// room returns how many bytes the next batch of records is likely to take.
func (n *network) room(records []Record) (bytes int) {
	for i := range records {
		size := len(records[i].Body)
		bytes += size + size/8 + roomBeside
		if bytes > n.maxBytes {
			bytes = n.maxBytes + roomBeyond
			break
		}
	}
	return bytes
}

const (
	// roomBeside is for what stands beside the fields of a record, such as the action of a bulk request.
	roomBeside = 256
	// roomBeyond is for the record that does not fit into the batch any longer, which is encoded first.
	roomBeyond = 64 << 10
)

// release gives the encoded records back. Their buffer is used again when the last request that sends it is over.
func (b *batch) release() {
	if b.encoded != nil {
		b.encoded.release()
		b.encoded = nil
	}
}

// size returns the length of the encoded records between two positions, including those that are done.
func (b *batch) size(from, to int) int {
	size := func(pos int) int {
		if pos == b.from {
			return 0
		}
		return b.ends[pos-b.from-1]
	}
	return size(to) - size(from)
}

// end returns the position after the last record of the batch.
func (b *batch) end() int { return b.from + len(b.ends) }

// between returns the pending records between two positions.
func (b *batch) between(from, to int) []item {
	at := func(pos int) int { return sort.Search(len(b.items), func(i int) bool { return b.items[i].pos >= pos }) }
	return b.items[at(from):at(to)]
}

// Send implements Sink.
//
// An answer that was lost leaves open what a request stored, so the next attempt makes the same requests: it begins and ends
// them where the last one did (attempts.pieces), and where there is no memory of that, at positions that follow from the records alone.
func (n *network) Send(ctx context.Context, c *Chunk, out []outcome) {
	b := n.pool.Get().(*batch)
	defer n.pool.Put(b)
	defer b.release()
	n.reset(c, b, 0)
	b.probes, b.tooLarge, b.pieces = maxProbes, 0, nil
	now := time.Now()
	b.deadline = now.Add(flushTimeouts * n.client.timeout)
	ctx, cancel := context.WithDeadline(ctx, now.Add((flushTimeouts+1)*n.client.timeout))
	defer cancel()
	earlier := c.earlier.pieces
	stop := ""
	for pos := 0; pos < len(c.Records) && stop == ""; {
		size := n.encode(c, b, pos, out)
		switch {
		case len(earlier) > 0:
			if pos++; pos == earlier[0] {
				earlier = earlier[1:]
				stop = n.sendPart(ctx, c, b, pos, out, true)
				n.reset(c, b, pos)
			}
		case b.size(b.from, pos) > 0 && size > 0 && b.size(b.from, pos+1) > n.maxBytes:
			// This record does not fit: it begins the next batch.
			b.ends = b.ends[:len(b.ends)-1]
			if len(b.items) > 0 && b.items[len(b.items)-1].pos == pos {
				b.items = b.items[:len(b.items)-1]
			}
			stop = n.sendPart(ctx, c, b, pos, out, false)
			n.reset(c, b, pos)
		default:
			pos++
		}
	}
	if stop == "" {
		stop = n.sendPart(ctx, c, b, b.end(), out, false)
	}
	if stop != "" {
		leave(out, stop)
	}
	// Pieces that were not reached stay as they are: their records may be stored from an earlier attempt.
	c.earlier.pieces = slices.Concat(b.pieces, earlier)
}

// sendPart sends the records of the batch before position to. If the chunk ends there, the bodies are dropped first; otherwise the chunk is
// paused while the request is under way.
func (n *network) sendPart(ctx context.Context, c *Chunk, b *batch, to int, out []outcome, again bool) (stop string) {
	if to == len(c.Records) {
		c.drop()
		return n.send(ctx, c, b, b.from, to, out, again)
	}
	c.pause()
	defer c.resume()
	return n.send(ctx, c, b, b.from, to, out, again)
}

// flushTimeouts limits the time in which the requests of one chunk may begin, in multiples of Timeout. The last request may take one
// more Timeout.
const flushTimeouts = 2

// encode appends the record at a position to the batch, or refuses it. It returns the length of the encoded record. For a record
// that is done, only the length is kept.
func (n *network) encode(c *Chunk, b *batch, pos int, out []outcome) (size int) {
	from, total := len(b.encoded.buf), b.size(b.from, b.end())
	buf, group, err := b.encoder.encode(b.encoded.buf, &c.Records[pos])
	b.encoded.buf = buf
	if err != nil {
		b.encoded.buf = buf[:from]
		if out[pos].state == pending {
			out[pos] = unreadable(err)
		}
		b.ends = append(b.ends, total)
		return 0
	}
	size = len(buf) - from
	b.ends = append(b.ends, total+size)
	if out[pos].state != pending {
		b.encoded.buf = buf[:from]
		return size
	}
	b.items = append(b.items, item{pos: pos, from: from, to: len(buf), group: group})
	return size
}

// leave gives the records that were not tried the reason why an earlier one failed.
func leave(out []outcome, reason string) {
	for pos := range out {
		if out[pos].state == pending && out[pos].reason == "" {
			out[pos].reason = reason
		}
	}
}

// send sends the records between two positions in one request, or in several, and sets their outcomes. again says that these
// records were one request in an earlier attempt. If the receiver takes nothing at present, send returns why, and the caller does not
// send the rest of the chunk.
func (n *network) send(ctx context.Context, c *Chunk, b *batch, from, to int, out []outcome, again bool) (stop string) {
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
	a, err := n.post(ctx, c, b, from, to, out)
	if err != nil {
		b.pieces = append(b.pieces, to)
		failed := outcome{reason: err.Error()}
		var p *paused
		if errors.As(err, &p) {
			failed.status = p.status
		}
		settle(out, items, failed)
		return err.Error()
	}
	if a.status/100 == 2 {
		b.pieces = append(b.pieces, to)
		if stop = n.wire.accept(a, items, out); stop != "" {
			stop = n.client.shown + " " + stop
			for _, it := range items {
				if o := &out[it.pos]; o.state == pending && o.reason == "" {
					*o = outcome{status: a.status, reason: stop}
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
		settle(out, items, outcome{status: a.status, reason: reason})
		return reason
	}
	if !final(a.status) || n.client.wantsTLS(a) {
		// The receiver may have stored the records: a proxy that stops waiting for the receiver answers 504.
		b.pieces = append(b.pieces, to)
		settle(out, items, outcome{status: a.status, reason: reason})
		return reason
	}
	if at, ok := n.invalidItem(a, len(items)); ok {
		end := items[at].pos + 1
		b.pieces = append(b.pieces, end)
		settle(out, items[:at], outcome{state: delivered})
		settle(out, items[at:at+1], outcome{state: refused, status: a.status, reason: reason})
		if b.probes--; b.probes < 0 {
			return reason // the next attempt goes on from here
		}
		return n.send(ctx, c, b, end, to, out, false)
	}
	if len(items) > 1 && n.splits(b, a.status) {
		if a.status == http.StatusRequestEntityTooLarge {
			n.limit.refused(b.size(from, to), time.Now())
		}
		return n.halve(ctx, c, b, from, to, out)
	}
	if a.status == http.StatusRequestEntityTooLarge && b.size(from, to) < leastLimit && !n.judges(c, time.Now()) {
		b.pieces = append(b.pieces, to)
		const advice = "it does not accept a single record: raise its limit for the size of a request"
		settle(out, items, outcome{status: a.status, reason: reason + "; " + advice})
		if b.tooLarge++; b.tooLarge == maxTooLarge {
			return n.client.rest(a.status, reason, advice)
		}
		return ""
	}
	b.pieces = append(b.pieces, to)
	settle(out, items, outcome{state: refused, status: a.status, reason: reason})
	return ""
}

// halve sends the records between two positions in two requests.
func (n *network) halve(ctx context.Context, c *Chunk, b *batch, from, to int, out []outcome) (stop string) {
	b.keeps = true
	half := from + (to-from)/2
	if stop = n.send(ctx, c, b, from, half, out, false); stop != "" {
		return stop
	}
	return n.send(ctx, c, b, half, to, out, false)
}

func (n *network) post(ctx context.Context, c *Chunk, b *batch, from, to int, out []outcome) (*answer, error) {
	items := b.between(from, to)
	var header http.Header
	if n.protocol.header != nil {
		header = n.protocol.header(c, items)
	}
	open := func() (*bodyReader, int) { return n.text(c, b, from, to, out) }
	return n.client.post(ctx, open, header, maxAnswer+int64(len(items))*n.protocol.itemAnswer)
}

// text opens the text of a request for the pending records between two positions. The buffer is released once the text is sent, because the
// answer may take long. If the records must be sent again, in one request or in several, the batch is encoded again.
func (n *network) text(c *Chunk, b *batch, from, to int, out []outcome) (text *bodyReader, size int) {
	if b.encoded == nil {
		n.encodeAgain(c, b, out)
	}
	items := b.between(from, to)
	part := bodyPart{body: b.encoded}
	if b.assembler != nil {
		part.parts = b.assembler.assemble(b.encoded.buf, c, items)
	} else {
		// The items follow each other in the buffer: of a record that is not pending, nothing stays there.
		part.parts = [][]byte{b.encoded.buf[items[0].from:items[len(items)-1].to]}
	}
	text = part.reader()
	if !b.keeps {
		b.release() // from now on, only the reader holds it
	}
	return text, part.size()
}

// encodeAgain encodes the pending records of the batch again. The encoded records then stay until the batch ends.
func (n *network) encodeAgain(c *Chunk, b *batch, out []outcome) {
	end, dropped := b.end(), c.dropped
	c.restore()
	b.items = nil // a caller still has the old ones
	n.reset(c, b, b.from)
	for pos := b.from; pos < end; pos++ {
		n.encode(c, b, pos, out)
	}
	if dropped {
		c.drop()
	}
	b.keeps = true
}

// refusal returns what to do after an answer that refuses the request and not its records, or "" for any other answer. The
// records wait until somebody has done that.
func (n *network) refusal(a *answer) (advice string) {
	switch a.status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return "check the credentials and what they allow"
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone: // servers answer a wrong path with any of these
		return "check " + n.protocol.target + ", and whether what is named there exists"
	case http.StatusBadRequest:
		switch {
		case n.client.wantsTLS(a):
			return ""
		case a.isPage():
			return "a web page comes from a proxy, which does not read records: check the options URL, Header and TLS_Cert_File"
		case n.protocol.badRequest != nil:
			return n.protocol.badRequest(a)
		}
		return ""
	case http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return ""
	}
	if final(a.status) {
		return "check what the receiver expects of a request (options URL, Header, Compress)"
	}
	return ""
}

// invalidItem returns the number of the record at fault if the answer names one of these items.
func (n *network) invalidItem(a *answer, items int) (item int, ok bool) {
	if n.protocol.invalidItem == nil {
		return 0, false
	}
	item, ok = n.protocol.invalidItem(a)
	return item, ok && 0 <= item && item < items
}

// splits reports whether the records of a refused request are worth smaller requests.
func (n *network) splits(b *batch, status int) bool {
	switch status {
	case http.StatusRequestEntityTooLarge:
		return true
	case http.StatusBadRequest:
		b.probes--
		return n.protocol.isolates && b.probes >= 0
	}
	return false
}

// final reports whether a status other than 2xx is final for what was sent. A redirect is not, and neither is a proxy that asks for
// a password: the receiver has seen nothing. 409 means that the receiver still works on an earlier copy of the request.
func final(status int) bool {
	switch status {
	case http.StatusProxyAuthRequired, http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly, http.StatusTooManyRequests:
		return false
	}
	return status >= 400 && status < 500
}

// Close implements sender.
func (n *network) Close() error {
	n.client.close()
	return nil
}

// A sizeLimit remembers the size of a request that was too large for the receiver, so that not every chunk has to find out. Its
// methods may run concurrently.
type sizeLimit struct{ current atomic.Pointer[refusedSize] }

type refusedSize struct {
	bytes int
	until time.Time
}

const (
	// leastLimit is the smallest size that is remembered. A smaller request may have been refused because of one record.
	leastLimit = 64 << 10
	// limitFor is how long a size is remembered. Somebody may raise the limit of the receiver.
	limitFor = 10 * time.Minute
)

func (l *sizeLimit) exceeded(bytes int, now time.Time) bool {
	known := l.current.Load()
	return known != nil && bytes >= known.bytes && now.Before(known.until)
}

func (l *sizeLimit) refused(bytes int, now time.Time) {
	if known := l.current.Load(); known == nil || bytes < known.bytes || !now.Before(known.until) {
		l.current.Store(&refusedSize{max(bytes, leastLimit), now.Add(limitFor)})
	}
}
