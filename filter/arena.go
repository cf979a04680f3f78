package filter

// An arena holds what edits insert, where that is not rendered once for all. What stands in it never moves, since edits
// refer to it; only the piece at its end, which is being made, does. So it grows by new blocks instead of copies, and the
// old blocks live as long as the edits.
type arena struct {
	block []byte
	spent int // bytes in the blocks before this one
	first int // what the first block should hold, so that next time it is the only one
}

const (
	minBlock = 4 << 10
	maxBlock = 1 << 20 // unless one piece needs more
)

// begin starts a piece, which ends where the next one begins.
func (a *arena) begin() piece { return piece{a, len(a.block)} }

// reset empties the arena. Nobody must refer to it any more.
func (a *arena) reset() {
	if used := a.spent + len(a.block); a.spent > 0 && used <= keepScratch {
		a.first = used
	}
	a.block, a.spent = a.block[:0], 0
}

// A piece is the end of an arena.
type piece struct {
	arena *arena
	at    int
}

// room makes room for so many bytes more, so that to append them moves nothing.
func (p *piece) room(n int) {
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

// append adds to the piece.
func (p *piece) append(b ...byte) {
	p.room(len(b))
	p.arena.block = append(p.arena.block, b...)
}

// bytes returns the piece so far.
func (p *piece) bytes() []byte { return p.arena.block[p.at:len(p.arena.block):len(p.arena.block)] }

// drop takes the piece back.
func (p *piece) drop() { p.arena.block = p.arena.block[:p.at] }
