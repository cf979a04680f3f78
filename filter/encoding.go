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

func (msgpackEncoding) mapping(dst []byte, pairs []byte, n int) []byte {
	return append(msgp.AppendMapHeader(dst, uint32(n)), pairs...)
}

// grow keeps the width of the map's header where the new count fits in it.
func (msgpackEncoding) grow(r *Result, m container, pairs []byte, n int) {
	count := m.pairs + uint64(n)
	head := r.arena.begin()
	switch width := m.head - m.start; {
	case width == 1 && count <= 15:
		head.append(0x80 | byte(count))
	case width <= 3 && count <= math.MaxUint16:
		head.append(0xde, byte(count>>8), byte(count))
	default:
		head.append(0xdf, byte(count>>24), byte(count>>16), byte(count>>8), byte(count))
	}
	r.edit(m.start, m.head, head.bytes())
	r.edit(m.end, m.end, pairs)
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
