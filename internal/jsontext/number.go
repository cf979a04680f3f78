package jsontext

import (
	"strconv"
	"strings"

	"github.com/tinylib/msgp/msgp"

	"fluent-bit-entra-signin/internal/msgpack"
)

// Integer returns the integer that a JSON number is, whether or not the number is written as one.
func Integer(raw string) (n int64, ok bool) {
	if isInteger(raw) {
		if n, err := strconv.ParseInt(raw, 10, 64); err == nil {
			return n, true
		}
	}
	f, err := strconv.ParseFloat(raw, 64)
	if err != nil {
		return 0, false
	}
	return msgpack.Whole(f)
}

// appendNumber appends an integer as an integer and every other number as a float, as which MessagePack has integers of more than
// 64 bits too. A number that no float holds stays a text, so that nothing of it is lost.
func appendNumber(dst []byte, raw string) []byte {
	if isInteger(raw) {
		if n, err := strconv.ParseInt(raw, 10, 64); err == nil {
			return msgp.AppendInt64(dst, n)
		}
		if n, err := strconv.ParseUint(raw, 10, 64); err == nil {
			return msgp.AppendUint64(dst, n)
		}
	}
	f, err := strconv.ParseFloat(raw, 64)
	if err != nil {
		return msgp.AppendString(dst, raw)
	}
	return msgp.AppendFloat64(dst, f)
}

// isInteger reports whether a JSON number is written as an integer. To find out by parsing would cost an error. No integer
// is minus 0, so that is a float.
func isInteger(raw string) bool { return raw != "-0" && !strings.ContainsAny(raw, ".eE") }
