package filter

import (
	"math"
	"strconv"

	"github.com/tidwall/gjson"
	"github.com/tinylib/msgp/msgp"
)

// An encoding writes what is appended to a record, in the record's own encoding.
type encoding interface {
	// value appends one value: a string, an int64 or a []string.
	value(dst []byte, v any) []byte
	// pair appends a key before a value that is encoded already.
	pair(dst []byte, key string, value []byte) []byte
	// json returns a value that is given in JSON, and is valid.
	json(raw string) []byte
	// mapping makes a map of so many pairs.
	mapping(dst []byte, pairs []byte, n int) []byte
	// grow puts pairs behind those of a map in a record.
	grow(r *Result, m container, pairs []byte, n int)
}

// A container is a map in a record: its bytes are those from start to end, its first pair is at head (MessagePack only).
type container struct {
	start, head, end int
	pairs            uint64
}

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

func (msgpackEncoding) json(raw string) []byte { return appendMsgpack(nil, raw) }

func (msgpackEncoding) mapping(dst []byte, pairs []byte, n int) []byte {
	return append(msgp.AppendMapHeader(dst, uint32(n)), pairs...)
}

// grow keeps the width of the map's header where the new count fits in it.
func (msgpackEncoding) grow(r *Result, m container, pairs []byte, n int) {
	head := r.arena.begin()
	var room [5]byte
	head.append(appendMapHead(room[:0], m.pairs+uint64(n), m.head-m.start)...)
	r.edit(m.start, m.head, head.bytes())
	r.edit(m.end, m.end, pairs)
}

// appendMapHead appends the header of a map of n pairs, in so many bytes at least.
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

// pair begins with a comma: most often it stands behind another pair.
func (jsonEncoding) pair(dst []byte, key string, value []byte) []byte {
	dst = gjson.AppendJSONString(append(dst, ','), key)
	return append(append(dst, ':'), value...)
}

func (jsonEncoding) json(raw string) []byte { return []byte(raw) }

func (jsonEncoding) mapping(dst []byte, pairs []byte, n int) []byte {
	dst = append(dst, '{')
	if n > 0 {
		dst = append(dst, pairs[1:]...)
	}
	return append(dst, '}')
}

func (jsonEncoding) grow(r *Result, m container, pairs []byte, n int) {
	if m.pairs == 0 && n > 0 {
		pairs = pairs[1:]
	}
	r.edit(m.end-1, m.end-1, pairs)
}
