package sink

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/internal/msgpack"
)

func TestAppendJSON(t *testing.T) {
	for _, c := range []struct {
		name string
		in   any
		want string
	}{
		{"nil", nil, `null`},
		{"false", false, `false`},
		{"true", true, `true`},
		{"smallest int", math.MinInt64, `-9223372036854775808`},
		{"largest uint", uint64(math.MaxUint64), `18446744073709551615`},
		{"int8", int8(-100), `-100`},
		{"negative fixint", raw{0xff}, `-1`},
		{"positive fixint", raw{0x7f}, `127`},
		{"uint 8", raw{0xcc, 0xff}, `255`},
		{"uint 16", raw{0xcd, 0xff, 0xff}, `65535`},
		{"uint 32", raw{0xce, 0xff, 0xff, 0xff, 0xff}, `4294967295`},
		{"int 16", raw{0xd1, 0x80, 0x00}, `-32768`},
		{"int 32", raw{0xd2, 0x80, 0x00, 0x00, 0x00}, `-2147483648`},
		{"whole float stays plain digits", 7000215.0, `7000215`},
		{"float", 0.1, `0.1`},
		{"float 32 is as short as it is", float32(0.1), `0.1`},
		{"small float", 1e-7, `1e-07`},
		{"large float", 1e21, `1e+21`},
		{"negative zero", math.Copysign(0, -1), `-0`},
		{"NaN", math.NaN(), `null`},
		{"infinity", math.Inf(-1), `null`},
		{"string", "a/b<c>", `"a/b<c>"`},
		{"escapes", "\"\\\n\r\t\x00\x1f\x7f", "\"\\\"\\\\\\n\\r\\t\\u0000\\u001f\x7f\""},
		{"UTF-8", "Zoë 😀\u2028", "\"Zoë 😀\u2028\""},
		{"the replacement character itself", "\uFFFD", "\"\uFFFD\""},
		{"invalid UTF-8", "a\xffb\xc3", "\"a\uFFFDb\uFFFD\""},
		{"half a surrogate pair", "\xed\xa0\x80", "\"\uFFFD\uFFFD\uFFFD\""},
		{"bin that is text", []byte("text"), `"text"`},
		{"bin that is not", []byte{0xff, 0x00}, `"/wA="`},
		{"empty bin", []byte{}, `""`},
		{"event time", ext{0, []byte{0, 0, 0, 5, 0, 0, 0, 7}}, `5.000000007`},
		{"event time with too many nanoseconds", ext{0, []byte{0, 0, 0, 5, 0xff, 0xff, 0xff, 0xff}}, `9.294967295`},
		{"event time, fixext", raw{0xd7, 0, 0, 0, 0, 5, 0, 0, 0, 7}, `5.000000007`},
		{"another extension", ext{-1, []byte{1, 2, 3, 4}}, `{"type":-1,"data":"AQIDBA=="}`},
		{"extension 0 of another length", ext{0, []byte{1}}, `{"type":0,"data":"AQ=="}`},
		{"fixext 16", append(raw{0xd8, 5}, make([]byte, 16)...), `{"type":5,"data":"AAAAAAAAAAAAAAAAAAAAAA=="}`},
		{"array", []any{1, "a", nil, []any{}}, `[1,"a",null,[]]`},
		{"fixarray", raw{0x92, 1, 2}, `[1,2]`},
		{"map", pairs{"a", 1, "b", pairs{}}, `{"a":1,"b":{}}`},
		{"fixmap", raw{0x81, 0xa1, 'a', 0x01}, `{"a":1}`},
		{"array 16", raw{0xdc, 0, 1, 7}, `[7]`},
		{"array 32", raw{0xdd, 0, 0, 0, 1, 7}, `[7]`},
		{"map 16", raw{0xde, 0, 1, 0xa1, 'a', 7}, `{"a":7}`},
		{"map 32", raw{0xdf, 0, 0, 0, 1, 0xa1, 'a', 7}, `{"a":7}`},
		{"str 8", raw{0xd9, 1, 'a'}, `"a"`},
		{"str 16", raw{0xda, 0, 1, 'a'}, `"a"`},
		{"str 32", raw{0xdb, 0, 0, 0, 1, 'a'}, `"a"`},
		{"str 16 as a key", raw{0x81, 0xda, 0, 1, 'a', 7}, `{"a":7}`},
		{"bin 16", raw{0xc5, 0, 1, 'a'}, `"a"`},
		{"bin 32", raw{0xc6, 0, 0, 0, 1, 'a'}, `"a"`},
		{"ext 16", raw{0xc8, 0, 1, 9, 'a'}, `{"type":9,"data":"YQ=="}`},
		{"ext 32", raw{0xc9, 0, 0, 0, 1, 9, 'a'}, `{"type":9,"data":"YQ=="}`},
		{"int 64", raw{0xd3, 0, 0, 0, 0, 0, 0, 0, 7}, `7`},
		{"every small number", raw{0x9a, 0, 9, 10, 11, 42, 99, 100, 101, 109, 127}, `[0,9,10,11,42,99,100,101,109,127]`},
		{"keys that are no strings", pairs{1, 1, true, 2, nil, 3, 0.5, 4, []byte("b"), 5, math.NaN(), 6},
			`{"1":1,"true":2,"null":3,"0.5":4,"b":5,"null":6}`},
		{"containers as keys", pairs{[]any{1}, 1, pairs{}, 2}, `{"kQE=":1,"gA==":2}`},
		{"extensions as keys", pairs{ext{0, []byte{0, 0, 0, 1, 0, 0, 0, 0}}, 1, ext{9, []byte{1}}, 2}, `{"1.000000000":1,"AQ==":2}`},
		{"key with escapes", pairs{"a\"\xff", 1}, "{\"a\\\"\uFFFD\":1}"},
		{"64 deep", raw(nested(64, []byte{0x91}, []byte{0x01})), strings.Repeat("[", 64) + "1" + strings.Repeat("]", 64)},
		{"65 deep", raw(nested(65, []byte{0x91}, []byte{0x01})), strings.Repeat("[", 64) + "null" + strings.Repeat("]", 64)},
		{"a million deep", raw(nested(1e6, []byte{0x91}, []byte{0x01})), strings.Repeat("[", 64) + "null" + strings.Repeat("]", 64)},
		{"maps too deep", raw(nested(65, []byte{0x81, 0xa1, 'a'}, []byte{0x01})),
			strings.Repeat(`{"a":`, 64) + "null" + strings.Repeat("}", 64)},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, rest, err := AppendJSON([]byte("before "), append(pack(c.in), "after"...))
			require.NoError(t, err)
			assert.Equal(t, "before "+c.want, string(got))
			assert.Equal(t, "after", string(rest))
			assert.True(t, json.Valid(got[len("before "):]))
		})
	}
}

