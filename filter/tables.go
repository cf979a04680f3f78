package filter

import (
	"slices"

	"github.com/tidwall/gjson"
	"github.com/tinylib/msgp/msgp"

	"fluent-bit-entra-signin/internal/msgpack"
)

// A table is part of an answer of Log Analytics: the names of its columns, and where the array of its rows begins.
type table struct {
	names []string
	rows  int
	ok    bool
}

// tableAt reads the table at i. ok is false if there is no table.
func tableAt(b []byte, i int) (t table) {
	columns, rows := msgpack.Bad, msgpack.Bad
	eachPair(b, i, func(key string, value int) {
		switch key {
		case "columns":
			columns = value
		case "rows":
			rows = value
		}
	})
	n, at, isArray := msgpack.ArrayHead(b, columns)
	_, _, hasRows := msgpack.ArrayHead(b, rows)
	if !isArray || !hasRows {
		return t
	}
	t.rows, t.ok = rows, true
	for ; n > 0; n-- {
		name := msgpack.Bad
		eachPair(b, at, func(key string, value int) {
			if key == "name" {
				name = value
			}
		})
		s, _, isText := msgpack.Text(b, name)
		if !isText {
			return table{}
		}
		t.names = append(t.names, s)
		at = msgpack.Skip(b, at)
	}
	return t
}

// eachPair calls yield with each text key of the map at i, if there is a map, and the index of the value.
func eachPair(b []byte, i int, yield func(key string, value int)) {
	n, i, ok := msgpack.MapHead(b, i)
	for ; ok && n > 0; n-- {
		key, _, isText := msgpack.Text(b, i)
		i = msgpack.Skip(b, i)
		if isText {
			yield(key, i)
		}
		i = msgpack.Skip(b, i)
	}
}

// eachRow adds every row of a table of size bytes, as a map with the names of the columns. It returns false if a row does not fit
// the columns, or if the rows would repeat the names of the columns too often.
func (s *splitter) eachRow(t table, size int) bool {
	b := s.ev.chunk
	n, i, ok := msgpack.ArrayHead(b, t.rows)
	if !t.ok || !ok {
		return false
	}
	each, left := 0, maxRepeat*size
	for _, name := range t.names {
		each += len(name)
	}
	for ; n > 0; n-- {
		cells, cell, ok := msgpack.ArrayHead(b, i)
		if left -= each; left < 0 || !ok || cells != uint64(len(t.names)) {
			return false
		}
		s.row = msgp.AppendMapHeader(s.row[:0], uint32(cells))
		for _, name := range t.names {
			next := msgpack.Skip(b, cell)
			s.row = append(msgp.AppendString(s.row, name), b[cell:next]...)
			cell = next
		}
		row := s.row
		if s.ev.traced {
			row = slices.Clone(row) // an origin refers to it
		}
		if !s.add(row) {
			return false
		}
		i = cell
	}
	return true
}

// eachRowJSON calls yield with each row of a table in JSON, as an object with the names of the columns. It returns false if yield
// does, if a row does not fit the columns, or if the rows would repeat the names of the columns too often.
func eachRowJSON(table gjson.Result, yield func(record string) bool) (ok bool) {
	rows := table.Get("rows")
	if ok = rows.IsArray(); !ok {
		return false
	}
	var names []string
	each, left := 0, maxRepeat*len(table.Raw)
	table.Get("columns").ForEach(func(_, column gjson.Result) bool {
		name := column.Get("name")
		ok = name.Type == gjson.String
		names = append(names, name.Raw)
		each += len(name.Raw)
		return ok
	})
	var record []byte
	rows.ForEach(func(_, row gjson.Result) bool {
		if left -= each; left < 0 {
			ok = false
			return false
		}
		record = append(record[:0], '{')
		n := 0
		row.ForEach(func(_, cell gjson.Result) bool {
			if n < len(names) {
				if n > 0 {
					record = append(record, ',')
				}
				record = append(append(append(record, names[n]...), ':'), cell.Raw...)
			}
			n++
			return n <= len(names)
		})
		ok = ok && row.IsArray() && n == len(names) && yield(string(append(record, '}')))
		return ok
	})
	return ok
}
