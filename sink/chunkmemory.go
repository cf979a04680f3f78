package sink

import (
	"slices"
	"sync"
)

// Limits of the memory of an output. A thousand chunks of 2 MB are hours of outage.
const (
	maxRemembered      = 1024
	maxRememberedBytes = 8 << 20
)

// chunkMemory remembers which records are done in the chunks that the host will send again. It is limited: it forgets the oldest chunk
// first. A forgotten chunk is sent again whole.
//
// Two equal chunks may be on their way at once. Each attempt therefore takes an entry out and puts one back. Equal chunks then
// have one entry each, and each record is delivered as often as it came in, whichever chunk takes which entry.
type chunkMemory struct {
	maxEntries, maxBytes int

	mu      sync.Mutex
	entries []progress // oldest first
	bytes   int
}

type progress struct {
	id      ID
	records int
	done    []uint64 // one bit for each record
	earlier attempts // Chunk.earlier
}

func (p *progress) bytes() int { return 8*len(p.done) + 8*len(p.earlier.pieces) }

// take removes the entry of a chunk, marks the records that are done, and returns what earlier attempts have shown.
func (m *chunkMemory) take(c *Chunk, out []outcome) (earlier attempts) {
	if m.isEmpty() {
		return attempts{} // without the work to identify the chunk
	}
	id := c.Identify()
	m.mu.Lock()
	defer m.mu.Unlock()
	i := slices.IndexFunc(m.entries, func(p progress) bool { return p.id == id && p.records == len(out) })
	if i < 0 {
		return attempts{}
	}
	for pos := range out {
		if m.entries[i].done[pos/64]&(1<<(pos%64)) != 0 {
			out[pos].state = done
		}
	}
	earlier = m.entries[i].earlier
	m.bytes -= m.entries[i].bytes()
	m.entries = slices.Delete(m.entries, i, i+1)
	return earlier
}

func (m *chunkMemory) isEmpty() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.entries) == 0
}

// put adds an entry for a chunk that will come back, unless nothing of the chunk was tried.
func (m *chunkMemory) put(id ID, out []outcome, earlier attempts) {
	if len(earlier.pieces) == 0 && !slices.ContainsFunc(out, func(o outcome) bool { return o.state != pending }) {
		return
	}
	p := progress{id: id, records: len(out), done: make([]uint64, (len(out)+63)/64), earlier: earlier}
	for pos := range out {
		if out[pos].state != pending {
			p.done[pos/64] |= 1 << (pos % 64)
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.entries = append(m.entries, p)
	m.bytes += p.bytes()
	for len(m.entries) > m.maxEntries || m.bytes > m.maxBytes && len(m.entries) > 1 {
		m.bytes -= m.entries[0].bytes()
		m.entries = slices.Delete(m.entries, 0, 1)
	}
}
