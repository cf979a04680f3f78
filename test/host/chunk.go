package host

import (
	"github.com/tidwall/gjson"
	"github.com/tinylib/msgp/msgp"
)

// AppendEvent appends an event as Fluent Bit writes it since 2.1: [[time, {}], body]. Body is MessagePack.
func AppendEvent(dst []byte, sec, nsec uint32, body []byte) []byte {
	dst = append(dst, 0x92, 0x92)
	dst = AppendTime(dst, sec, nsec)
	dst = append(dst, 0x80)
	return append(dst, body...)
}

// AppendTime appends a time in the form of Fluent Bit.
func AppendTime(dst []byte, sec, nsec uint32) []byte {
	return append(dst, 0xd7, 0x00,
		byte(sec>>24), byte(sec>>16), byte(sec>>8), byte(sec), byte(nsec>>24), byte(nsec>>16), byte(nsec>>8), byte(nsec))
}

// AppendLine appends a line of a log file as MessagePack, as tail with a JSON parser does: a JSON object with its keys in the same
// order, and any other line as {"log": line}.
func AppendLine(dst, line []byte) []byte {
	if v := gjson.ParseBytes(line); gjson.ValidBytes(line) && v.IsObject() {
		return appendJSON(dst, v)
	}
	dst = msgp.AppendMapHeader(dst, 1)
	dst = msgp.AppendString(dst, "log")
	return msgp.AppendStringFromBytes(dst, line)
}

func appendJSON(dst []byte, v gjson.Result) []byte {
	switch v.Type {
	case gjson.Null:
		return msgp.AppendNil(dst)
	case gjson.True, gjson.False:
		return msgp.AppendBool(dst, v.Type == gjson.True)
	case gjson.String:
		return msgp.AppendString(dst, v.Str)
	case gjson.Number:
		if n := v.Int(); float64(n) == v.Num {
			return msgp.AppendInt64(dst, n)
		}
		return msgp.AppendFloat64(dst, v.Num)
	}
	var inner []byte
	n := uint32(0)
	v.ForEach(func(key, value gjson.Result) bool {
		if v.IsObject() {
			inner = msgp.AppendString(inner, key.Str)
		}
		inner = appendJSON(inner, value)
		n++
		return true
	})
	if v.IsObject() {
		dst = msgp.AppendMapHeader(dst, n)
	} else {
		dst = msgp.AppendArrayHeader(dst, n)
	}
	return append(dst, inner...)
}