func TestAppendJSONFailure(t *testing.T) {
	whole := pack(pairs{"n", []any{1, 0.5, float32(1), "a long string of more than thirty-one bytes", []byte{0xff}, ext{3, []byte{1}}},
		[]any{1}, pairs{"k", nil}})
	for n := range whole {
		got, rest, err := AppendJSON([]byte("before"), whole[:n:n])
		require.ErrorIs(t, err, msgpack.ErrTruncated, "cut after %d bytes", n)
		assert.Equal(t, "before", string(got))
		assert.Len(t, rest, n)
	}
	for name, in := range map[string][]byte{
		"a byte that means nothing": {0xc1},
		"inside a map":              {0x81, 0xa1, 'a', 0xc1},
		"too deep, then cut":        nested(70, []byte{0x91}, []byte{0xc1}),
		"as a container key":        {0x81, 0x91, 0xc1, 0x01},
	} {
		_, _, err := AppendJSON(nil, in)
		assert.ErrorIs(t, err, msgpack.ErrInvalid, name)
	}
	for name, in := range map[string][]byte{
		"map of four thousand million": {0xdf, 0xff, 0xff, 0xff, 0xff},
		"array the same":               {0xdd, 0xff, 0xff, 0xff, 0xff, 1},
		"string the same":              {0xdb, 0xff, 0xff, 0xff, 0xff, 1},
		"array of arrays of promises":  nested(100, []byte{0xdc, 0x00, 0x03}, nil),
	} {
		_, _, err := AppendJSON(nil, in)
		assert.ErrorIs(t, err, msgpack.ErrTruncated, name)
	}
}

func TestAppendJSONAllocatesNothing(t *testing.T) {
	body := signIn(1).Body
	dst := make([]byte, 0, 4096)
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		_, _, _ = AppendJSON(dst, body)
	}))
}

func FuzzAppendJSON(f *testing.F) {
	f.Add(signIn(1).Body)
	f.Add(pack(pairs{"a", math.NaN(), "b", []byte{0xff}, "c", ext{0, make([]byte, 8)}, 1, 2, []any{1}, "\xff"}))
	f.Add(nested(100, []byte{0x81, 0x91}, nil))
	f.Add([]byte{0xdf, 0xff, 0xff, 0xff, 0xff})
	f.Add([]byte{0xc1})
	for _, body := range hostile(500) {
		f.Add(body)
	}
	all := encoders(f)
	f.Fuzz(func(t *testing.T, in []byte) {
		got, rest, err := AppendJSON(nil, in)
		end := msgpack.Skip(in, 0)
		if (err == nil) != (end != msgpack.Bad) {
			t.Fatalf("the encoder says %v, Skip says %d", err, end)
		}
		for i := range all {
			all[i].check(t, "fuzz", in)
		}
		if err != nil {
			if len(got) != 0 || !bytes.Equal(rest, in) {
				t.Fatal("an error leaves something behind")
			}
			return
		}
		if !bytes.Equal(rest, in[end:]) {
			t.Fatal("what follows is something else")
		}
		if !json.Valid(got) {
			t.Fatalf("not JSON: %q", got)
		}
		if most := 10*end + 32; len(got) > most {
			t.Fatalf("%d bytes became %d, more than %d", end, len(got), most)
		}
		r := &Record{Sec: 1, Body: in}
		if line, err := appendRecord(nil, r); err == nil && (!json.Valid(line) || line[0] != '{') {
			t.Fatalf("not an object: %q", line)
		}
		if line, err := appendLogfmtLine(nil, r); err == nil && bytes.IndexByte(line, '\n') != len(line)-1 {
			t.Fatalf("not one line: %q", line)
		}
	})
}
