package input

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// A Row is one of a table.
type Row struct {
	Cells []string
	Raw   []byte // as it is written, with its line end
	Line  int    // on which it begins, from 1
	Err   error  // what is wrong with it: nil, or an error of a few words
}

// What may be wrong with a row.
var (
	errCells = errors.New("the row has another number of cells than the header")
	errQuote = errors.New("a quotation mark of the row is in the wrong place, or never closed")
	errJSON  = errors.New("the row is JSON: is this two files in one?")
)

// EachRow calls yield with each row of the batch, until yield returns false. A row is good until the next one.
func (b *Batch) EachRow(yield func(Row) bool) {
	rest, line := b.Rows, b.Line
	for len(rest) > 0 {
		in := csv.NewReader(bytes.NewReader(rest))
		in.Comma = b.Table.Comma
		in.ReuseRecord = true
		in.FieldsPerRecord = -1
		from := 0
		for {
			cells, err := in.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				break // what the rest of the rows is, is not known to in any more
			}
			end := int(in.InputOffset())
			raw := bytes.TrimLeft(rest[from:end], "\r\n") // blank lines, which in passes over
			line += bytes.Count(rest[from:end-len(raw)], []byte{'\n'})
			row := Row{Cells: cells, Raw: raw, Line: line}
			if len(cells) != len(b.Table.Names) {
				row.Err = errCells
			}
			if !yield(row) {
				return
			}
			line += bytes.Count(raw, []byte{'\n'})
			from = end
		}
		// A quotation mark in the wrong place: the line is none, and the next one is looked at afresh.
		rest = rest[from:]
		skip := len(rest) - len(bytes.TrimLeft(rest, "\r\n"))
		line += bytes.Count(rest[:skip], []byte{'\n'})
		rest = rest[skip:]
		end := bytes.IndexByte(rest, '\n') + 1
		if end == 0 {
			end = len(rest)
		}
		bad := errQuote
		if gjson.ValidBytes(rest[:end]) {
			bad = errJSON
		}
		if !yield(Row{Raw: rest[:end], Line: line, Err: bad}) {
			return
		}
		line++
		rest = rest[end:]
	}
}

// AppendJSON appends a row as a record in JSON, as Microsoft Graph or Log Analytics writes it. Empty cells are left out. It needs
// as many cells as there are columns.
func (t *Table) AppendJSON(dst []byte, cells []string) []byte {
	dst = append(dst, '{')
	first := true
	for i := range t.groups {
		g := &t.groups[i]
		inner := g.key == ""
		for _, m := range g.members {
			cell := strings.TrimSpace(cells[m.index])
			if cell == "" && m.code && t.success >= 0 && strings.TrimSpace(cells[t.success]) == "Success" {
				cell = "0" // some of the portal's downloads leave it out
			}
			if cell == "" {
				continue
			}
			if !first {
				dst = append(dst, ',')
			}
			if !inner {
				dst = append(gjson.AppendJSONString(dst, g.key), ':', '{')
				inner = true
			}
			dst = append(gjson.AppendJSONString(dst, m.key), ':')
			dst = m.appendValue(dst, cell)
			first = false
		}
		if inner && g.key != "" {
			dst = append(dst, '}')
		}
	}
	return append(dst, '}')
}

func (c *column) appendValue(dst []byte, cell string) []byte {
	switch c.kind {
	case number:
		if n, err := strconv.ParseInt(cell, 10, 64); err == nil {
			return strconv.AppendInt(dst, n, 10)
		}
	case boolean:
		return strconv.AppendBool(dst, strings.EqualFold(cell, "yes") || strings.EqualFold(cell, "true"))
	case word:
		return gjson.AppendJSONString(dst, camel(cell))
	case location:
		return appendLocation(dst, cell)
	case text:
		if (cell[0] == '{' || cell[0] == '[') && gjson.Valid(cell) {
			return append(dst, oneLine(cell)...)
		}
	}
	return gjson.AppendJSONString(dst, cell)
}

// oneLine takes the line breaks out of a JSON text.
func oneLine(text string) []byte {
	if !strings.ContainsAny(text, "\r\n") {
		return []byte(text)
	}
	var line bytes.Buffer
	_ = json.Compact(&line, []byte(text)) // it was found to be valid
	return line.Bytes()
}

// camel writes the words of the portal as Graph writes them: "Device code" as deviceCode.
func camel(words string) string {
	var b strings.Builder
	for _, w := range strings.FieldsFunc(words, func(c rune) bool { return c == ' ' || c == '-' || c == '_' }) {
		switch {
		case b.Len() == 0:
			b.WriteString(strings.ToLower(w[:1]) + w[1:])
		default:
			b.WriteString(strings.ToUpper(w[:1]) + w[1:])
		}
	}
	return b.String()
}

// appendLocation appends "city, state, country" as Graph has it. The city may be missing, and may have a comma in it.
func appendLocation(dst []byte, cell string) []byte {
	parts := strings.Split(cell, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	keys := []string{"city", "state", "countryOrRegion"}
	for len(parts) > len(keys) {
		parts = append([]string{parts[0] + ", " + parts[1]}, parts[2:]...)
	}
	keys = keys[len(keys)-len(parts):]
	dst = append(dst, '{')
	for i, key := range keys {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(gjson.AppendJSONString(dst, key), ':')
		dst = gjson.AppendJSONString(dst, parts[i])
	}
	return append(dst, '}')
}
