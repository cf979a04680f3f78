package records

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/tidwall/gjson"
)

// Limit is how long a record, or a line that is none, may be.
const Limit = 64 << 20

// ErrTooLong is what a record or line longer than Limit ends with.
var ErrTooLong = errors.New("a record or line longer than 64 MiB")

// ErrCut is what a stream that ends inside an array ends with, after what it holds has been read.
var ErrCut = errors.New("the text ends inside an array: it may be cut short")

// A Piece is a part of the stream. Text is good until the next call of Next.
type Piece struct {
	Text   []byte
	Object bool // Text is one JSON object; else a line, or an element of an array, that is something else
	Line   int  // on which Text begins, from 1

	// Unchecked says that Object is a guess: Text is a line with as many opening brackets as closing ones. Only readers of
	// NewFastReader hand out such pieces; Recheck says what they are.
	Unchecked bool
}

// Recheck calls yield with the pieces that an unchecked piece consists of, when it turned out to be no JSON object.
func (p Piece) Recheck(yield func(Piece)) {
	r := NewReader(bytes.NewReader(p.Text))
	for {
		piece, err := r.Next()
		if err != nil {
			return // the end: all of the text is there, so nothing else can happen
		}
		piece.Line += p.Line - 1
		yield(piece)
	}
}

// A Reader cuts one stream. Its methods must not be called at once.
type Reader struct {
	src   io.Reader
	limit int
	buf   []byte
	lo    int // buf[lo:hi] is read and not handed out
	hi    int
	err   error // that src ended with

	fast  bool // lines are not checked
	mid   bool // the last piece ended inside a line
	array bool // an array is open
	cut   bool // it was when the stream ended
	line  int  // lines handed out as a whole
}

// readAhead is how much is read at once.
const readAhead = 256 << 10

// NewReader returns a reader of src.
func NewReader(src io.Reader) *Reader {
	return &Reader{src: src, limit: Limit, buf: make([]byte, readAhead)}
}

// NewFastReader returns a reader of src that leaves it to the caller to check the objects that are a line of their own, and
// says so: see Piece.Unchecked. The caller may then check many lines at once, one on each processor.
func NewFastReader(src io.Reader) *Reader {
	r := NewReader(src)
	r.fast = true
	return r
}

// Next returns the next piece, io.EOF after the last one, or an error that names the line.
func (r *Reader) Next() (Piece, error) {
	for {
		if r.array {
			if piece, ok := r.element(); ok {
				return piece, nil
			}
			continue
		}
		start, at, ok := r.blank()
		if !ok {
			return Piece{}, r.end()
		}
		switch c := r.buf[r.lo+at]; {
		case c == '{':
			if piece, ok := r.object(at); ok {
				return piece, nil
			}
		case c == '[':
			switch piece, first := r.openArray(at); {
			case first:
				return piece, nil
			case r.array:
				continue
			}
		case c == ',' && r.mid:
			r.skip(at + 1)
			continue
		}
		return r.rest(start)
	}
}

// end is the error after the last piece.
func (r *Reader) end() error {
	switch {
	case !errors.Is(r.err, io.EOF):
		return fmt.Errorf("after line %d: %w", r.line, r.err)
	case r.cut:
		return ErrCut
	}
	return io.EOF
}

// blank passes over blanks. It returns where the line begins that the first other byte is on, or where the last piece
// ended if that is on the same line, and where that byte is; both count from lo.
func (r *Reader) blank() (start, at int, ok bool) {
	for {
		if at == r.hi-r.lo && !r.more() {
			return 0, 0, false
		}
		switch r.buf[r.lo+at] {
		case '\n':
			r.mid = false
			r.skip(at + 1)
			at = 0
		case ' ', '\t', '\r':
			at++
		default:
			if r.mid {
				start = at
			}
			return start, at, true
		}
	}
}

// object returns the object that begins at at; !ok where there is none.
func (r *Reader) object(at int) (Piece, bool) {
	if piece, ok := r.wholeLine(at); ok {
		return piece, true
	}
	end, v := r.value(at)
	if v != finished || !r.alone(at, end) {
		return Piece{}, false
	}
	piece := Piece{Text: r.buf[r.lo+at : r.lo+end], Object: true, Line: r.line + 1}
	r.mid = true
	r.skip(end)
	return piece, true
}

