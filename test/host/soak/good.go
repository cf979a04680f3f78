package main

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"

	"github.com/tinylib/msgp/msgp"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/test/host"
)

const (
	maxRecords = 1000
	// chunkSize is about the size at which Fluent Bit ends a chunk.
	chunkSize = 2 << 20
	// unknownCodes is the number of different codes of the traffic that no catalog has.
	unknownCodes = 5000
	firstUnknown = 61_000_000
)

// A corpus is the material of records.
type corpus struct {
	lines  []string // of the sample file
	bodies [][]byte // the same as MessagePack
	codes  []uint32 // of the catalog
}

func newCorpus(file string) (*corpus, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	c := &corpus{}
	for line := range bytes.Lines(text) {
		line = bytes.TrimRight(line, "\n")
		c.lines = append(c.lines, string(line))
		c.bodies = append(c.bodies, host.AppendLine(nil, line))
	}
	for i := range catalog.Embedded().Len() {
		c.codes = append(c.codes, catalog.Embedded().At(i).Code)
	}
	return c, nil
}

// A kind is one kind of chunk.
type kind struct {
	name   string
	weight int // how often, beside the others
	make   func(c *corpus, r *rand.Rand, id uint64) []byte
}

// goodKinds are the chunks that a healthy source sends.
var goodKinds = []kind{
	{"every shape", 40, func(c *corpus, r *rand.Rand, id uint64) []byte {
		return events(r, id, func(dst []byte) []byte { return append(dst, c.bodies[r.IntN(len(c.bodies))]...) })
	}},
	{"small", 20, func(c *corpus, r *rand.Rand, id uint64) []byte {
		return events(r, id, func(dst []byte) []byte { return appendSmall(dst, c.code(r)) })
	}},
	{"large", 10, func(c *corpus, r *rand.Rand, id uint64) []byte {
		return events(r, id, func(dst []byte) []byte { return appendLarge(dst, r, c.code(r)) })
	}},
	{"one record", 10, func(c *corpus, r *rand.Rand, id uint64) []byte {
		return append(appendHead(nil, r, id, 0), c.bodies[r.IntN(len(c.bodies))]...)
	}},
	{"envelopes", 8, func(c *corpus, r *rand.Rand, id uint64) []byte {
		return events(r, id, func(dst []byte) []byte { return c.appendEnvelope(dst, r) })
	}},
	{"JSON in strings", 8, func(c *corpus, r *rand.Rand, id uint64) []byte {
		return events(r, id, func(dst []byte) []byte {
			dst = msgp.AppendMapHeader(dst, 1)
			dst = msgp.AppendString(dst, []string{"log", "message", "payload", "body"}[r.IntN(4)])
			return msgp.AppendString(dst, c.lines[r.IntN(len(c.lines))])
		})
	}},
	{"groups", 5, func(c *corpus, r *rand.Rand, id uint64) []byte {
		chunk := appendMarker(nil, 0xffffffff)
		chunk = append(chunk, events(r, id, func(dst []byte) []byte { return append(dst, c.bodies[r.IntN(len(c.bodies))]...) })...)
		return appendMarker(chunk, 0xfffffffe)
	}},
	{"unknown codes", 5, func(_ *corpus, r *rand.Rand, id uint64) []byte {
		return events(r, id, func(dst []byte) []byte { return appendSmall(dst, uint32(firstUnknown+r.IntN(unknownCodes))) })
	}},
}

func (c *corpus) code(r *rand.Rand) uint32 { return c.codes[r.IntN(len(c.codes))] }

// events returns 1 to maxRecords events, usually a few.
func events(r *rand.Rand, id uint64, body func(dst []byte) []byte) (chunk []byte) {
	n := int(math.Exp(r.Float64() * math.Log(maxRecords)))
	for i := 0; i < n && len(chunk) < chunkSize; i++ {
		chunk = body(appendHead(chunk, r, id, i))
	}
	return chunk
}

// appendSmall appends {"status":{"errorCode":code}}.
func appendSmall(dst []byte, code uint32) []byte {
	dst = msgp.AppendMapHeader(dst, 1)
	dst = msgp.AppendString(dst, "status")
	dst = msgp.AppendMapHeader(dst, 1)
	dst = msgp.AppendString(dst, "errorCode")
	return msgp.AppendUint32(dst, code)
}

// appendLarge appends a record with some hundred keys and a long text.
func appendLarge(dst []byte, r *rand.Rand, code uint32) []byte {
	keys := r.IntN(300)
	dst = msgp.AppendMapHeader(dst, uint32(keys+2))
	for i := range keys {
		dst = msgp.AppendString(dst, fmt.Sprintf("key %d", i))
		dst = msgp.AppendInt(dst, i)
	}
	dst = msgp.AppendString(dst, "text")
	dst = msgp.AppendString(dst, strings.Repeat("ä long text. ", r.IntN(3000)))
	dst = msgp.AppendString(dst, "resultType")
	return msgp.AppendString(dst, fmt.Sprint(code))
}

// appendEnvelope appends {"records":[…],"topic":…} or the same as JSON in a string.
func (c *corpus) appendEnvelope(dst []byte, r *rand.Rand) []byte {
	n := 1 + r.IntN(20)
	if r.IntN(2) == 0 {
		list := make([]string, n)
		for i := range list {
			list[i] = c.object(r)
		}
		dst = msgp.AppendMapHeader(dst, 1)
		dst = msgp.AppendString(dst, "payload")
		return msgp.AppendString(dst, `{"records":[`+strings.Join(list, ",")+`]}`)
	}
	dst = msgp.AppendMapHeader(dst, 2)
	dst = msgp.AppendString(dst, "topic")
	dst = msgp.AppendString(dst, "insights-logs-signinlogs")
	dst = msgp.AppendString(dst, []string{"records", "value"}[r.IntN(2)])
	dst = msgp.AppendArrayHeader(dst, uint32(n))
	for range n {
		dst = append(dst, c.bodies[r.IntN(len(c.bodies))]...)
	}
	return dst
}

// object returns a line that is JSON.
func (c *corpus) object(r *rand.Rand) string {
	for {
		if line := c.lines[r.IntN(len(c.lines))]; strings.HasSuffix(line, "}") {
			return line
		}
	}
}
