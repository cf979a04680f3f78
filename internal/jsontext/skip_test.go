package jsontext

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var validTexts = []string{
	`{}`, `[]`, ` { } `, `{"a":1}`, `{"a":{"b":[1,2,{"c":null}]},"d":[]}`, "\t[\n1 ,\r2 ]\n", `"text"`, `""`, `0`, `-0`, `-1.5e+10`, `1E5`, `0.1`,
	`true`, `false`, `null`, `{"a":true,"b":false,"c":null}`, `{"":""}`, `"\"\\\/\b\f\n\r\t\u00e9\uD83D"`, `"a long text with no escape in it at all"`,
	`"1234567"`, `"12345678"`, `"123456789"`, `"1234567\\"`, `"é😀 and more than eight bytes"`, "\"\x7f and \xff\"", `[[[[]]]]`, `[{},{}]`,
}

var invalidTexts = []string{
	``, ` `, `{`, `}`, `[`, `]`, `{]`, `[}`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{,}`, `[1,]`, `[,]`, `[1 2]`, `{"a" 1}`, `{a:1}`, `{"a":1]`, `[1}`, `1 2`, `{}{}`,
	`"`, `"a`, `"\"`, `"\x"`, `"\u12"`, `"\u12g4"`, "\"\n\"", "\"1234567\n\"", `01`, `-`, `-a`, `1.`, `.5`, `1e`, `1e+`, `+1`, `0x1`, `NaN`, `tru`, `truE`, `nul`, `fals`,
	`{"a":1}x`, `{"a":01}`, `{1:1}`, `[{"a":[}]`, "{\"a\":\x001}",
}

func TestJSONIsToldFromWhatIsNone(t *testing.T) {
	for _, text := range validTexts {
		assert.True(t, json.Valid([]byte(text)), "the test is wrong: %q", text)
		assert.True(t, Valid(text), "%q", text)
	}
	for _, text := range invalidTexts {
		assert.False(t, json.Valid([]byte(text)), "the test is wrong: %q", text)
		assert.False(t, Valid(text), "%q", text)
	}
}

func TestNoPartOfAnObjectIsOne(t *testing.T) {
	const text = `{"a":{"b":[1,-2.5e3,{"c":null}],"d":"\u00e9 a text of more than eight bytes"},"e":true}`
	for n := range len(text) {
		assert.False(t, Valid(text[:n]), text[:n])
	}
}

func TestNestingIsBounded(t *testing.T) {
	for _, c := range []struct {
		levels int
		valid  bool
	}{{1, true}, {63, true}, {64, true}, {65, false}, {1_000_000, false}} {
		arrays := strings.Repeat("[", c.levels) + strings.Repeat("]", c.levels)
		assert.Equal(t, c.valid, Valid(arrays), "%d arrays", c.levels)
		objects := strings.Repeat(`{"a":`, c.levels) + "1" + strings.Repeat("}", c.levels)
		assert.Equal(t, c.valid, Valid(objects), "%d objects", c.levels)
	}
}

func TestAStringEndsWhereItsQuoteIs(t *testing.T) {
	for length := range 40 {
		text := `"` + strings.Repeat("x", length) + `" "`
		next, escaped := SkipString([]byte(text), 0)
		assert.Equal(t, length+2, next)
		assert.False(t, escaped)
		for at := range length {
			b := []byte(text)
			b[1+at] = '\\'
			if at+1 < length {
				b[2+at] = '"' // of the escape, so not the end
			}
			next, escaped = SkipString(b, 0)
			assert.True(t, escaped)
			if at+1 < length {
				assert.Equal(t, length+2, next, "%s", b)
			}
			b[1+at] = 0x1f
			next, _ = SkipString(b, 0)
			assert.Equal(t, Bad, next, "%q", b)
		}
	}
}

func FuzzSkipJSON(f *testing.F) {
	for _, text := range append(validTexts, invalidTexts...) {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if depth(string(text)) > MaxDepth {
			return
		}
		assert.Equal(t, json.Valid(text), Valid(string(text)))
	})
}

func BenchmarkSkipJSON(b *testing.B) {
	text := `{"records":[` + strings.Repeat(`{"time":"2026-03-02T09:07:13.1234567Z","category":"SignInLogs","durationMs":0,"properties":{"status":{"errorCode":50126}}},`, 20) + `{}]}`
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		Valid(text)
	}
}

// depth returns how deep the brackets of a JSON text nest: what skipJSON is held against.
func depth(text string) int {
	now, most := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '{', '[':
			now++
			most = max(most, now)
		case '}', ']':
			now--
		case '"':
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		}
	}
	return most
}

// Every byte at every place of a text of every length up to five steps of 16 bytes, and from every index.
func TestIndexStop(t *testing.T) {
	for length := range 80 {
		text := bytes.Repeat([]byte("é")[:1], length)
		for from := 0; from <= length; from += 7 {
			require.Greater(t, 16, length-indexStop(text, from))
		}
		for place := range length {
			for c := range 256 {
				text[place] = byte(c)
				got := indexStop(text, place/2)
				if stop := c == '"' || c == '\\' || c < ' '; stop && got != place {
					require.Less(t, got, place, "byte %x at %d of %d", c, place, length)
					require.Greater(t, 16, length-got)
				} else if !stop {
					require.Greater(t, 16, length-got, "byte %x at %d of %d", c, place, length)
				}
			}
			text[place] = 'x'
		}
	}
}