// wholeLine is object for nearly every record: one that is a line of its own, which is quickly seen.
func (r *Reader) wholeLine(at int) (Piece, bool) {
	b := r.buf[r.lo+at : r.hi]
	end := bytes.IndexByte(b, '\n')
	if end < 0 || r.mid { // records without line breaks between them would have the rest of the line searched for each
		return Piece{}, false
	}
	text := bytes.TrimRight(b[:end], " \t\r")
	if text[len(text)-1] != '}' {
		return Piece{}, false
	}
	objects, arrays := bytes.Count(text, []byte{'{'}), bytes.Count(text, []byte{'['})
	if objects+arrays > deepest {
		return Piece{}, false // a question for the scanner, which counts how deep they nest
	}
	unchecked := r.fast && objects == bytes.Count(text, []byte{'}'}) && arrays == bytes.Count(text, []byte{']'})
	if !unchecked && !gjson.ValidBytes(text) {
		return Piece{}, false
	}
	piece := Piece{Text: text, Object: true, Line: r.line + 1, Unchecked: unchecked}
	r.skip(at + end + 1)
	return piece, true
}

// alone tells whether the line on which a value ends goes on like JSON. A line that only begins like a record is none;
// one that a record of several lines ends on is another matter.
func (r *Reader) alone(at, end int) bool {
	if bytes.IndexByte(r.buf[r.lo+at:r.lo+end], '\n') >= 0 {
		return true
	}
	for {
		for b := r.buf[r.lo:r.hi]; end < len(b); end++ {
			switch b[end] {
			case ' ', '\t', '\r':
			case '\n', '{', '[', ',':
				return true
			default:
				return false
			}
		}
		if !r.more() {
			return true
		}
	}
}

// value returns where the JSON value ends that begins at at: finished where there is one, broken where there is none, and
// unfinished where the stream ends inside it.
func (r *Reader) value(at int) (end int, v verdict) {
	var s scanner
	for {
		v = s.run(r.buf[r.lo+at : r.hi])
		if v == unfinished && r.more() {
			continue
		}
		end = at + s.pos
		if v == finished && !gjson.ValidBytes(r.buf[r.lo+at:r.lo+end]) {
			v = broken
		}
		return end, v
	}
}

// rest returns what is left of a line, from start on, as it is.
func (r *Reader) rest(start int) (Piece, error) {
	from := start
	for {
		if errors.Is(r.err, ErrTooLong) {
			return Piece{}, fmt.Errorf("line %d: %w", r.line+1, r.err)
		}
		b := r.buf[r.lo:r.hi]
		if n := bytes.IndexByte(b[from:], '\n'); n >= 0 {
			piece := Piece{Text: b[start : from+n], Object: false, Line: r.line + 1}
			r.mid = false
			r.skip(from + n + 1)
			return piece, nil
		}
		from = len(b)
		if !r.more() && !errors.Is(r.err, ErrTooLong) {
			piece := Piece{Text: b[start:], Object: false, Line: r.line + 1}
			r.skip(len(b))
			return piece, nil
		}
	}
}

// skip hands out n bytes.
func (r *Reader) skip(n int) {
	r.line += bytes.Count(r.buf[r.lo:r.lo+n], []byte{'\n'})
	r.lo += n
}

// more reads on. It may move what is in buf: positions count from lo.
func (r *Reader) more() bool {
	if r.err != nil || !r.room() {
		return false
	}
	for range 100 {
		n, err := r.src.Read(r.buf[r.hi:])
		r.hi += n
		r.err = err
		if n > 0 || err != nil {
			return n > 0
		}
	}
	r.err = io.ErrNoProgress
	return false
}

// room makes room at the end of buf.
func (r *Reader) room() bool {
	held := r.hi - r.lo
	switch {
	case r.hi < len(r.buf):
		return true
	case held >= r.limit:
		r.err = ErrTooLong
		return false
	case held > len(r.buf)/2:
		larger := make([]byte, min(2*len(r.buf), r.limit+readAhead))
		copy(larger, r.buf[r.lo:r.hi])
		r.buf = larger
	default:
		copy(r.buf, r.buf[r.lo:r.hi])
	}
	r.lo, r.hi = 0, held
	return true
}
