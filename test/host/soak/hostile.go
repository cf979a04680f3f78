package main

import (
	"bytes"
	"math/rand/v2"
	"slices"

	"github.com/tinylib/msgp/msgp"
)

// hostileKinds are what a broken or evil source may send. Most have good events before or behind them; see hostile.
var hostileKinds = []kind{
	{"truncated", 20, truncated},
	{"wrong bytes", 20, func(c *corpus, r *rand.Rand, id uint64) []byte {
		chunk := few(c, r, id)
		for range 1 + r.IntN(8) {
			chunk[r.IntN(len(chunk))] = byte(r.Uint32())
		}
		return chunk
	}},
	{"a wrong bit", 10, func(c *corpus, r *rand.Rand, id uint64) []byte {
		chunk := few(c, r, id)
		chunk[r.IntN(len(chunk))] ^= 1 << r.IntN(8)
		return chunk
	}},
	{"random bytes", 10, func(_ *corpus, r *rand.Rand, _ uint64) []byte { return random(r, r.IntN(64<<10)) }},
	{"depth", 6, depth},
	{"lengths that lie", 20, claims},
	{"a map of 2^32 pairs", 5, func(_ *corpus, r *rand.Rand, id uint64) []byte {
		chunk := append(appendHead(nil, r, id, 0), 0xdf, 0xff, 0xff, 0xff, 0xff)
		return append(chunk, bytes.Repeat([]byte("\xaaresultType\xcd\xc3\xce"), r.IntN(10_000))...)
	}},
	{"an array of 2^32", 5, func(_ *corpus, r *rand.Rand, id uint64) []byte {
		chunk := append(appendHead(nil, r, id, 0), "\x81\xa7records\xdd\xff\xff\xff\xff"...)
		return append(chunk, bytes.Repeat([]byte("\x81\xaaresultType\xcd\xc3\xce"), r.IntN(10_000))...)
	}},
	{"invalid UTF-8", 10, invalidUTF8},
	{"NaN and Inf", 5, floats},
	{"ext of every size", 5, extensions},
	{"one key again and again", 5, func(_ *corpus, r *rand.Rand, id uint64) []byte {
		n := r.IntN(5000)
		chunk := msgp.AppendMapHeader(appendHead(nil, r, id, 0), uint32(2*n+1))
		chunk = append(chunk, bytes.Repeat([]byte("\xa8severity\x01\xabdescription\x01"), n)...)
		return append(chunk, "\xaaresultType\xcd\xc3\xce"...)
	}},
	{"values that are no events", 5, func(_ *corpus, r *rand.Rand, _ uint64) []byte {
		return bytes.Repeat([][]byte{{0x80}, {0x90}, {0x92}, {0xc0}, {0xc1}, {0x92, 0x92, 0x80, 0x80}, {0x92, 0xc0, 0x80}}[r.IntN(7)], 1+r.IntN(5000))
	}},
	{"nothing", 1, func(*corpus, *rand.Rand, uint64) []byte { return nil }},
	{"stray group markers", 5, strayMarkers},
	{"envelopes in envelopes", 5, nestedEnvelopes},
	{"thousands of unknown codes", 5, func(_ *corpus, r *rand.Rand, id uint64) (chunk []byte) {
		first := r.IntN(unknownCodes - maxRecords)
		for i := range maxRecords {
			chunk = appendSmall(appendHead(chunk, r, id, i), uint32(firstUnknown+first+i))
		}
		return chunk
	}},
	{"JSON bombs", 15, func(_ *corpus, r *rand.Rand, id uint64) []byte {
		chunk := msgp.AppendMapHeader(appendHead(nil, r, id, 0), 1)
		chunk = msgp.AppendString(chunk, []string{"log", "message", "payload", "properties"}[r.IntN(4)])
		return msgp.AppendString(chunk, jsonBomb(r))
	}},
}

// bulkyKinds are hostile by their size. They are rare, because each takes the memory that hundreds of others take together.
var bulkyKinds = []kind{
	{"a string of MBs", 16, func(_ *corpus, r *rand.Rand, id uint64) []byte { return longString(r, id, 1<<20, 8<<20) }},
	{"a string of tens of MB", 4, func(_ *corpus, r *rand.Rand, id uint64) []byte { return longString(r, id, 20<<20, 60<<20) }},
	{"a string of 100 MB", 1, func(_ *corpus, r *rand.Rand, id uint64) []byte { return longString(r, id, 100<<20, 101<<20) }},
}

