package main

import (
	"encoding/binary"
	"math"
	"math/rand/v2"

	"github.com/tinylib/msgp/msgp"

	"fluent-bit-entra-signin/test/host"
)

// firstSecond is the time of the first event; each chunk has a microsecond of its own.
const firstSecond = 1772442433

// stamp is the time of the i-th event of a chunk, in Fluent Bit's form.
func stamp(dst []byte, id uint64, i int) []byte {
	return host.AppendTime(dst, firstSecond+uint32(id/1e6), uint32(id%1e6)*1000+uint32(i%1000))
}

// appendHead appends the bytes before the body of an event, usually in the form of today's Fluent Bit, sometimes in an older form.
func appendHead(dst []byte, r *rand.Rand, id uint64, i int) []byte {
	switch r.IntN(12) {
	case 0: // Fluent Bit 1
		return stamp(append(dst, 0x92), id, i)
	case 1: // seconds
		return msgp.AppendInt64(append(dst, 0x92), firstSecond+int64(id/1e6))
	case 2:
		dst = append(dst, 0x92, 0xcb)
		return binary.BigEndian.AppendUint64(dst, math.Float64bits(firstSecond+float64(id)/1e6))
	case 3: // an ext whose length is written out
		dst = append(dst, 0x92, 0x92, 0xc7, 8)
		dst = append(dst, stamp(nil, id, i)[1:]...)
		return append(dst, 0x80)
	case 4: // long headers
		dst = stamp(append(dst, 0xdd, 0, 0, 0, 2, 0xdc, 0, 2), id, i)
		return append(dst, 0xdf, 0, 0, 0, 0)
	case 5: // metadata
		dst = stamp(append(dst, 0x92, 0x92), id, i)
		dst = msgp.AppendMapHeader(dst, 1)
		dst = msgp.AppendString(dst, "otlp")
		dst = msgp.AppendMapHeader(dst, 1)
		dst = msgp.AppendString(dst, "severity")
		return msgp.AppendBytes(dst, []byte{1, 2})
	}
	return append(stamp(append(dst, 0x92, 0x92), id, i), 0x80)
}

// appendSerial appends an event that no other chunk has. Chunks for outputs begin with such an event, because a receiver may take two
// equal chunks for one that was sent twice.
func appendSerial(dst []byte, id uint64) []byte {
	dst = append(stamp(append(dst, 0x92, 0x92), id, 0), 0x80)
	dst = msgp.AppendMapHeader(dst, 1)
	dst = msgp.AppendString(dst, "serial")
	return msgp.AppendUint64(dst, id)
}

// appendMarker appends what begins (0xffffffff) or ends (0xfffffffe) a group of events.
func appendMarker(dst []byte, which uint32) []byte {
	dst = host.AppendTime(append(dst, 0x92, 0x92), which, 0)
	dst = msgp.AppendMapHeader(dst, 1)
	dst = msgp.AppendString(dst, "schema")
	dst = msgp.AppendString(dst, "otlp")
	return append(dst, 0x80)
}
