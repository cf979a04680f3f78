package filter

// An arena holds what edits insert, where that is not rendered once for all. What stands in it never moves, since edits
// refer to it; only the piece at its end, which is being made, does. So it grows by new blocks instead of copies, and the
// old blocks live as long as the edits.
type arena struct{ block []byte }

const (
	minBlock = 4 << 10
	maxBlock = 1 << 20 // unless one piece needs more
)

// begin starts a piece, which ends where the next one begins.
func (a *arena) begin() piece { return piece{a, len(a.block)} }

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
	size := max(min(2*cap(block), maxBlock), minBlock)
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
