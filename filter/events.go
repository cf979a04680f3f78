package filter

import "fmt"

// An Event is one event of a chunk. Metadata and Body point into it.
type Event struct {
	Sec      int64
	Nsec     uint32
	Marker   bool   // it begins or ends a group and is not a record
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

// Events calls yield with each event of a chunk until it returns false. A value that is not an event becomes one without
// a time, so that nobody loses it. The error is a *DamageError.
func Events(chunk []byte, yield func(Event) bool) error {
	for i := 0; i < len(chunk); {
		next := skip(chunk, i)
		if next == bad {
			return &DamageError{At: i, Length: len(chunk), Byte: chunk[i]}
		}
		ev := Event{Body: chunk[i:next]}
		if h, ok := readHeader(chunk, i); ok {
			ev.Sec, ev.Nsec, ev.Marker = stampAt(chunk, h.stamp)
			ev.Body = chunk[h.body:next]
			if h.metadata != bad {
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
	n, i, ok := mapHead(body, 0)
	for ; ok && n > 0 && len(keys) < most; n-- {
		key, _, isText := text(body, i)
		if i = skip(body, i); i == bad {
			return keys
		}
		if i = skip(body, i); i == bad {
			return keys
		}
		if isText {
			keys = append(keys, key)
		}
	}
	return keys
}
