package jsontext

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tinylib/msgp/msgp"

	"fluent-bit-entra-signin/internal/msgpack"
)

func TestAppendJSON(t *testing.T) {
	f32 := func(f float32) string { return string(msgp.AppendFloat32(nil, f)) }
	f64 := func(f float64) string { return string(msgp.AppendFloat64(nil, f)) }
	for value, want := range map[string]string{
		"\xc0":                                 `null`,
		"\xc2":                                 `false`,
		"\xc3":                                 `true`,
		"\x00":                                 `0`,
		"\xff":                                 `-1`,
		"\xd3\x80\x00\x00\x00\x00\x00\x00\x00": `-9223372036854775808`,
		"\xcf\xff\xff\xff\xff\xff\xff\xff\xff": `18446744073709551615`,
		f64(1):                                 `1.0`,
		f64(-1.5):                              `-1.5`,
		f64(1e300):                             `1e+300`,
		f64(math.Copysign(0, -1)):              `-0.0`,
		f64(0.1):                               `0.1`,
		f32(0.1):                               `0.10000000149011612`,
		"\xa0":                                 `""`,
		"\xa9a\"\\/\b\f\n\r\t":                 `"a\"\\/\u0008\u000c\n\r\t"`,
		"\xd9\x03é\x00":                        `"é\u0000"`,
		"\xa3\xff\"\xfe":                       "\"\xff\\\"\xfe\"",
		"\x90":                                 `[]`,
		"\x80":                                 `{}`,
		"\x92\x01\x91\xc0":                     `[1,[null]]`,
		"\x82\xa1a\x01\xa1a\x81\xa0\x90":       `{"a":1,"a":{"":[]}}`,
	} {
		json, ok := AppendJSON([]byte("x"), []byte("y"+value), 1)
		require.True(t, ok, "%x", value)
		assert.Equal(t, "x"+want, string(json))
	}
}

func TestAppendJSONOfWhatIsNone(t *testing.T) {
	for name, value := range map[string]string{
		"a binary":                  "\xc4\x01x",
		"an extension":              "\xd4\x05x",
		"NaN":                       "\xcb\x7f\xf8\x00\x00\x00\x00\x00\x01",
		"infinity":                  "\xca\x7f\x80\x00\x00",
		"a number as key":           "\x81\x01\x01",
		"a binary as key":           "\x81\xc4\x01a\x01",
		"a binary inside":           "\x91\x81\xa1a\xc4\x01x",
		"deeper than JSON may be":   strings.Repeat("\x91", MaxDepth+1) + "\xc0",
		"cut off":                   "\x92\x01",
		"a byte that means nothing": "\xc1",
	} {
		_, ok := AppendJSON(nil, []byte(value), 0)
		assert.False(t, ok, name)
	}
	deep := []byte(strings.Repeat("\x91", MaxDepth) + "\xc0")
	json, ok := AppendJSON(nil, deep, 0)
	assert.True(t, ok)
	assert.True(t, Valid(string(json)), "what is written can be read")
}

// What AppendJSON writes is JSON, and AppendMsgpack makes an equal value of it.
func FuzzAppendJSON(f *testing.F) {
	for _, text := range []string{`{"a":[1,-2.5,"x\n",null,true,{"b":18446744073709551615}]}`, `[]`, `"é"`, `1e300`} {
		f.Add(AppendMsgpack(nil, text))
	}
	f.Add([]byte("\xca\x3d\xcc\xcc\xcd"))
	f.Add([]byte("\xde\x00\x01\xd9\x01a\xd2\x00\x00\x00\x01"))
	f.Fuzz(func(t *testing.T, b []byte) {
		end := msgpack.Skip(b, 0)
		if end == msgpack.Bad {
			return
		}
		json, ok := AppendJSON(nil, b, 0)
		if !ok {
			return
		}
		require.True(t, Valid(string(json)), "%s", json)
		back := AppendMsgpack(nil, string(json))
		again, ok := AppendJSON(nil, back, 0)
		require.True(t, ok)
		require.Equal(t, string(json), string(again))
		require.True(t, equal(b[:end], back), "%x became %x", b[:end], back)
	})
}

// equal compares two values but for the width of numbers and headers.
func equal(a, b []byte) bool {
	for len(a) > 0 && len(b) > 0 {
		var x, y msgpack.Token
		next, _ := x.Read(a, 0)
		a = a[next:]
		next, _ = y.Read(b, 0)
		b = b[next:]
		switch {
		case isFloat(x) && isFloat(y):
			v, _ := x.Float()
			w, _ := y.Float()
			if math.Float64bits(v) != math.Float64bits(w) {
				return false
			}
		case isInt(x) && isInt(y):
			if x.N != y.N {
				return false
			}
		case x.Kind != y.Kind || x.Kind != msgpack.KindNil && x.N != y.N || !bytes.Equal(x.Data, y.Data):
			return false
		}
	}
	return len(a) == len(b)
}

func isFloat(t msgpack.Token) bool {
	return t.Kind == msgpack.KindFloat32 || t.Kind == msgpack.KindFloat64
}
func isInt(t msgpack.Token) bool { return t.Kind == msgpack.KindInt || t.Kind == msgpack.KindUint }
