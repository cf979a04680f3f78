package sink

import (
	"crypto/sha256"
	"time"
)

// Record is one event of a chunk.
type Record struct {
	Sec  int64  // seconds since 1970, UTC
	Nsec uint32 // nanoseconds within the second
	Body []byte // one MessagePack map, from anyone; read only while Deliver runs

	// Raw is the record as it came in, before fields were added. Beside is what the record got of its envelope. The _id and other
	// identities follow from these two, so a catalog that changes between two attempts does not change them. A nil Raw means Body.
	Raw, Beside []byte
	// SignIn says that the record is a sign-in, so that its own id identifies it.
	SignIn bool
}

// raw returns the record as it came in.
func (r *Record) raw() []byte {
	if r.Raw != nil {
		return r.Raw
	}
	return r.Body
}

// Chunk is what the host passes to the output in one flush. After a Retry the host passes the same chunk again, whole.
type Chunk struct {
	// ID identifies the chunk. If Raw is set, a zero ID is replaced by that of Tag and Raw when the ID is needed, which is seldom.
	ID  ID
	Tag string
	// Raw is the chunk as the host sent it, or nil if ID is set.
	Raw     []byte
	Records []Record
	// Bodies holds the memory of the records' bodies. If it is nil, the bodies stay as they are.
	Bodies Bodies

	dropped bool
	earlier attempts
}

// Bodies is the memory that the bodies of a chunk's records are in. A sink that waits for an answer does not need the bodies, and a
// chunk may wait for long.
type Bodies interface {
	// Drop says that nobody reads the bodies until Restore.
	Drop()
	// Restore writes the bodies again, each as it was, and sets them in the records.
	Restore()
	// Pause says that a request is under way and that the bodies are not needed until Resume or Drop. The bodies stay in memory, and are
	// read if the request has to be encoded again.
	Pause()
	// Resume ends a pause. It may block until the chunk has its turn.
	Resume()
}

func (c *Chunk) pause() {
	if c.Bodies != nil && !c.dropped {
		c.Bodies.Pause()
	}
}

func (c *Chunk) resume() {
	if c.Bodies != nil && !c.dropped {
		c.Bodies.Resume()
	}
}

func (c *Chunk) drop() {
	if c.Bodies != nil && !c.dropped {
		c.dropped = true
		c.Bodies.Drop()
	}
}

func (c *Chunk) restore() {
	if c.dropped {
		c.dropped = false
		c.Bodies.Restore()
	}
}

// Identify returns the ID, and derives it if need be.
func (c *Chunk) Identify() ID {
	if c.ID == (ID{}) && c.Raw != nil {
		c.ID = ChunkID(c.Tag, c.Raw)
	}
	return c.ID
}

// attempts is what earlier attempts to deliver a chunk have shown. The zero value means that there was none.
type attempts struct {
	// pieces are the positions at which the requests of the last attempt ended, in ascending order.
	pieces []int
	// doubted is when the receiver first answered 413 to a single record that is not large.
	doubted time.Time
}

// ID identifies a chunk. Equal chunks have the same ID, also after a restart.
type ID [16]byte

// ChunkID derives the ID from the tag and from the chunk as the host sent it. A catalog that changes between two attempts does
// not change the ID, because the records are enriched later.
func ChunkID(tag string, raw []byte) ID {
	h := sha256.New()
	h.Write([]byte(tag))
	h.Write([]byte{0})
	h.Write(raw)
	var sum [sha256.Size]byte
	return ID(h.Sum(sum[:0])[:16])
}
