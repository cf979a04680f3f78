package filter

// An arena holds the bytes that edits insert, unless they are encoded once for all. Finished pieces never move, since edits
// refer to them. So the arena grows by new blocks, and the old blocks live as long as the edits.
type arena struct {
	block []byte
	spent int // bytes in the blocks before this one
	first int // what the first block should hold, so that next time it is the only one
}

const (
	minBlock = 4 << 10
	maxBlock = 1 << 20 // unless one piece needs more
)

// keepScratch is how many bytes of memory a pooled Result or pass may keep for the next chunk.
const keepScratch = 4 << 20

// begin starts a piece, which ends where the next piece begins.
func (a *arena) begin() piece { return piece{a, len(a.block)} }

// reset empties the arena. Nothing may refer to its bytes any longer.
func (a *arena) reset() {
	if used := a.spent + len(a.block); a.spent > 0 && used <= keepScratch {
		a.first = used
	}
	a.block, a.spent = a.block[:0], 0
}

// A piece is the end of an arena, which is being written.
type piece struct {
	arena *arena
	at    int
}

// makeRoom makes room for n more bytes, so that appending them moves nothing.
func (p *piece) makeRoom(n int) {
	block := p.arena.block
	if cap(block)-len(block) >= n {
		return
	}
	made := block[p.at:]
	need := len(made) + n
	p.arena.spent += p.at
	size := max(min(2*cap(block), maxBlock), minBlock, p.arena.first)
	p.arena.first = 0
	if need > size {
		size = need + need/4 // a long piece goes on growing
	}
	p.arena.block = append(make([]byte, 0, size), made...)
	p.at = 0
}

// fits reports whether n more bytes fit into the block of the piece.
func (p *piece) fits(n int) bool { return cap(p.arena.block)-len(p.arena.block) >= n }

// write lets appendTo append at most n bytes to the piece.
func (p *piece) write(n int, appendTo func(dst []byte) []byte) {
	p.makeRoom(n)
	p.arena.block = appendTo(p.arena.block)
}

// append adds bytes to the piece.
func (p *piece) append(b ...byte) {
	p.makeRoom(len(b))
	p.arena.block = append(p.arena.block, b...)
}

// bytes returns the piece so far.
func (p *piece) bytes() []byte { return p.arena.block[p.at:len(p.arena.block):len(p.arena.block)] }

// drop takes the piece back.
func (p *piece) drop() { p.arena.block = p.arena.block[:p.at] }
