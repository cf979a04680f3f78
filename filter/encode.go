package filter

import (
	"math"
	"strconv"

	"github.com/tidwall/gjson"
	"github.com/tinylib/msgp/msgp"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/catalog/rules"
	"fluent-bit-entra-signin/internal/jsontext"
)

// An encoding writes what is appended to a record, in the encoding of the record.
type encoding interface {
	// value appends one value: a string, an int64 or a []string.
	value(dst []byte, v any) []byte
	// pair appends a key and a value that is already encoded.
	pair(dst []byte, key string, value []byte) []byte
	// fromJSON returns a value that is given as valid JSON.
	fromJSON(raw string) []byte
	// mapping appends a map of n pairs.
	mapping(dst []byte, pairs []byte, n int) []byte
	// grow adds n pairs at the end of a map of the record.
	grow(r *Result, m mapSpan, pairs []byte, n int)
}

// An encodedEntry is what is appended to a record with the code of a catalog entry, encoded once.
type encodedEntry struct {
	pairs  []byte   // all fields, for a record that has none of them yet
	roots  int      // number of pairs
	values [][]byte // by index in outTree.fields: the value, nil if the entry has none
}

// encodeEntry encodes what is appended for an entry.
func (t *outTree) encodeEntry(enc encoding, e *catalog.Entry) encodedEntry {
	return t.encode(enc, &rules.Verdict{Entry: *e, Base: e.Severity})
}

// encode encodes what is appended for a verdict.
func (t *outTree) encode(enc encoding, v *rules.Verdict) encodedEntry {
	return (&encoder{tree: t, enc: enc}).encode(v)
}

// encodeAll encodes every entry of a catalog, by position.
func (t *outTree) encodeAll(enc encoding, c *catalog.Catalog) []encodedEntry {
	all := make([]encodedEntry, c.Len())
	e := encoder{tree: t, enc: enc, values: make([][]byte, c.Len()*len(t.fields))}
	var v rules.Verdict
	for i := range all {
		v.Entry, v.Base = *c.At(i), c.At(i).Severity
		if cap(e.bytes)-len(e.bytes) < encoderBlock/8 {
			e.bytes = make([]byte, 0, encoderBlock)
		}
		all[i] = e.encode(&v)
	}
	return all
}

// encoderBlock is how many bytes encodeAll allocates at once: the embedded catalog has some 1,600 entries of a few hundred bytes each.
const encoderBlock = 32 << 10

// An encoder encodes verdicts. The results share blocks of memory.
type encoder struct {
	tree   *outTree
	enc    encoding
	values [][]byte // not yet used by an entry
	bytes  []byte
}

func (e *encoder) encode(v *rules.Verdict) (x encodedEntry) {
	n := len(e.tree.fields)
	if len(e.values) < n {
		e.values = make([][]byte, n)
	}
	x.values, e.values = e.values[:n:n], e.values[n:]
	x.pairs, x.roots = e.level(v, x.values, e.tree.roots)
	return x
}

// level encodes the values of a level, and returns its pairs and their number.
func (e *encoder) level(v *rules.Verdict, values [][]byte, level []int8) (pairs []byte, n int) {
	for _, i := range level {
		f := &e.tree.fields[i]
		if f.value != nil {
			if value := f.value(v); value != nil {
				start := len(e.bytes)
				e.bytes = e.enc.value(e.bytes, value)
				values[i] = e.since(start)
			}
		} else if inner, k := e.level(v, values, f.children); k > 0 {
			start := len(e.bytes)
			e.bytes = e.enc.mapping(e.bytes, inner, k)
			values[i] = e.since(start)
		}
	}
	start := len(e.bytes)
	for _, i := range level {
		if values[i] != nil {
			e.bytes = e.enc.pair(e.bytes, e.tree.fields[i].key, values[i])
			n++
		}
	}
	return e.since(start), n
}

// since returns what was appended since the length was start.
func (e *encoder) since(start int) []byte { return e.bytes[start:len(e.bytes):len(e.bytes)] }

type msgpackEncoding struct{}

func (msgpackEncoding) value(dst []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		return msgp.AppendString(dst, v)
	case int64:
		return msgp.AppendInt64(dst, v)
	case []string:
		dst = msgp.AppendArrayHeader(dst, uint32(len(v)))
		for _, s := range v {
			dst = msgp.AppendString(dst, s)
		}
	}
	return dst
}

func (msgpackEncoding) pair(dst []byte, key string, value []byte) []byte {
	return append(msgp.AppendString(dst, key), value...)
}

func (msgpackEncoding) fromJSON(raw string) []byte { return jsontext.AppendMsgpack(nil, raw) }

func (msgpackEncoding) mapping(dst []byte, pairs []byte, n int) []byte {
	return append(msgp.AppendMapHeader(dst, uint32(n)), pairs...)
}

func (msgpackEncoding) grow(r *Result, m mapSpan, pairs []byte, n int) {
	var room [5]byte
	head := r.arena.begin()
	head.append(appendMapHead(room[:0], m.pairs+uint64(n), m.head-m.start)...)
	r.edit(m.start, m.head, head.bytes())
	r.edit(m.end, m.end, pairs)
}

// appendMapHead appends the header of a map of n pairs, in at least width bytes: the header of a map that grows keeps its width
// if the new count fits.
func appendMapHead(dst []byte, n uint64, width int) []byte {
	switch {
	case width <= 1 && n <= 15:
		return append(dst, 0x80|byte(n))
	case width <= 3 && n <= math.MaxUint16:
		return append(dst, 0xde, byte(n>>8), byte(n))
	}
	return append(dst, 0xdf, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
}

type jsonEncoding struct{}

func (jsonEncoding) value(dst []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		return gjson.AppendJSONString(dst, v)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case []string:
		dst = append(dst, '[')
		for i, s := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = gjson.AppendJSONString(dst, s)
		}
		dst = append(dst, ']')
	}
	return dst
}

// pair begins with a comma, since most pairs follow another.
func (jsonEncoding) pair(dst []byte, key string, value []byte) []byte {
	dst = gjson.AppendJSONString(append(dst, ','), key)
	return append(append(dst, ':'), value...)
}

func (jsonEncoding) fromJSON(raw string) []byte { return []byte(raw) }

func (jsonEncoding) mapping(dst []byte, pairs []byte, n int) []byte {
	dst = append(dst, '{')
	if n > 0 {
		dst = append(dst, pairs[1:]...)
	}
	return append(dst, '}')
}

func (jsonEncoding) grow(r *Result, m mapSpan, pairs []byte, n int) {
	if m.pairs == 0 && n > 0 {
		pairs = pairs[1:]
	}
	r.edit(m.end-1, m.end-1, pairs)
}
