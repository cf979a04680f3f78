package main

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/tidwall/gjson"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/cmd/entra-signin/input"
	"fluent-bit-entra-signin/filter"
)

// tables knows how tables are written with the fields as columns.
type tables struct {
	columns []string        // what the fields become, in order
	index   map[string]int  // of columns
	parents map[string]bool // of the columns: "event" of "event.outcome"

	mu    sync.Mutex
	known map[*input.Table]*enrichedTable

	first *enrichedTable // that was written
	lines bool           // JSON was written
}

// newTables finds the columns by enriching a record with each code of a catalog.
func newTables(engine *filter.Engine, c *catalog.Catalog, fields []string) *tables {
	t := &tables{columns: fields, known: make(map[*input.Table]*enrichedTable)}
	var line []byte
	for i := range c.Len() {
		record := []byte(`{"status":{"errorCode":` + strconv.FormatUint(uint64(c.At(i).Code), 10) + `}}`)
		line, _, _ = engine.EnrichJSON(line[:0], record)
		eachLeaf("", gjson.ParseBytes(line), nil, func(path, _ string) {
			if path != "status.errorCode" && !slices.Contains(t.columns, path) {
				t.columns = append(t.columns, path)
			}
		})
	}
	t.index = make(map[string]int)
	t.parents = make(map[string]bool)
	for i, name := range t.columns {
		t.index[name] = i
		for at := range name {
			if name[at] == '.' {
				t.parents[name[:at]] = true
			}
		}
	}
	return t
}

// eachLeaf calls yield with every value that is no object, with its keys joined by dots. Where parents is not nil, only objects in it
// are looked into. A list becomes its elements with blanks between them.
func eachLeaf(path string, v gjson.Result, parents map[string]bool, yield func(path, value string)) {
	v.ForEach(func(key, v gjson.Result) bool {
		inner := key.String()
		if path != "" {
			inner = path + "." + inner
		}
		switch {
		case v.IsObject():
			if parents == nil || parents[inner] {
				eachLeaf(inner, v, parents, yield)
			}
		case v.IsArray():
			var words []string
			for _, element := range v.Array() {
				words = append(words, element.String())
			}
			yield(inner, strings.Join(words, " "))
		default:
			yield(inner, v.String())
		}
		return true
	})
}

// An enrichedTable is a table with the columns of the fields.
type enrichedTable struct {
	*tables
	from *input.Table
	at   []int // where each column is among those of the table; -1 where it comes behind them
	own  bool  // the table has one of the columns
}

// of returns what becomes of a table. It may be called from several goroutines.
func (t *tables) of(from *input.Table) *enrichedTable {
	t.mu.Lock()
	defer t.mu.Unlock()
	if known := t.known[from]; known != nil {
		return known
	}
	e := &enrichedTable{tables: t, from: from}
	for _, name := range t.columns {
		at := slices.Index(from.Names, name)
		e.at = append(e.at, at)
		e.own = e.own || at >= 0
	}
	t.known[from] = e
	return e
}

// header returns what is to be written before rows of a table: its header, if it is the first one. Tables with the same header may
// follow each other.
func (t *tables) header(from *input.Table) ([]byte, error) {
	if t.lines {
		return nil, errAfterJSON
	}
	if t.first != nil {
		if t.first.from != from && (!slices.Equal(t.first.from.Names, from.Names) || t.first.from.Comma != from.Comma) {
			return nil, errOtherColumns
		}
		return nil, nil
	}
	t.first = t.of(from)
	names := make([]string, len(t.columns))
	copy(names, t.columns)
	return t.first.appendCells(slices.Clone(from.Mark), from.Header, from.Names, names), nil
}

// noTable notes that JSON is written.
func (t *tables) noTable() error {
	if t.first != nil {
		return errAfterTable
	}
	t.lines = true
	return nil
}

// appendRow appends a row with the fields that its record was enriched with.
func (e *enrichedTable) appendRow(dst []byte, row input.Row, enriched []byte) []byte {
	values := make([]string, len(e.columns))
	eachLeaf("", gjson.ParseBytes(enriched), e.parents, func(path, value string) {
		if i, ok := e.index[path]; ok {
			values[i] = value
		}
	})
	return e.appendCells(dst, row.Raw, row.Cells, values)
}

// appendCells appends the cells of a row, which is written as raw, and values for the columns of the fields. The row's own cells stay
// as they are written, unless one of them is replaced.
func (e *enrichedTable) appendCells(dst, raw []byte, cells, values []string) []byte {
	text := bytes.TrimRight(raw, "\r\n")
	end := raw[len(text):]
	if len(end) == 0 {
		end = []byte("\n") // the last row of a file may have none
	}
	quote := bytes.HasSuffix(text, []byte{'"'})
	if e.own {
		cells = slices.Clone(cells)
		for i, at := range e.at {
			if at >= 0 {
				cells[at] = values[i]
			}
		}
		for i, cell := range cells {
			if i > 0 {
				dst = append(dst, byte(e.from.Comma))
			}
			dst = e.appendCell(dst, cell, quote)
		}
	} else {
		dst = append(dst, text...)
	}
	for i, at := range e.at {
		if at < 0 {
			dst = e.appendCell(append(dst, byte(e.from.Comma)), values[i], quote)
		}
	}
	return append(dst, end...)
}

// appendCell appends a cell, in quotation marks where the cells of its row are or where it needs them.
func (e *enrichedTable) appendCell(dst []byte, cell string, quote bool) []byte {
	if !quote && !strings.ContainsAny(cell, "\"\r\n"+string(e.from.Comma)) {
		return append(dst, cell...)
	}
	dst = append(dst, '"')
	dst = append(dst, strings.ReplaceAll(cell, `"`, `""`)...)
	return append(dst, '"')
}
