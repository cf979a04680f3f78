package sink

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
)

// httpWire posts records to any HTTP endpoint, as JSON lines or as one JSON array. Any 2xx answer takes the whole batch.
type httpWire struct {
	array bool
}

func (w *httpWire) encode(b *batch, r *Record) (err error) {
	if b.buf, err = appendRecord(b.buf, r); err == nil {
		b.buf = append(b.buf, '\n')
	}
	return err
}

func (w *httpWire) body(dst []byte, b *batch, items []item) []byte {
	if !w.array {
		for _, it := range items {
			dst = append(dst, b.buf[it.from:it.to]...)
		}
		return dst
	}
	for i, it := range items {
		dst = append(dst, "[,"[min(i, 1)])
		dst = append(dst, b.buf[it.from:it.to-1]...)
	}
	return append(dst, ']')
}

// header makes the key from the chunk and the positions in it: the same records of the same chunk have the same key
// whenever they are sent, also when their enrichment changed in between.
func (w *httpWire) header(c *Chunk, items []item) http.Header {
	h := sha256.New()
	h.Write(c.ID[:])
	var pos [8]byte
	for _, it := range items {
		binary.BigEndian.PutUint64(pos[:], uint64(it.pos))
		h.Write(pos[:])
	}
	return http.Header{"Idempotency-Key": {hex.EncodeToString(h.Sum(nil)[:16])}}
}

func (w *httpWire) contentType() string {
	if w.array {
		return "application/json"
	}
	return "application/x-ndjson"
}

// accept is not satisfied with a web page: a login page or a proxy's message has the status 200 as well, and no collector
// of records answers with one.
func (w *httpWire) accept(a *answer, items []item, out []Outcome) (stop string) {
	for _, media := range []string{a.contentType, http.DetectContentType(a.body)} {
		if strings.HasPrefix(media, "text/html") {
			return fmt.Sprintf("answered %d with a web page, which no receiver of records does (option URL)", a.status)
		}
	}
	settle(out, items, Outcome{State: Delivered})
	return ""
}

func (w *httpWire) longestAnswer(int) int64 { return maxAnswer }

// refusal never knows: a 400 says nothing that tells the request from its records.
func (w *httpWire) refusal(*answer) string { return "" }
