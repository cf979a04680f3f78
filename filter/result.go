package filter

import (
	"bytes"
	"slices"
)

// A Result is what an Engine made of one chunk: the chunk and a list of edits. A Result refers to the memory of the chunk
// and to memory that later results reuse, so it must not be used after Release.
type Result struct {
	// Changed reports whether the output differs from the chunk.
	Changed bool
	// Size is the length of the output in bytes.
	Size int
	// Err says where the chunk is damaged and how, or is nil. What comes before the damage is enriched. The rest is passed on
	// as it is.
	Err error
	// Counts are those of this chunk.
	Counts Counts
	// Origins are those of the output's records, in order. Only EnrichTraced fills them.
	Origins []Origin
	// Unknown are the codes of this chunk that the catalog lacks, each once, the first 16 of them.
	Unknown []uint32

	engine  *Engine
	state   *state
	chunk   []byte
	limit   int // of Size
	edits   []edit
	arena   arena
	entries []int32 // positions in the catalog of the codes that it has, one a record
	ruled   []int16 // positions of the rules that had a part in what is said of a record
}

// An Origin says where a record of the output came from. It refers to the chunk.
type Origin struct {
	// Record is the record as it came in, before anything was added: the body of an event in MessagePack, or an element of an
	// envelope in MessagePack or JSON.
	Record []byte
	// Beside is what a record of an envelope got from beside the list; nil for nothing.
	Beside []byte
	// SignIn reports whether the record has a code, which makes it a sign-in.
	SignIn bool
}

// A Version is the catalog that a result was made with. The zero Version stands for the current catalog.
type Version struct{ state *state }

// Version returns the version of the result's catalog.
func (r *Result) Version() Version { return Version{r.state} }

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

// Release gives the memory of the result back and forgets the chunk.
func (r *Result) Release() {
	r.clearEdits()
	r.Changed, r.Size, r.Err, r.Counts, r.Unknown = false, 0, nil, Counts{}, r.Unknown[:0]
	r.entries, r.ruled = r.entries[:0], r.ruled[:0]
	r.state, r.chunk, r.limit = nil, nil, 0
	clear(r.Origins)
	r.Origins = r.Origins[:0]
	if cap(r.arena.block)+cap(r.edits)*40+cap(r.entries)*4+cap(r.ruled)*2+cap(r.Origins)*56 <= keepScratch {
		r.engine.results.Put(r)
	}
}

// clearEdits drops the edits, whose texts may point into memory of others.
func (r *Result) clearEdits() {
	clear(r.edits)
	r.edits = r.edits[:0]
	r.arena.reset()
}

// Limits of what a result may hold. Sign-in records of 300 bytes and more, with all fields, stay far below them. Only small
// records that were made to grow come near.
const (
	maxGrowth    = 8       // times the chunk
	freeGrowth   = 1 << 20 // bytes that any chunk may grow by
	bytesPerEdit = 24      // of the chunk: a record that is enriched needs two edits
	freeEdits    = 4096
)

// limitOf returns how long the output of so many bytes may be.
func limitOf(length int) int { return (1+maxGrowth)*length + freeGrowth }

// full reports whether the result has reached a limit, so that all further records pass as they are.
func (r *Result) full() bool {
	return r.Size > r.limit || len(r.edits) > len(r.chunk)/bytesPerEdit+freeEdits
}

// An edit replaces the bytes from start to end by text.
type edit struct {
	start, end int
	text       []byte
}

func (r *Result) edit(start, end int, text []byte) {
	if len(r.edits) == cap(r.edits) {
		// By doubling: append grows a long slice by a quarter, and leaves more garbage behind.
		r.edits = slices.Grow(r.edits, max(64, len(r.edits)))
	}
	// The fields are set one by one: a struct literal of this size is first built elsewhere in memory and then copied.
	r.edits = r.edits[:len(r.edits)+1]
	ed := &r.edits[len(r.edits)-1]
	ed.start, ed.end, ed.text = start, end, text
	r.Size += len(text) - (end - start)
}

// replace is edit for a value that may already be the same, as when a record passes the filter twice.
func (r *Result) replace(start, end int, text []byte) {
	if !bytes.Equal(r.chunk[start:end], text) {
		r.edit(start, end, text)
	}
}

// order sorts the edits from the first one on by their place. Of two at the same place the one noted first stays first: an edit at
// the end of an inner map comes before one at the end of the map around it. There are few edits: see maxExisting.
func (r *Result) order(first int) {
	edits := r.edits[first:]
	for i := 1; i < len(edits); i++ {
		for j := i; j > 0 && edits[j].start < edits[j-1].start; j-- {
			edits[j], edits[j-1] = edits[j-1], edits[j]
		}
	}
}

const maxUnknown = 16

func (r *Result) noteUnknown(code uint32) {
	if len(r.Unknown) < maxUnknown && !slices.Contains(r.Unknown, code) {
		r.Unknown = append(r.Unknown, code)
	}
}

// merge adds what was counted in the records that an envelope was split into.
func (r *Result) merge(in *Result) {
	r.Counts.Add(&in.Counts)
	r.entries = append(r.entries, in.entries...)
	r.ruled = append(r.ruled, in.ruled...)
	for _, code := range in.Unknown {
		r.noteUnknown(code)
	}
}
