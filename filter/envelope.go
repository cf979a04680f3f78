package filter

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// ofAzure tells whether the record that was seen has what Azure Monitor gives every record.
func (r *Result) ofAzure() bool {
	azure := r.engine.masks.azure
	return azure != 0 && r.seen.seen&azure == azure
}

// take adds to r what was counted in the records that its holder was split into. It returns false, and does nothing,
// where none of them is Microsoft's: none has a code, and none was written by Azure Monitor.
func (r *Result) take(in *Result) bool {
	if !in.ofMicrosoft() {
		return false
	}
	r.Counts.Add(&in.Counts)
	r.entries = append(r.entries, in.entries...)
	r.Counts.Split++
	for _, code := range in.Unknown {
		r.unknown(code)
	}
	return true
}

// ofMicrosoft reports whether one of the records that were enriched is Microsoft's.
func (r *Result) ofMicrosoft() bool {
	return r.Counts.Matched+r.Counts.Unknown > 0 || r.azure
}

// maxRepeat bounds how much larger splitting makes a record. Every event of an envelope repeats the timestamp, the metadata and what
// stands beside the list, and every row of a table the names of the columns, which could multiply a small input without end. All
// repetitions together may be so many times the length of the record, or of the table; those of real envelopes stay below twice.
const maxRepeat = 4

// listKeys are the keys that hold the records of an envelope, in lower case: Azure Monitor's, Microsoft Graph's, and the
// answer of a Log Analytics query, whose records are rows of tables. Keys match in any case.
var listKeys = []string{"records", "value", tablesKey}

const tablesKey = "tables"

// listKey returns which of listKeys a key is, or "".
func listKey(key string) string {
	for _, lower := range listKeys {
		if len(key) == len(lower) && equalFold(key, lower) {
			return lower
		}
	}
	return ""
}

// A layer is one of the JSON texts that lead to an envelope in a string: the text, and where in that text the string with the
// next layer stands. The innermost layer holds the records and has no such string.
type layer struct {
	outer      *layer
	text       string
	start, end int
	list       value // a list with records that a scan has found in the text, so that nobody needs to look for its end again
}

// A sibling is a pair that stood beside the records of an envelope: its key, and the whole pair in the encoding of the holder.
type sibling struct {
	key  string
	pair []byte
}

// kafkaKeys are the keys of a message that Fluent Bit's kafka input hands over, but for the payload.
var kafkaKeys = []string{"topic", "partition", "offset", "key", "headers", "error", "timestamp"}

// withoutTransport removes what belongs to the transport of an envelope and says nothing about its records: the keys of a
// Kafka message, and the annotations of a page of Microsoft Graph.
func withoutTransport(level []sibling) []sibling {
	has := func(key string) bool {
		return slices.ContainsFunc(level, func(s sibling) bool { return s.key == key })
	}
	kafka := has("topic") && (has("partition") || has("offset"))
	return slices.DeleteFunc(level, func(s sibling) bool {
		return strings.HasPrefix(s.key, "@odata.") || kafka && slices.Contains(kafkaKeys, s.key)
	})
}

// siblings gathers what stood beside the records of an envelope, from the inside out: levels are the pairs of the layers, the
// innermost first. Of a key that several layers have, the innermost counts.
//
// Records from a string get their siblings, because these say where the string came from: whoever can write a line into a log
// could otherwise make an event that nobody can tell from Microsoft's.
func (e *Engine) siblings(levels ...[]sibling) (all []sibling) {
	var taken map[string]bool
	for i, level := range levels {
		if e.options.EnvelopeKey == "" {
			level = withoutTransport(level)
		}
		before := len(all)
		for _, s := range level {
			if !taken[s.key] {
				all = append(all, s)
			}
		}
		if i == len(levels)-1 {
			break
		}
		for _, s := range all[before:] {
			if taken == nil {
				taken = map[string]bool{}
			}
			taken[s.key] = true
		}
	}
	return all
}

// levels returns the pairs of the layers outside the innermost one, from the inside out.
func (e *Engine) levels(in *layer, enc encoding) (levels [][]sibling) {
	for at := in.outer; at != nil; at = at.outer {
		_, level := e.open(at, enc)
		levels = append(levels, level)
	}
	return levels
}

// A jsonList is a list with records in a JSON text, under one of listKeys.
type jsonList struct{ key, text string }

