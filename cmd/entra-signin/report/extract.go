package report

import (
	"bytes"
	"strconv"
	"strings"
	"sync"

	"github.com/tidwall/gjson"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/catalog/rules"
	"fluent-bit-entra-signin/cmd/entra-signin/input"
	"fluent-bit-entra-signin/cmd/entra-signin/records"
	"fluent-bit-entra-signin/filter"
	"fluent-bit-entra-signin/internal/view"
)

// codePrefix makes the keys of what the engine appends ones that no record has.
const codePrefix = "entra_signin_report_"

// codeMark stands between the two fields that the engine appends, the severity and the code.
const codeMark = `","` + codePrefix + `code":`

// An Extractor makes events of records, in one goroutine. The engine of the filter finds the code and splits envelopes, so that a
// report counts what the filter would.
//
// Nearly every record is scanned once, and the engine gets an excerpt. A record whose excerpt has no code, such as an envelope, goes to an
// engine as a whole.
type Extractor struct {
	catalog *catalog.Catalog
	engine  *filter.Engine // for whole records
	brief   *filter.Engine // for excerpts
	root    *level
	walk    walk
	out     []byte // an excerpt with its code
	context bool
	rules   map[string]uint64 // records by rule of the context, so far
}

// NewExtractor returns an extractor that finds codes by the options, of which those about fields are of no account. With the option
// Context the severities are those after the rules.
func NewExtractor(o filter.Options, c *catalog.Catalog, set *rules.Set) (*Extractor, error) {
	o.Fields, o.Prefix, o.Schema, o.Overwrite = []string{"severity", "code"}, codePrefix, filter.SchemaFlat, true
	engine, err := filter.New(o, c)
	if err != nil {
		return nil, err
	}
	o.Split = false // what stands beside the records of an envelope is not in an excerpt
	brief, err := filter.New(o, c)
	if err != nil {
		return nil, err
	}
	engine.SetRules(set)
	brief.SetRules(set)
	return &Extractor{catalog: c, engine: engine, brief: brief, root: newLevel(root, brief.Asked()), context: o.Context}, nil
}

// A Part is a batch of the input and the events in it.
type Part struct {
	Batch  *input.Batch
	Events []Event
	Counts filter.Counts
	Rules  map[string]uint64 // records by rule of the context; nil for none
	Broken []Broken          // the first of them
	NBroke int               // pieces or rows that are no records
	Keys   []byte            // of the first record without a code, the record itself

	text []byte // of records that are not in the batch as they are, to which events refer too
}

// memory is what a part is made of.
type memory struct {
	events []Event
	text   []byte
}

var memories = sync.Pool{New: func() any { return new(memory) }}

// Release gives the memory back that the events refer to.
func (p *Part) Release() {
	const keep = 4 * input.BatchSize
	clear(p.Events)
	if cap(p.text) <= keep {
		memories.Put(&memory{p.Events[:0], p.text[:0]})
	}
	p.Events, p.text = nil, nil
	p.Batch.Release()
}

// Broken is a line that is no record.
type Broken struct {
	Where string
	What  string
}

const maxBroken = 5

// Extract fills a part.
func (x *Extractor) Extract(p *Part) {
	m := memories.Get().(*memory)
	p.Events, p.text = m.events, m.text
	if p.Batch.Table != nil {
		p.Batch.EachRow(func(row input.Row) bool {
			if row.Err != nil {
				p.broken(row.Line, row.Err.Error())
				return true
			}
			from := len(p.text)
			p.text = p.Batch.Table.AppendJSON(p.text, row.Cells)
			if !x.record(p, p.text[from:]) { // it is JSON by the way it was made
				p.broken(row.Line, "the row has JSON in a cell that nests too deep")
			}
			return true
		})
	} else {
		for _, piece := range p.Batch.Pieces {
			x.piece(p, piece)
		}
	}
	x.addRules(p)
}

func (x *Extractor) piece(p *Part, piece records.Piece) {
	switch {
	case !piece.Object:
		p.broken(piece.Line, "the line is not a JSON object")
	case x.record(p, piece.Text):
	case piece.Unchecked:
		piece.Recheck(func(piece records.Piece) {
			piece.Text = bytes.Clone(piece.Text) // which is good for a moment only
			x.piece(p, piece)
		})
	default:
		p.broken(piece.Line, "the record nests too deep")
	}
}

// record adds the events of a record to the part; it returns false where it is none.
func (x *Extractor) record(p *Part, text []byte) bool {
	if !x.walk.record(x.root, text) {
		return false
	}
	out, counts, err := x.brief.EnrichJSON(x.out[:0], x.walk.excerpt)
	x.out = out
	if err != nil || counts.Matched == 0 && counts.Unknown == 0 {
		return x.whole(p, text)
	}
	p.Counts.Add(&counts)
	severity, code := appended(view.String(out))
	x.event(p, code, severity)
	return true
}

// appended returns what the engine appended to a record without a field of ours: the record ends with it.
func appended(line string) (severity, code string) {
	line = strings.TrimSuffix(line, "}\n")
	code = line[strings.LastIndexByte(line, ':')+1:]
	severity = line[:len(line)-len(code)-len(codeMark)]
	return severity[strings.LastIndexByte(severity, '"')+1:], code
}

// whole is record with the engine for whole records, for one whose excerpt has no code.
func (x *Extractor) whole(p *Part, text []byte) bool {
	// An export of Elasticsearch's own has the document under _source.
	if inner := gjson.GetBytes(text, "_source"); inner.IsObject() {
		return x.record(p, view.Bytes(inner.Raw))
	}
	from := len(p.text)
	lines, counts, err := x.engine.EnrichJSON(p.text, text)
	if err != nil {
		return false
	}
	p.text = lines
	p.Counts.Add(&counts)
	for line := range bytes.Lines(lines[from:]) {
		if x.walk.record(x.root, line); x.walk.values[ourCode] != "" {
			x.event(p, x.walk.values[ourCode], x.walk.values[ourSeverity])
		} else if p.Keys == nil {
			p.Keys = bytes.Clone(line)
		}
	}
	return true
}

// event adds the event of the record that was walked last, with the code and the severity that the engine appended.
func (x *Extractor) event(p *Part, code, severity string) {
	var e Event
	n, _ := strconv.ParseUint(code, 10, 32) // it is a number that the engine wrote
	e.Code = uint32(n)
	if entry, ok := x.catalog.Lookup(e.Code); ok {
		e.Entry, e.Severity = entry, entry.Severity
	}
	if x.context {
		e.Severity, _ = catalog.ParseSeverity(severity)
	}
	x.walk.fill(&e)
	p.Events = append(p.Events, e)
}

func (p *Part) broken(line int, what string) {
	if len(p.Broken) < maxBroken {
		p.Broken = append(p.Broken, Broken{where(p.Batch.Name, line), what})
	}
	p.NBroke++
}

// addRules adds to a part how many of its records each rule of the context had a part in.
func (x *Extractor) addRules(p *Part) {
	if !x.context {
		return
	}
	had := x.engine.Rules()
	for name, n := range x.brief.Rules() {
		had[name] += n
	}
	p.Rules = make(map[string]uint64)
	for name, n := range had {
		if more := n - x.rules[name]; more > 0 {
			p.Rules[name] = more
		}
	}
	x.rules = had
}
