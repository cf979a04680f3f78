package sink

import (
	"crypto/sha256"
	"time"
)

// Record is one event of a chunk.
type Record struct {
	Sec  int64  // seconds since 1970, UTC
	Nsec uint32 // nanoseconds within the second
	Body []byte // one MessagePack map; trusted in nothing, read only while Deliver runs

	// Raw is the record as it came in, before anything was added, and Beside what it got of its envelope. What a receiver knows
	// a record by is made of these: a catalog that changes between two attempts makes no other record. A nil Raw stands for Body.
	Raw, Beside []byte
	// SignIn reports that the record is a sign-in, whose own id may be believed.
	SignIn bool
}

// raw returns what the record is known by, without what it got of its envelope.
func (r *Record) raw() []byte {
	if r.Raw != nil {
		return r.Raw
	}
	return r.Body
}

// Chunk is what the host hands over in one flush and hands over again, whole, after a Retry.
type Chunk struct {
	ID      ID
	Tag     string
	Records []Record

	earlier attempts
}

// attempts is what the attempts to deliver a chunk have shown so far. The zero value stands for a chunk that was not tried yet.
type attempts struct {
	// pieces are the positions at which the requests of the last attempt ended, in ascending order. They cover what was tried.
	pieces []int
	// doubted is when the receiver first found a single record too large that is not large.
	doubted time.Time
}

// ID names a chunk: the same for the same bytes, today and after a restart.
type ID [16]byte

// ChunkID derives the ID from the tag and the chunk as the host sent it, before anything was added to the records, so
// that a catalog reloaded between two attempts does not change it.
func ChunkID(tag string, raw []byte) ID {
	h := sha256.New()
	h.Write([]byte(tag))
	h.Write([]byte{0})
	h.Write(raw)
	var sum [sha256.Size]byte
	return ID(h.Sum(sum[:0])[:16])
}
