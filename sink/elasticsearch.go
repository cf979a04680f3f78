package sink

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/http"
	"unicode/utf8"

	"fluent-bit-entra-signin/internal/keypath"
)

// Names of the index where the option Index gives none.
const (
	DefaultIndex      = "entra-signin"
	DefaultDataStream = "logs-entra.signin-default"
)

// An own id is believed to be one from 16 bytes on: Microsoft's are GUIDs, and a short text under the same key is something
// else, shared by many records. Elasticsearch takes 512 bytes at most, the hash behind the id included.
const (
	minID = 16
	maxID = 512 - 12
)

// elasticWire writes the _bulk requests of Elasticsearch and OpenSearch. Each record is a create with an _id that it has in
// every attempt, so what is there already is answered with 409 and not stored again.
type elasticWire struct {
	client *client
	action []byte // {"create":{"_index":"…","_id":
	idKeys []keypath.Path
}

func newElasticWire(c *client, index string, idKeys []keypath.Path) *elasticWire {
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

// appendID appends the _id of a record: for a sign-in its own id and a hash of the record as it came in, for anything else a hash of
// that and its time.
//
// The hash behind an own id makes two records of one id two documents where they differ, such as the states of a sign-in that
// Microsoft completes later. The hash is one that nobody can find a second record for: a user agent chosen with care must not
// make a sign-in look like one that is stored already.
func (w *elasticWire) appendID(dst []byte, r *Record) []byte {
	h := sha256.New()
	var sum [sha256.Size]byte
	for _, path := range w.idKeys {
		if !r.SignIn {
			break
		}
		t, ok := find(r.Body, path)
		if ok && t.kind == kindString && len(t.data) >= minID && len(t.data) <= maxID && utf8.Valid(t.data) {
			h.Write(r.raw())
			dst = appendQuoted(dst, t.data)
			dst = append(dst[:len(dst)-1], '-')
			dst = base64.RawURLEncoding.AppendEncode(dst, h.Sum(sum[:0])[:8])
			return append(dst, '"')
		}
	}
	var head [20]byte
	binary.BigEndian.PutUint64(head[:], uint64(r.Sec))
	binary.BigEndian.PutUint32(head[8:], r.Nsec)
	binary.BigEndian.PutUint64(head[12:], uint64(len(r.raw())))
	h.Write(head[:])
	h.Write(r.raw())
	h.Write(r.Beside)
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

// longestAnswer is 2 kB for each item, which even an item with two long reasons does not need.
func (w *elasticWire) longestAnswer(items int) int64 { return maxAnswer + int64(items)<<11 }

func (w *elasticWire) accept(a *answer, items []item, out []Outcome) (stop string) {
	results, err := parseBulkAnswer(a.body, len(items))
	if err != nil {
		return fmt.Sprintf("answered %d, but %v (option URL): %q", a.status, err, w.client.excerpt(a.body))
	}
	if len(results) != len(items) {
		return fmt.Sprintf("answered for %d records or more, and %d were sent", len(results), len(items))
	}
	taken := false
	for i, it := range items {
		out[it.pos] = w.outcome(&results[i])
		taken = taken || out[it.pos].State == Delivered
	}
	for i, it := range items {
		if advice := adviceFor[results[i].kind]; advice != "" && !taken {
			return w.client.rest(results[i].status, out[it.pos].Reason, advice)
		}
	}
	return ""
}

// adviceFor are the errors of an item that are about the index and not about the record: what they are called, and what to do.
// Some versions answer them with a status of 400 to 404.
var adviceFor = map[string]string{
	"index_not_found_exception":    "create the index or the data stream's template, or allow it to be created (option Index)",
	"invalid_index_name_exception": "check the name of the index (option Index)",
	"index_closed_exception":       "open the index",
	"security_exception":           "check what the credentials allow: they need to create documents in the index",
	"cluster_block_exception":      "the index is blocked: look for a full disk, or for a block that somebody set",
}

// outcome is that of one item.
func (w *elasticWire) outcome(r *bulkResult) Outcome {
	switch {
	case r.status/100 == 2, r.status == http.StatusConflict:
		return Outcome{State: Delivered, Status: r.status}
	case final(r.status) && adviceFor[r.kind] == "":
		return Outcome{State: Refused, Status: r.status, Reason: w.reason(r)}
	}
	return Outcome{Status: r.status, Reason: w.reason(r)}
}

// refusal recognises an answer of 400 that is about the request: Elasticsearch speaks of records item by item, in an answer
// of 200.
func (w *elasticWire) refusal(a *answer) (advice string) {
	var said struct {
		Error struct {
			Type string `json:"type"`
		} `json:"error"`
	}
	if json.Unmarshal(a.body, &said) != nil || said.Error.Type == "" {
		return ""
	}
	if advice := adviceFor[said.Error.Type]; advice != "" {
		return advice
	}
	return "check the options URL and Index"
}

func (w *elasticWire) reason(r *bulkResult) string {
	return fmt.Sprintf("the item was answered with %d %s: %s", r.status, w.client.excerpt([]byte(r.kind)), w.client.excerpt([]byte(r.reason)))
}
