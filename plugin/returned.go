package main

import (
	"slices"
	"sync"

	"fluent-bit-entra-signin/filter"
	"fluent-bit-entra-signin/sink"
)

// returned remembers the chunks that an output gave back to Fluent Bit for a retry, and the catalog that each was enriched with. A
// chunk that comes back is enriched with the same catalog, so that the receiver recognizes the records that it has, and is not
// counted again. The zero value is empty. All methods may run concurrently.
//
// The number of chunks is bounded. The oldest are forgotten first; they are then enriched with the current catalog and counted
// once more. Chunks that are equal in every byte have an entry each, and it does not matter which chunk takes which entry.
type returned struct {
	mu     sync.Mutex
	chunks []returnedChunk // oldest first
}

type returnedChunk struct {
	id      sink.ID
	version filter.Version
}

const (
	maxReturned = 1024
	// maxVersions is the maximum number of catalogs that are kept for chunks. Each takes some 2 MB.
	maxVersions = 8
)

// take removes the entry of a chunk. It returns the zero Version for a chunk that comes for the first time.
func (r *returned) take(c *sink.Chunk) filter.Version {
	if r.isEmpty() {
		return filter.Version{} // without the work to identify the chunk
	}
	id := c.Identify()
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.IndexFunc(r.chunks, func(c returnedChunk) bool { return c.id == id })
	if i < 0 {
		return filter.Version{}
	}
	version := r.chunks[i].version
	r.chunks = slices.Delete(r.chunks, i, i+1)
	return version
}

func (r *returned) isEmpty() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.chunks) == 0
}

func (r *returned) put(id sink.ID, version filter.Version) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.chunks = append(r.chunks, returnedChunk{id, version})
	if len(r.chunks) > maxReturned {
		r.chunks = slices.Delete(r.chunks, 0, 1)
	}
	for r.versions() > maxVersions {
		oldest := r.chunks[0].version
		r.chunks = slices.DeleteFunc(r.chunks, func(c returnedChunk) bool { return c.version == oldest })
	}
}

// versions counts the catalogs that are kept.
func (r *returned) versions() (n int) {
	var seen [maxVersions + 1]filter.Version
	for i := range r.chunks {
		if !slices.Contains(seen[:n], r.chunks[i].version) {
			if seen[n] = r.chunks[i].version; n == maxVersions {
				return n + 1
			}
			n++
		}
	}
	return n
}
