package sink

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/http"
)

// HTTP posts records to any HTTP endpoint, as JSON lines or as a JSON array.
const HTTP = "http"

var httpProtocol = protocol{
	name:        HTTP,
	formats:     []string{NDJSON, Array},
	contentType: "application/x-ndjson",
	batchBytes:  usualBatchBytes,
	tokens:      []tokenOption{bearerToken},
	target:      "the option URL",
	header:      idempotencyKey,
	open: func(o *Options, c *client) (wire, error) {
		w := &httpWire{array: o.LineFormat == Array}
		if w.array {
			c.header.Set("Content-Type", "application/json")
		}
		return w, nil
	},
}

type httpWire struct {
	array bool
}

func (w *httpWire) newEncoder() encoder {
	if w.array {
		return arrayEncoder{}
	}
	return jsonLinesEncoder{}
}

// jsonLinesEncoder writes one record a line.
type jsonLinesEncoder struct{}

func (jsonLinesEncoder) encode(buf []byte, r *Record) (encoded []byte, group int, err error) {
	encoded, err = appendJSONLine(buf, r)
	return encoded, 0, err
}

// arrayEncoder writes the records as the elements of one array. Each ends with a comma.
type arrayEncoder struct{}

func (arrayEncoder) encode(buf []byte, r *Record) (encoded []byte, group int, err error) {
	if encoded, err = appendJSONLine(buf, r); err == nil {
		encoded[len(encoded)-1] = ','
	}
	return encoded, 0, err
}

func (arrayEncoder) reset() {}

func (arrayEncoder) assemble(buf []byte, _ *Chunk, items []item) (parts [][]byte) {
	return [][]byte{[]byte("["), buf[items[0].from : items[len(items)-1].to-1], []byte("]")}
}

// idempotencyKey returns a key that follows from the chunk and the positions of the items in the chunk. The same records of the
// same chunk have the same key in every attempt, even if they were enriched differently.
func idempotencyKey(c *Chunk, items []item) http.Header {
	h := sha256.New()
	id := c.Identify()
	h.Write(id[:])
	var pos [8]byte
	for _, it := range items {
		binary.BigEndian.PutUint64(pos[:], uint64(it.pos))
		h.Write(pos[:])
	}
	return http.Header{"Idempotency-Key": {hex.EncodeToString(h.Sum(nil)[:16])}}
}

// accept takes any answer for a success, except a web page: login pages and the messages of proxies have the status 200 as well,
// and no receiver of records answers with one.
func (w *httpWire) accept(a *answer, items []item, out []outcome) (stop string) {
	if a.isPage() {
		return fmt.Sprintf("answered %d with a web page, which no receiver of records does (option URL)", a.status)
	}
	settle(out, items, outcome{state: delivered})
	return ""
}
