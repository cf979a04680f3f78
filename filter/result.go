package filter

import (
	"bytes"
	"slices"
)

// A Result is what Enrich made of one chunk: the chunk with a list of edits. It refers to the chunk's memory and to
// memory that later results reuse, so it is over with Release.
type Result struct {
	// Changed tells whether the output differs from the chunk.
	Changed bool
	// Size is the length of the output in bytes.
	Size int
	// Err says where the chunk was damaged and how; nil where it was not. What came before the damage is enriched, the
	// rest is passed on as it is.
	Err error
	// Counts are those of this chunk.
	Counts Counts
	// Origins are those of the output's records, in order; only EnrichTraced fills them.
	Origins []Origin
	// Unknown are the codes of this chunk that the catalog lacks, each once, the first maxUnknown of them.
	Unknown []uint32

	engine  *Engine
	state   *state
	chunk   []byte
	limit   int // of Size
	edits   []edit
	arena   arena
	entries []int32 // positions in the catalog of the codes that it has, one a record
	scratch []byte  // one record of an envelope as an event, before it is enriched
	seen    sighting
	holder  event // the one that is unwrapped
	layers  [maxStrings]layer
	traced  bool // Origins are wanted
	inner   bool // made of an envelope, so not split again
	azure   bool // one of the records was written by Azure Monitor, a sign-in or not
}

// An edit puts text in the place of the bytes from start to end.
type edit struct {
	start, end int
	text       []byte
}

const maxUnknown = 16

// keepScratch is how much memory a pooled Result may keep for the next chunk.
const keepScratch = 4 << 20

func (e *Engine) result(chunk []byte) *Result {
	r := e.pool.Get().(*Result)
	r.state = e.state.Load()
	r.chunk = chunk
	return r
}

// Release gives the result's memory back and forgets the chunk's. The result must not be used after that.
func (r *Result) Release() {
	r.next()
	r.Changed, r.Size, r.Err, r.Counts, r.Unknown = false, 0, nil, Counts{}, r.Unknown[:0]
	r.entries = r.entries[:0]
	r.state, r.chunk, r.limit, r.traced, r.inner, r.azure = nil, nil, 0, false, false, false
	clear(r.Origins)
	r.Origins = r.Origins[:0]
	if cap(r.arena.block)+cap(r.scratch)+cap(r.edits)*40+cap(r.entries)*4+cap(r.seen.hits)*40+cap(r.Origins)*56 <= keepScratch {
		r.engine.pool.Put(r)
	}
}

// next makes a result ready for another record of the same envelope, counting on. Edits may point into memory that is
// not ours, as may what was seen.
func (r *Result) next() {
	clear(r.edits)
	r.edits = r.edits[:0]
	r.arena.reset()
	r.seen.reset()
}

// CopyTo writes the output to dst, which must have room for Size bytes.
func (r *Result) CopyTo(dst []byte) {
	n, from := 0, 0
	for i := range r.edits {
		ed := &r.edits[i]
		n += copy(dst[n:], r.chunk[from:ed.start])
		n += copy(dst[n:], ed.text)
		from = ed.end
	}
	copy(dst[n:], r.chunk[from:])
}

// AppendTo appends the output to dst.
func (r *Result) AppendTo(dst []byte) []byte {
	at := len(dst)
	dst = slices.Grow(dst, r.Size)[:at+r.Size]
	r.CopyTo(dst[at:])
	return dst
}

// Limits of what a result may hold. Sign-in records of 300 bytes and more, with all fields, stay far below them; only small
// records that were made to grow come near.
const (
	maxGrowth    = 8       // times the chunk
	freeGrowth   = 1 << 20 // bytes that any chunk may grow by
	bytesPerEdit = 24      // of the chunk: a record that is enriched needs two edits
	freeEdits    = 4096
)

// limitOf returns how long the output of so many bytes may be.
func limitOf(length int) int { return (1+maxGrowth)*length + freeGrowth }

// full reports whether the result has come to a limit, so that the records to come pass as they are.
func (r *Result) full() bool {
	return r.Size > r.limit || len(r.edits) > len(r.chunk)/bytesPerEdit+freeEdits
}

func (r *Result) edit(start, end int, text []byte) {
	if len(r.edits) == cap(r.edits) {
		// By doubling: append grows a long slice by a quarter, and leaves more garbage behind.
		r.edits = slices.Grow(r.edits, max(64, len(r.edits)))
	}
	r.edits = append(r.edits, edit{start, end, text})
	r.Size += len(text) - (end - start)
}

// replace is edit for a value that may be the same already, as when a record passes the filter twice.
func (r *Result) replace(start, end int, text []byte) {
	if !bytes.Equal(r.chunk[start:end], text) {
		r.edit(start, end, text)
	}
}

// order sorts the edits from the first one on by where they are. Of two at the same place the first noted stays first:
// what goes at the end of an inner map comes before what goes at the end of the map around it. There are few: see maxHits.
func (r *Result) order(first int) {
	edits := r.edits[first:]
	for i := 1; i < len(edits); i++ {
		for j := i; j > 0 && edits[j].start < edits[j-1].start; j-- {
			edits[j], edits[j-1] = edits[j-1], edits[j]
		}
	}
}

func (r *Result) unknown(code uint32) {
	if len(r.Unknown) < maxUnknown && !slices.Contains(r.Unknown, code) {
		r.Unknown = append(r.Unknown, code)
	}
}