// open returns the lists with records of a layer, if it is the innermost, and the pairs that hold neither records nor the next
// layer. The text is valid.
func (e *Engine) open(in *layer, enc encoding) (lists []jsonList, level []sibling) {
	b := bytesOf(in.text)
	i := skipBlank(b, 0)
	if b[i] == '[' {
		return []jsonList{{"", in.text[i:]}}, nil
	}
	for i = skipBlank(b, i+1); b[i] != '}'; i = skipBlank(b, i) {
		if b[i] == ',' {
			i = skipBlank(b, i+1)
		}
		end, escaped := skipString(b, i)
		key := unquote(in.text[i:end], escaped)
		value := skipColon(b, end)
		if i = in.list.end; in.list.start != value || i == 0 {
			i = skipJSON(b, value, maxDepth)
		}
		raw := in.text[value:i]
		if in.end != 0 && in.start >= value && in.start < i {
			continue
		}
		if kind := listKey(key); in.end == 0 && kind != "" && raw[0] == '[' {
			if hasRecords(kind, raw) {
				lists = append(lists, jsonList{kind, raw})
				continue
			}
			if b[skipBlank(b, value+1)] == ']' {
				continue
			}
		}
		if raw[0] == '"' {
			if object, ok := e.parsedSibling(key, raw); ok {
				raw = object
			}
		}
		level = append(level, sibling{key, enc.pair(nil, key, enc.json(raw))})
	}
	return lists, level
}

// parsedSibling returns the object that takes the place of a string in JSON beside the records, as Parse_Json wants.
func (e *Engine) parsedSibling(key, raw string) (object string, ok bool) {
	if n := e.root.child(key); !e.options.ParseJSON || n == nil || n.places&e.masks.json == 0 {
		return "", false
	}
	object, ok = jsonObject(unquote(raw, true))
	return string(oneLine([]byte(object))), ok
}

// jsonObject returns the JSON object that a text is, but for what may stand around it.
func jsonObject(text string) (object string, ok bool) {
	if !looksLikeJSON(text) {
		return "", false
	}
	text = trimJSON(text)
	return text, text[0] == '{' && validJSON(text)
}

// hasRecords reports whether an element of a list is a record, or for tables a table.
func hasRecords(kind, list string) (has bool) {
	eachElement(list, func(element string) bool {
		has = element[0] == '{' && (kind != tablesKey || gjson.Get(element, "rows").IsArray() && gjson.Get(element, "columns").IsArray())
		return !has
	})
	return has
}

// eachRecord calls yield with every record of a list. It returns false where yield does, and where an element is no record.
func (l jsonList) eachRecord(yield func(record string) bool) bool {
	if l.key == tablesKey {
		return eachElement(l.text, func(table string) bool { return eachRow(gjson.Parse(table), yield) })
	}
	return eachElement(l.text, func(element string) bool { return element[0] == '{' && yield(element) })
}

// eachElement calls yield with the elements of a list, which is valid, until yield returns false.
func eachElement(list string, yield func(element string) bool) bool {
	b := bytesOf(list)
	for i := skipBlank(b, 1); b[i] != ']'; i = skipBlank(b, i) {
		if b[i] == ',' {
			i = skipBlank(b, i+1)
		}
		end := skipJSON(b, i, maxDepth)
		if !yield(list[i:end]) {
			return false
		}
		i = end
	}
	return true
}

// eachRow makes an object of each row of a table of a Log Analytics answer. It returns false where yield does, where a row does not
// fit the columns, and where the rows would repeat the names of the columns too often (see maxRepeat).
func eachRow(table gjson.Result, yield func(record string) bool) (ok bool) {
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

// A present tells which of some siblings a record has itself.
type present struct {
	siblings []sibling
	few      uint64          // bit n: the record has the key of siblings[n]
	many     map[string]bool // the same where there are more siblings than bits
}

func (p *present) reset(siblings []sibling) {
	p.siblings, p.few = siblings, 0
	if len(siblings) > 64 {
		p.many = map[string]bool{}
	}
}

// note takes note of a key of the record.
func (p *present) note(key string) {
	if p.many != nil {
		p.many[key] = true
		return
	}
	for i := range p.siblings {
		if p.siblings[i].key == key {
			p.few |= 1 << i
		}
	}
}

func (p *present) has(i int) bool {
	return p.few>>i&1 != 0 || p.many[p.siblings[i].key]
}
