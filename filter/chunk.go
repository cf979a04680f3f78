package filter

import (
	"encoding/binary"
	"fmt"
	"math"

	"fluent-bit-entra-signin/internal/msgpack"
)

// A header is what stands before the body of an event: [timestamp, body] in Fluent Bit 1 and 2.0,
// [[timestamp, metadata], body] since 2.1. Each field is an index.
type header struct {
	stamp    int
	metadata int // msgpack.Bad in the old form
	body     int
}

// readHeader reads the header of the event at i. ok is false if there is no event.
func readHeader(b []byte, i int) (h header, ok bool) {
	n, first, ok := msgpack.ArrayHead(b, i)
	if !ok || n != 2 {
		return h, false
	}
	h = header{stamp: first, metadata: msgpack.Bad}
	if n, stamp, ok := msgpack.ArrayHead(b, first); ok {
		if n != 2 {
			return h, false
		}
		h.stamp = stamp
		if h.metadata = msgpack.Skip(b, stamp); h.metadata == msgpack.Bad {
			return h, false
		}
		h.body = msgpack.Skip(b, h.metadata)
	} else {
		h.body = msgpack.Skip(b, first)
	}
	return h, h.body != msgpack.Bad && h.body < len(b)
}

// shift moves a header by so many bytes.
func (h header) shift(by int) header {
	h.stamp += by
	h.body += by
	if h.metadata != msgpack.Bad {
		h.metadata += by
	}
	return h
}

// Fluent Bit 3.1 and later puts groups of records between two events with these timestamps, in seconds.
const (
	groupStart = 0xffffffff
	groupEnd   = 0xfffffffe
)

// stampAt reads a timestamp: an extension of type 0 with seconds and nanoseconds, or a number of seconds. marker reports
// whether the event begins or ends a group.
func stampAt(b []byte, i int) (sec int64, nsec uint32, marker bool) {
	next := msgpack.Skip(b, i)
	if next == msgpack.Bad {
		return 0, 0, false
	}
	switch v := b[i:next]; {
	case v[0] == 0xd7 && v[1] == 0, v[0] == 0xc7 && v[1] == 8 && v[2] == 0:
		s := binary.BigEndian.Uint32(v[len(v)-8:])
		return int64(s), binary.BigEndian.Uint32(v[len(v)-4:]), s == groupStart || s == groupEnd
	case v[0] == 0xca:
		return fromFloat(float64(math.Float32frombits(binary.BigEndian.Uint32(v[1:]))))
	case v[0] == 0xcb:
		return fromFloat(math.Float64frombits(binary.BigEndian.Uint64(v[1:])))
	}
	if n, ok := msgpack.Integer(b, i); ok {
		return n, 0, false
	}
	return 0, 0, false
}

func fromFloat(f float64) (sec int64, nsec uint32, marker bool) {
	if f >= 0 && f < 1<<33 {
		return int64(f), uint32((f - float64(int64(f))) * 1e9), false
	}
	return 0, 0, false
}

// An Event is one event of a chunk. Metadata and Body point into the chunk.
type Event struct {
	Sec      int64
	Nsec     uint32
	Marker   bool   // the event begins or ends a group and is not a record
	Metadata []byte // a MessagePack value; nil in the form of Fluent Bit 1 and 2.0
	Body     []byte // a MessagePack value, nearly always a map
}

// A DamageError says where a chunk is damaged: at a byte with which no whole MessagePack value begins.
type DamageError struct {
	At, Length int // in bytes, of the chunk
	Byte       byte
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("the chunk is damaged at byte %d of %d: no whole MessagePack value (0x%02x)", e.At, e.Length, e.Byte)
}

// Events calls yield with each event of a chunk until yield returns false. A value that is not an event is passed to yield as
// an event without a time, so that nothing is lost. The error is a *DamageError.
func Events(chunk []byte, yield func(Event) bool) error {
	for i := 0; i < len(chunk); {
		next := msgpack.Skip(chunk, i)
		if next == msgpack.Bad {
			return &DamageError{At: i, Length: len(chunk), Byte: chunk[i]}
		}
		ev := Event{Body: chunk[i:next]}
		if h, ok := readHeader(chunk, i); ok {
			ev.Sec, ev.Nsec, ev.Marker = stampAt(chunk, h.stamp)
			ev.Body = chunk[h.body:next]
			if h.metadata != msgpack.Bad {
				ev.Metadata = chunk[h.metadata:h.body]
			}
		}
		if !yield(ev) {
			return nil
		}
		i = next
	}
	return nil
}

// TopKeys returns the text keys of the map in a body, at most so many, in order. They point into the body.
func TopKeys(body []byte, most int) (keys []string) {
	n, i, ok := msgpack.MapHead(body, 0)
	for ; ok && n > 0 && len(keys) < most; n-- {
		key, _, isText := msgpack.Text(body, i)
		if i = msgpack.Skip(body, i); i == msgpack.Bad {
			return keys
		}
		if i = msgpack.Skip(body, i); i == msgpack.Bad {
			return keys
		}
		if isText {
			keys = append(keys, key)
		}
	}
	return keys
}