// hostile makes a chunk of a kind, with good events around it more often than not: what is whole must still be enriched.
func hostile(k *kind, c *corpus, r *rand.Rand, id uint64) []byte {
	chunk := k.make(c, r, id)
	if r.IntN(2) == 0 {
		chunk = append(few(c, r, id), chunk...)
	}
	if r.IntN(3) == 0 {
		chunk = append(chunk, few(c, r, id)...)
	}
	return chunk
}

// few are one to five good events.
func few(c *corpus, r *rand.Rand, id uint64) (chunk []byte) {
	for i := range 1 + r.IntN(5) {
		chunk = append(appendHead(chunk, r, id, i), c.bodies[r.IntN(len(c.bodies))]...)
	}
	return chunk
}

// random returns bytes without any sense.
func random(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// truncated is cut anywhere, and half of the time close to its beginning, where the headers of the event are.
func truncated(c *corpus, r *rand.Rand, id uint64) []byte {
	chunk := append(appendHead(nil, r, id, 0), c.bodies[r.IntN(len(c.bodies))]...)
	if r.IntN(2) == 0 {
		return chunk[:r.IntN(min(len(chunk), 40))]
	}
	return chunk[:r.IntN(len(chunk))]
}

// depth nests arrays or maps, up to a million of them, with an end or without.
func depth(_ *corpus, r *rand.Rand, id uint64) (chunk []byte) {
	if r.IntN(3) > 0 {
		chunk = appendHead(chunk, r, id, 0)
	}
	level := [][]byte{{0x91}, {0x92}, []byte("\x81\xa1a"), []byte("\x81\xa6status"), []byte("\x81\xa7records\x91"), {0x81}}[r.IntN(6)]
	n := []int{100, 10_000, 1_000_000}[r.IntN(3)]
	chunk = append(chunk, bytes.Repeat(level, n)...)
	if r.IntN(2) == 0 {
		chunk = append(chunk, 0xc0)
	}
	return chunk
}

// strayMarkers begin groups that do not end, end some that did not begin, and hold what looks like a sign-in.
func strayMarkers(c *corpus, r *rand.Rand, id uint64) (chunk []byte) {
	for range 1 + r.IntN(20) {
		which := uint32(0xffffffff - r.IntN(2))
		switch r.IntN(3) {
		case 0:
			chunk = appendMarker(chunk, which)
		case 1:
			marker := appendMarker(nil, which)
			chunk = append(append(chunk, marker[:len(marker)-1]...), "\x81\xaaresultType\xcd\xc3\xce"...)
		case 2:
			chunk = append(chunk, few(c, r, id)...)
		}
	}
	return chunk
}

// nestedEnvelopes are lists of records in records of lists, as maps and as JSON.
func nestedEnvelopes(c *corpus, r *rand.Rand, id uint64) []byte {
	body := c.bodies[r.IntN(len(c.bodies))]
	for range 1 + r.IntN(6) {
		n := 1 + r.IntN(3)
		outer := append([]byte("\x82\xa5topic\xa1t"), []string{"\xa7records", "\xa5value"}[r.IntN(2)]...)
		outer = msgp.AppendArrayHeader(outer, uint32(n))
		body = slices.Concat(outer, bytes.Repeat(body, n))
	}
	return append(appendHead(nil, r, id, 0), body...)
}

// longString is one text in a sign-in, with or without codes in it.
func longString(r *rand.Rand, id uint64, low, high int) []byte {
	unit := []string{"A", "AADSTS", "AADSTS50126 ", `{"a":`, `\"`, "\xff"}[r.IntN(6)]
	n := (low + r.IntN(high-low)) / len(unit) * len(unit)
	chunk := make([]byte, 0, n+200)
	chunk = append(appendHead(chunk, r, id, 0), "\x82\xaaresultType\xcd\xc3\xce"...)
	chunk = msgp.AppendString(chunk, []string{"log", "message", "text"}[r.IntN(3)])
	chunk = append(chunk, 0xdb, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	for start := len(chunk); len(chunk) < start+n; {
		chunk = append(chunk, unit...)
	}
	return chunk
}
