package report

import (
	"strings"
	"sync"

	"github.com/tidwall/gjson"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/cmd/entra-signin/input"
	"fluent-bit-entra-signin/cmd/entra-signin/records"
	"fluent-bit-entra-signin/filter"
	"fluent-bit-entra-signin/internal/view"
)

// codePrefix makes the key of the code that the engine appends one that no record has.
const codePrefix = "entra_signin_report_"

const codeMark = `"` + codePrefix + `code":`

// An Extractor makes events of records, in one goroutine. The engine of the filter finds the code and splits envelopes, so that a
// report counts what the filter would.
type Extractor struct {
	engine  *filter.Engine
	catalog *catalog.Catalog
	row     []byte
}

// NewExtractor returns an extractor that finds codes by the options, of which those about fields are of no account.
func NewExtractor(o filter.Options, c *catalog.Catalog) (*Extractor, error) {
	o.Fields, o.Prefix, o.Schema, o.Overwrite = []string{"code"}, codePrefix, filter.SchemaFlat, true
	engine, err := filter.New(o, c)
	if err != nil {
		return nil, err
	}
	return &Extractor{engine: engine, catalog: c}, nil
}

// A Part is a batch of the input and the events in it.
type Part struct {
	Batch  *input.Batch
	Events []Event
	Counts filter.Counts
	Broken []Broken // the first of them
	NBroke int      // pieces or rows that are no records
	Keys   []byte   // of the first record without a code, the record itself

	out []byte // the enriched records, which the events refer to
}

var outputs = sync.Pool{New: func() any { return new([]byte) }}

// release gives the memory back that the events refer to.
func (p *Part) release() {
	const keep = 4 * input.BatchSize
	if cap(p.out) <= keep {
		outputs.Put(&p.out)
	}
	p.Events = nil
}

// Broken is a line that is no record.
type Broken struct {
	Where string
	What  string
}

const maxBroken = 5

// Extract fills a part.
func (x *Extractor) Extract(p *Part) {
	p.out = (*outputs.Get().(*[]byte))[:0]
	if p.Batch.Table != nil {
		p.Batch.EachRow(func(row input.Row) bool {
			if row.Err != nil {
				p.broken(row.Line, row.Err.Error())
				return true
			}
			x.row = p.Batch.Table.AppendJSON(x.row[:0], row.Cells)
			x.record(p, x.row)
			return true
		})
	} else {
		for _, piece := range p.Batch.Pieces {
			x.piece(p, piece)
		}
	}
	text := view.String(p.out) // nothing is appended any more
	for from := 0; from < len(text); {
		end := from + strings.IndexByte(text[from:], '\n')
		x.event(p, text[from:end], p.out[from:end])
		from = end + 1
	}
}

func (x *Extractor) piece(p *Part, piece records.Piece) {
	switch {
	case !piece.Object:
		p.broken(piece.Line, "the line is not a JSON object")
	case !x.record(p, piece.Text) && piece.Unchecked:
		piece.Recheck(func(piece records.Piece) { x.piece(p, piece) })
	}
}

// record appends the enriched record to those of the part; it returns false where it is none.
func (x *Extractor) record(p *Part, text []byte) bool {
	from := len(p.out)
	out, counts, err := x.engine.EnrichJSON(p.out, text)
	if err == nil && counts.Matched+counts.Unknown == 0 {
		// An export of Elasticsearch's own has the document under _source.
		if inner := gjson.GetBytes(text, "_source"); inner.IsObject() {
			out, counts, err = x.engine.EnrichJSON(p.out[:from], []byte(inner.Raw))
		}
	}
	if err != nil {
		p.out = p.out[:from]
		return false
	}
	p.out = out
	p.Counts.Add(&counts)
	return true
}

func (p *Part) broken(line int, what string) {
	if len(p.Broken) < maxBroken {
		p.Broken = append(p.Broken, Broken{where(p.Batch.Name, line), what})
	}
	p.NBroke++
}

// event makes an event of an enriched record, if it has a code. b are the bytes of the record.
func (x *Extractor) event(p *Part, record string, b []byte) {
	at := strings.LastIndex(record, codeMark)
	if at < 0 {
		if p.Keys == nil {
			p.Keys = []byte(record)
		}
		return
	}
	var e Event
	for _, c := range []byte(record[at+len(codeMark):]) {
		if c < '0' || c > '9' {
			break
		}
		e.Code = e.Code*10 + uint32(c-'0')
	}
	if entry, ok := x.catalog.Lookup(e.Code); ok {
		e.Entry = entry
	}
	var f found
	f.walk(root, record, b, 0)
	f.fill(&e)
	p.Events = append(p.Events, e)
}
