package records

// openArray opens the array that begins at at, if it is one of records, and returns the first. Many a log line that is no
// JSON begins with a bracket too.
func (r *Reader) openArray(at int) (first Piece, ok bool) {
	in, c, ok := r.next(at + 1)
	if !ok || c != '{' {
		r.array = ok && c == ']' && r.alone(at, in+1)
		if r.array {
			r.skip(in)
		}
		return Piece{}, false
	}
	end, v := r.value(in)
	if v != finished {
		return Piece{}, false
	}
	r.array, r.mid = true, true
	return r.cutOut(in, end), true
}

// element returns the next element of the open array. At its end, and where it is damaged, there is none and the array is
// no longer open: from there on it is lines again.
func (r *Reader) element() (Piece, bool) {
	r.mid = true
	at, c, ok := r.next(0)
	if ok && c == ',' {
		at, c, ok = r.next(at + 1)
	}
	v := unfinished
	var end int
	if ok && c != ']' {
		end, v = r.value(at)
	}
	if v == finished {
		return r.cutOut(at, end), true
	}
	r.array = false
	if ok && c == ']' {
		r.skip(at + 1)
	} else {
		r.skip(at)
		r.cut = v == unfinished
	}
	return Piece{}, false
}

// cutOut hands out the element from at to end.
func (r *Reader) cutOut(at, end int) Piece {
	r.skip(at)
	piece := Piece{Text: r.buf[r.lo : r.lo+end-at], Object: r.buf[r.lo] == '{', Line: r.line + 1}
	r.skip(end - at)
	return piece
}

// next passes over blanks from at on and returns the byte after them.
func (r *Reader) next(at int) (int, byte, bool) {
	for {
		for b := r.buf[r.lo:r.hi]; at < len(b); at++ {
			switch b[at] {
			case ' ', '\t', '\r', '\n':
			default:
				return at, b[at], true
			}
		}
		if !r.more() {
			return at, 0, false
		}
	}
}
