package sink

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net/http"
	"unicode/utf8"
)

// Names of the index where the option Index gives none.
const (
	DefaultIndex      = "entra-signin"
	DefaultDataStream = "logs-entra.signin-default"
)

// An own id is believed to be one from 16 bytes on: Microsoft's are GUIDs, and a short text under the same key is something
// else, shared by many records. Elasticsearch takes 512 bytes at most.
const (
	minID = 16
	maxID = 512
)

// elasticWire writes the _bulk requests of Elasticsearch and OpenSearch. Each record is a create with an _id that it has in
// every attempt, so what is there already is answered with 409 and not stored again.
type elasticWire struct {
	client *client
	action []byte // {"create":{"_index":"…","_id":
	idKeys []string
}

func newElasticWire(c *client, index string, idKeys []string) *elasticWire {
	action := appendQuoted([]byte(`{"create":{"_index":`), []byte(index))
	return &elasticWire{client: c, action: append(action, `,"_id":`...), idKeys: idKeys}
}

func (w *elasticWire) encode(b *batch, r *Record) (err error) {
	b.buf = append(b.buf, w.action...)
	b.buf = w.appendID(b.buf, r)
	b.buf = append(b.buf, "}}\n"...)
	if b.buf, err = appendRecord(b.buf, r); err == nil {
		b.buf = append(b.buf, '\n')
	}
	return err
}

// appendID appends the sign-in's own id, else a hash of the record. The hash is one that nobody can find a second record for:
// a user agent chosen with care must not make a sign-in look like one that is stored already.
func (w *elasticWire) appendID(dst []byte, r *Record) []byte {
	for _, path := range w.idKeys {
		t, ok := find(r.Body, path)
		if ok && t.kind == kindString && len(t.data) >= minID && len(t.data) <= maxID && utf8.Valid(t.data) {
			return appendQuoted(dst, t.data)
		}
	}
	h := sha256.New()
	var when [12]byte
	binary.BigEndian.PutUint64(when[:], uint64(r.Sec))
	binary.BigEndian.PutUint32(when[8:], r.Nsec)
	h.Write(when[:])
	h.Write(r.Body)
	var sum [sha256.Size]byte
	dst = append(dst, '"')
	dst = base64.RawURLEncoding.AppendEncode(dst, h.Sum(sum[:0])[:16])
	return append(dst, '"')
}

func (w *elasticWire) body(dst []byte, b *batch, items []item) []byte {
	for _, it := range items {
		dst = append(dst, b.buf[it.from:it.to]...)
	}
	return dst
}

func (w *elasticWire) header(*Chunk, []item) http.Header { return nil }

func (w *elasticWire) accept(a *answer, items []item, out []Outcome) (stop string) {
	results, err := parseBulkAnswer(a.body)
	if err != nil {
		return fmt.Sprintf("answered %d, but %v (option URL): %q", a.status, err, w.client.excerpt(a.body))
	}
	if len(results) != len(items) {
		return fmt.Sprintf("answered for %d records, and %d were sent", len(results), len(items))
	}
	for i, it := range items {
		out[it.pos] = w.outcome(&results[i])
	}
	return ""
}

// outcome is that of one item. An index that is blocked, as Elasticsearch blocks them when the disk is full, is answered
// with 403 by some versions; it says nothing about the record.
func (w *elasticWire) outcome(r *bulkResult) Outcome {
	switch {
	case r.status/100 == 2, r.status == http.StatusConflict:
		return Outcome{State: Delivered, Status: r.status}
	case final(r.status) && r.kind != "cluster_block_exception":
		return Outcome{State: Refused, Status: r.status, Reason: w.reason(r)}
	}
	return Outcome{Status: r.status, Reason: w.reason(r)}
}

func (w *elasticWire) reason(r *bulkResult) string {
	return fmt.Sprintf("the item was answered with %d %s: %s", r.status, r.kind, w.client.excerpt([]byte(r.reason)))
}
