package main

import (
	"bytes"
	"errors"
	"fmt"
	"sync"

	"fluent-bit-entra-signin/cmd/entra-signin/input"
	"fluent-bit-entra-signin/cmd/entra-signin/records"
	"fluent-bit-entra-signin/cmd/entra-signin/report"
	"fluent-bit-entra-signin/filter"
)

// An enrichedPart is a batch of records and what became of it.
type enrichedPart struct {
	batch   *input.Batch
	out     []byte
	counts  filter.Counts
	written uint64
	odd     int
	first   string // where the first odd piece is
	keys    string // of the first record without a code
	end     error  // the first odd piece, where that ends the run
}

// outputs are buffers for parts.
var outputs = sync.Pool{New: func() any { return new([]byte) }}

// An enrichWorker enriches parts, one at a time. Each has an engine of its own, so that they do not wait for each other to count.
type enrichWorker struct {
	*enricher
	engine *filter.Engine
	second *filter.Engine // for records that are enriched again, so that none is counted twice
	again  []byte         // an enriched record of an envelope
	doc    []byte         // a row as a record
}

func (w *enrichWorker) enrich(p *enrichedPart) {
	p.out = (*outputs.Get().(*[]byte))[:0]
	if p.batch.Table != nil {
		w.rows(p)
		return
	}
	for _, piece := range p.batch.Pieces {
		if w.piece(p, piece); p.end != nil {
			return
		}
	}
}

func (w *enrichWorker) piece(p *enrichedPart, piece records.Piece) {
	from := len(p.out)
	counts := filter.Counts{Records: 1, NoCode: 1, Malformed: 1} // as the engine counts what is no object
	ok := piece.Object
	if ok {
		var err error
		p.out, counts, err = w.engine.EnrichJSON(p.out, piece.Text)
		ok = err == nil
	} else {
		p.out = append(append(p.out, piece.Text...), '\n')
	}
	if !ok && piece.Unchecked {
		p.out = p.out[:from]
		piece.Recheck(func(piece records.Piece) {
			if p.end == nil {
				w.piece(p, piece)
			}
		})
		return
	}
	if !ok && w.isOdd(p, piece.Line, "the line is not a JSON object") {
		p.out = p.out[:from]
		return
	}
	w.count(p, ok, &counts, piece.Text)
	p.out = w.choose(p, from, ok, &counts)
}

// isOdd notes that a line is no record, and tells whether that ends the run.
func (w *enrichWorker) isOdd(p *enrichedPart, line int, what string) bool {
	where := fmt.Sprintf("%s:%d", p.batch.Name, line)
	if w.strict {
		p.end = fmt.Errorf("%s: %s, and --strict is set", where, what)
		return true
	}
	if p.odd == 0 {
		p.first = where
	}
	p.odd++
	return false
}

func (w *enrichWorker) count(p *enrichedPart, ok bool, counts *filter.Counts, record []byte) {
	if ok && p.keys == "" && p.counts.Matched+p.counts.Unknown+counts.Matched+counts.Unknown == 0 {
		p.keys = report.Keys(record)
	}
	p.counts.Add(counts)
}

// choose returns the output with those of the enriched records from an index on that are wanted.
func (w *enrichWorker) choose(p *enrichedPart, from int, ok bool, counts *filter.Counts) []byte {
	switch {
	case !ok && w.drop:
		return p.out[:from]
	case w.wanted.all():
		return p.out
	case counts.Records == 1:
		if !ok || !w.wanted.has(counts) {
			return p.out[:from]
		}
		p.written++
		return p.out
	}
	// The engine counts the records of an envelope together. To enrich one of them again does not change it.
	chosen := p.out[:from]
	for line := range bytes.Lines(p.out[from:]) {
		var one filter.Counts
		w.again, one, _ = w.second.EnrichJSON(w.again[:0], line)
		if w.wanted.has(&one) {
			chosen = append(chosen, line...)
			p.written++
		}
	}
	return chosen
}

// rows enriches the rows of a table: the fields become cells behind those of the row, or take the place of the cells of columns with
// their names.
func (w *enrichWorker) rows(p *enrichedPart) {
	table := w.tables.of(p.batch.Table)
	p.batch.EachRow(func(row input.Row) bool {
		counts := filter.Counts{Records: 1, NoCode: 1, Malformed: 1}
		from := len(p.out)
		if row.Err != nil {
			if w.isOdd(p, row.Line, row.Err.Error()) {
				return false
			}
			p.out = append(p.out, row.Raw...)
		} else {
			w.doc = p.batch.Table.AppendJSON(w.doc[:0], row.Cells)
			var err error
			w.again, counts, err = w.engine.EnrichJSON(w.again[:0], w.doc)
			if err != nil {
				// A row is a JSON object by the way it was made; one in a cell may nest too deep for the engine.
				counts = filter.Counts{Records: 1, NoCode: 1, Malformed: 1}
			}
			p.out = table.appendRow(p.out, row, w.again)
		}
		w.count(p, row.Err == nil, &counts, w.doc)
		p.out = w.choose(p, from, row.Err == nil, &counts)
		return true
	})
}

// What a file ends with that cannot follow what has been written.
var (
	errOtherColumns = errors.New("the columns are not those of the table before: enrich the files one by one")
	errAfterTable   = errors.New("JSON cannot follow a table in one output: enrich the files one by one")
	errAfterJSON    = errors.New("a table cannot follow JSON in one output: enrich the files one by one")
)
