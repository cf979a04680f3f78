package sink

import (
	"context"
	"sync"
)

// lineSink writes records as lines, to a file or the standard output.
type lineSink struct {
	out  lineWriter
	line appendLine
	pool sync.Pool // of *lineBuffer
}

// A lineWriter writes whole lines. After an error, kept is how many bytes of whole lines were written nevertheless.
type lineWriter interface {
	write(lines []byte) (kept int, err error)
	close() error
}

type lineBuffer struct {
	lines []byte
	items []item
}

// maxWrite is the size from which a chunk takes several writes. Fluent Bit's chunks have about 2 MB, so nearly all take one.
const maxWrite = 8 << 20

// appendLine appends a record as one line.
type appendLine func(dst []byte, r *Record) ([]byte, error)

// lineFormats are the formats of a sink that writes lines.
var lineFormats = []string{JSON, Logfmt}

// openSink opens a sink of any kind.
func (p *protocol) openSink(o *Options, log Log) (sender, error) {
	if p.isNetwork() {
		return p.openNetwork(o, log)
	}
	out, err := p.openWriter(o)
	if err != nil {
		return nil, err
	}
	return newLineSink(out, o.LineFormat), nil
}

func newLineSink(out lineWriter, format string) *lineSink {
	s := &lineSink{out: out, line: appendJSONLine}
	if format == Logfmt {
		s.line = appendLogfmtLine
	}
	s.pool.New = func() any { return new(lineBuffer) }
	return s
}

// Send implements sender.
func (s *lineSink) Send(ctx context.Context, c *Chunk, out []outcome) {
	b := s.pool.Get().(*lineBuffer)
	defer s.pool.Put(b)
	b.lines, b.items = b.lines[:0], b.items[:0]
	for pos := range c.Records {
		if out[pos].state != pending {
			continue
		}
		from := len(b.lines)
		lines, err := s.line(b.lines, &c.Records[pos])
		if err != nil {
			out[pos] = unreadable(err)
			continue
		}
		b.lines = lines
		b.items = append(b.items, item{pos: pos, from: from, to: len(lines)})
		if len(b.lines) >= maxWrite && !s.flush(ctx, b, out) {
			return
		}
	}
	s.flush(ctx, b, out)
}

func (s *lineSink) flush(ctx context.Context, b *lineBuffer, out []outcome) (ok bool) {
	if len(b.items) == 0 {
		return true
	}
	if err := ctx.Err(); err != nil {
		settle(out, b.items, outcome{reason: "stopped before writing"})
		return false
	}
	kept, err := s.out.write(b.lines)
	for _, it := range b.items {
		switch {
		case it.to <= kept:
			out[it.pos] = outcome{state: delivered}
		case err != nil:
			out[it.pos] = outcome{reason: err.Error()}
		}
	}
	b.lines, b.items = b.lines[:0], b.items[:0]
	return err == nil
}

// Close implements sender.
func (s *lineSink) Close() error { return s.out.close() }

// unreadable returns the outcome of a record that no format can represent. Another attempt would not help.
func unreadable(err error) outcome {
	return outcome{state: refused, reason: err.Error()}
}
