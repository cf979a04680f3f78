package input

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"

	"fluent-bit-entra-signin/cmd/entra-signin/records"
)

// BatchSize is how many bytes of text a batch has about.
const BatchSize = 512 << 10

// A Batch is a part of one input: pieces of JSON, or rows of a table.
type Batch struct {
	Name   string          // of the input; for a file in an archive "archive.zip: file.json"
	Pieces []records.Piece // of JSON; their Text is the batch's own
	Table  *Table          // of which Rows are rows; nil for JSON
	Rows   []byte          // whole rows, but the last one of a table may be cut short
	Line   int             // on which Rows begins, from 1

	text []byte
	ends []int // of the pieces, in text
}

var batches = sync.Pool{New: func() any { return new(Batch) }}

// Release gives the memory of a batch back. The batch must not be used after that.
func (b *Batch) Release() {
	const keep = 4 * BatchSize
	if cap(b.text) > keep || cap(b.Rows) > keep {
		return
	}
	clear(b.Pieces)
	*b = Batch{Pieces: b.Pieces[:0], Rows: b.Rows[:0], text: b.text[:0], ends: b.ends[:0]}
	batches.Put(b)
}

// add adds a piece to the batch.
func (b *Batch) add(p records.Piece) {
	b.text = append(b.text, p.Text...)
	p.Text = nil
	b.Pieces = append(b.Pieces, p)
	b.ends = append(b.ends, len(b.text))
}

// seal gives the pieces their text, which stays where it is from now on.
func (b *Batch) seal() {
	from := 0
	for i, end := range b.ends {
		b.Pieces[i].Text = b.text[from:end:end]
		from = end
	}
}

// A Reader reads files one after the other.
type Reader struct {
	// Emit takes each batch. An error ends the file and is returned as it is.
	Emit func(*Batch) error
	// Progress, unless nil, is told how many bytes of a file were read. A batch is emitted before every read, so that nothing
	// waits for what comes late.
	Progress func(n int)
	// CodeKeys are names of columns with the error code, beside those that are known.
	CodeKeys []string

	batch *Batch
}

// emitError is an error of Emit, which ends more than the part of a file that it came from.
type emitError struct{ error }

func (e emitError) Unwrap() error { return e.error }

// File reads what is in a file, called name in messages. A file that has an io.ReaderAt and a Stat method, as *os.File has, may be
// a zip archive.
func (r *Reader) File(name string, f io.Reader) error {
	raw := &hook{src: f, reader: r}
	err := r.unpack(name, raw)
	var stop emitError
	if errors.As(err, &stop) {
		return stop.error
	}
	if flushErr := r.flush(); flushErr != nil {
		return errors.Unwrap(flushErr)
	}
	return err
}

// flush emits the batch.
func (r *Reader) flush() error {
	b := r.batch
	if b == nil {
		return nil
	}
	r.batch = nil
	b.seal()
	if err := r.Emit(b); err != nil {
		return emitError{err}
	}
	return nil
}

// current returns the batch that is being filled.
func (r *Reader) current(name string) *Batch {
	if r.batch == nil {
		r.batch = batches.Get().(*Batch)
		r.batch.Name = name
	}
	return r.batch
}

// text reads what is text in UTF-8, without a byte order mark.
func (r *Reader) text(name string, text *bufio.Reader, mark []byte) error {
	start, _ := text.Peek(text.Buffered()) // of what is in the buffer: this cannot fail
	table, err := r.tableOf(start)
	if err != nil {
		return err
	}
	if table != nil {
		table.Mark = mark
		return r.rows(name, table, text)
	}
	return r.json(name, text)
}

func (r *Reader) json(name string, text io.Reader) error {
	in := records.NewFastReader(text)
	for {
		piece, err := in.Next()
		if errors.Is(err, io.EOF) {
			return r.flush()
		}
		if err != nil {
			return err
		}
		b := r.current(name)
		b.add(piece)
		if len(b.text) >= BatchSize {
			if err := r.flush(); err != nil {
				return err
			}
		}
	}
}

// longestRow is how long a row of a table may be before a quotation mark that is never closed is to blame.
const longestRow = 1 << 20

// rows reads a table whose header has not been read yet. A row ends with a line end outside quotation marks: where the number of
// quotation marks so far is even.
func (r *Reader) rows(name string, table *Table, text *bufio.Reader) error {
	if _, err := text.Discard(len(table.Header)); err != nil {
		return err
	}
	line := 1 + bytes.Count(table.Header, []byte{'\n'})
	var (
		row    []byte
		quotes int // in row
	)
	for {
		part, err := text.ReadSlice('\n')
		row = append(row, part...)
		quotes += bytes.Count(part, []byte{'"'})
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) && !errors.Is(err, io.EOF) {
			return fmt.Errorf("after line %d: %w", line-1, err)
		}
		ended := err == nil && (len(row) >= longestRow || quotes%2 == 0)
		if !ended && !errors.Is(err, io.EOF) {
			if len(row) > records.Limit {
				return fmt.Errorf("line %d: %w", line, records.ErrTooLong)
			}
			continue
		}
		if len(bytes.TrimSpace(row)) > 0 || len(row) > 0 && r.batch != nil {
			b := r.current(name)
			if b.Table == nil {
				b.Table, b.Line = table, line
			}
			b.Rows = append(b.Rows, row...)
			if len(b.Rows) >= BatchSize {
				if err := r.flush(); err != nil {
					return err
				}
			}
		}
		line += bytes.Count(row, []byte{'\n'})
		row, quotes = row[:0], 0
		if errors.Is(err, io.EOF) {
			return r.flush()
		}
	}
}

// hook emits what was read so far before it reads on.
type hook struct {
	src    io.Reader
	reader *Reader
}

func (h *hook) Read(p []byte) (int, error) {
	if err := h.reader.flush(); err != nil {
		return 0, err
	}
	n, err := h.src.Read(p)
	h.reader.progress(n)
	return n, err
}

func (r *Reader) progress(n int) {
	if r.Progress != nil {
		r.Progress(n)
	}
}
