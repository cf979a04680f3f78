package sink

import (
	"slices"
	"sync"
)

// Bounds of the memory of an output. With Fluent Bit's default Retry_Limit and chunks of 2 MB, a thousand of them are hours of outage.
const (
	maxRemembered      = 1024
	maxRememberedBytes = 8 << 20
)

// memory remembers which records are done of the chunks that the host will send again. It is bounded: the oldest chunk is
// forgotten first, and a forgotten one is sent again whole, which a receiver that tells records apart does not mind.
//
// Two chunks may be equal in every byte and on their way at once. Each attempt therefore takes its entry out and
// puts it back: equal chunks then have an entry each, and whichever of them takes which, every record is delivered as often
// as it came in.
type memory struct {
	maxEntries, maxBytes int

	mu      sync.Mutex
	entries []progress // oldest first
	bytes   int
}

type progress struct {
	id      ID
	records int
	done    []uint64 // a bit a record
	earlier attempts // Chunk.earlier
}

func (p *progress) bytes() int { return 8*len(p.done) + 8*len(p.earlier.pieces) }

// take removes the entry of a chunk, marks in out what is done already, and returns what its attempts have shown.
func (m *memory) take(id ID, out []outcome) (earlier attempts) {
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

// put notes what is done of a chunk that comes back, and what its attempts have shown. If nothing was tried, there is nothing to note.
func (m *memory) put(id ID, out []outcome, earlier attempts) {
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
