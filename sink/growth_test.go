package sink

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// encoders are all ways to write a record, each with the bound of what it writes: times bytes for each of the record, and plus
// bytes beside that. An extension of one byte, 3 bytes long, is what grows most:
//
//	{"type":-128,"data":"AQ=="},            28 bytes of JSON
//	{\"type\":-128,\"data\":\"AQ==\"},      34 in the string of a logfmt value
//
// and the string that Loki gets the line in escapes the quotation marks again. logfmt has the repeated keys besides.
func encoders(t testing.TB) []boundedEncoder {
	wireOf := func(set map[string]string) func([]byte, *Record) ([]byte, error) {
		set["URL"] = "http://127.0.0.1"
		d, err := tryOpen(set, func(Level, string) {})
		require.NoError(t, err)
		n := d.sink.(*network)
		return func(dst []byte, r *Record) ([]byte, error) {
			e := n.wire.newEncoder()
			buf, group, err := e.encode(dst, r)
			if err != nil {
				return buf, err
			}
			if a, ok := e.(assembler); ok {
				return bytes.Join(a.assemble(buf, &Chunk{Records: []Record{*r}}, []item{{to: len(buf), group: group}}), nil), nil
			}
			return buf, nil
		}
	}
	return []boundedEncoder{
		{"json", 10, 64, appendJSONLine},
		{"logfmt", 14, 4160, appendLogfmtLine},
		{"dead letter", 10, 192, func(dst []byte, r *Record) ([]byte, error) {
			return appendDeadLetter(dst, "id", time.Unix(0, 0), "tag", r, &outcome{status: 400, reason: "reason"}), nil
		}},
		{"http", 10, 64, wireOf(map[string]string{"Sink": HTTP})},
		{"http array", 10, 64, wireOf(map[string]string{"Sink": HTTP, "Line_Format": Array})},
		{"elasticsearch", 10, 256, wireOf(map[string]string{"Sink": Elasticsearch})},
		{"loki", 14, 256, wireOf(map[string]string{"Sink": Loki})},
		{"loki logfmt", 18, 4352, wireOf(map[string]string{"Sink": Loki, "Line_Format": Logfmt})},
	}
}

type boundedEncoder struct {
	name        string
	times, plus int
	write       func(dst []byte, r *Record) ([]byte, error)
}

// check fails the test if the encoder writes more than its bound. It returns how many bytes it wrote.
func (e *boundedEncoder) check(t testing.TB, name string, body []byte) int {
	out, err := e.write(nil, &Record{Body: body})
	if most := e.times*len(body) + e.plus; err == nil && len(out) > most {
		t.Fatalf("%s: %s: a record of %d bytes became %d, more than %d", e.name, name, len(body), len(out), most)
	}
	if most := e.times*len(body) + e.plus; cap(out) > 4*most+1024 {
		t.Fatalf("%s: %s: a record of %d bytes took a buffer of %d", e.name, name, len(body), cap(out))
	}
	return len(out)
}

// mapOf and arrayOf write containers of any size.
func mapOf(n int, members []byte) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{0xdf}, uint32(n)), members...)
}

func arrayOf(n int, elements []byte) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{0xdd}, uint32(n)), elements...)
}

// hostile are records of about size bytes, each of the shape that one encoder grows most with.
func hostile(size int) iter.Seq2[string, []byte] {
	below := func(value []byte) []byte { return append([]byte{0x81, 0xa1, 'a'}, value...) }
	return func(yield func(string, []byte) bool) {
		for name, value := range map[string][]byte{
			"nil": {0xc0}, "false": {0xc2}, "small number": {0x7f}, "negative": {0xe0}, "empty map": {0x80}, "empty array": {0x90},
			"empty string": {0xa0}, "empty bin": {0xc4, 0}, "control": {0xa1, 1}, "quote": {0xa1, '"'}, "backslash": {0xa1, '\\'},
			"not UTF-8": {0xa1, 0xff}, "event time": append([]byte{0xd7, 0}, "\xff\xff\xff\xff\xff\xff\xff\xff"...),
			"ext of nothing": {0xc7, 0, 0x80}, "ext of a byte": {0xd4, 0x80, 1}, "ext of two": {0xd5, 0x80, 1, 2},
			"small float": binary.BigEndian.AppendUint32([]byte{0xca}, math.Float32bits(-1.2345678e-6)),
			"large float": binary.BigEndian.AppendUint32([]byte{0xca}, math.Float32bits(-9.9e20)),
			"double":      binary.BigEndian.AppendUint64([]byte{0xcb}, math.Float64bits(-1.2345678901234567e-6)),
			"integer":     binary.BigEndian.AppendUint64([]byte{0xd3}, 1<<63),
		} {
			n := size / (len(value) + 1)
			values := bytes.Repeat(value, n)
			members := mapOf(n, bytes.Repeat(append([]byte{0xa0}, value...), n))
			keys := mapOf(n, bytes.Repeat(append(bytes.Clone(value), 0xc0), n))
			if !yield("array of "+name, below(arrayOf(n, values))) || !yield("members of "+name, members) ||
				!yield("members below of "+name, below(members)) || !yield("keys of "+name, keys) || !yield("keys below of "+name, below(keys)) {
				return
			}
		}
		for _, fill := range []string{"x", "\x01", "\"", "\xff"} {
			half := strings.Repeat(fill, size/2)
			members := mapOf(size/4, bytes.Repeat([]byte{0xa0, 0xc0}, size/4))
			key := pack(strings.Repeat(fill, size/60))
			level := append([]byte{0x82, 0xa0, 0x01}, key...)
			if !yield("a text of "+fill, pack(pairs{"a", half})) || !yield("a long key of "+fill, pack(pairs{half, 1})) ||
				!yield("a long key above members, of "+fill, append(append([]byte{0x81}, pack(half)...), members...)) ||
				!yield("a chain of long keys of "+fill, nested(60, append([]byte{0x81}, key...), []byte{0x01})) ||
				!yield("a chain with members, of "+fill, nested(60, level, []byte{0x01})) {
				return
			}
		}
	}
}

// TestNoEncoderMultiplies is about a record that ends the host: it comes in with 70 kB and takes 150 MB to write.
func TestNoEncoderMultiplies(t *testing.T) {
	start := time.Now()
	for _, e := range encoders(t) {
		greatest := 0.0
		for _, size := range []int{16, 500, 20_000, 100_000} {
			for name, body := range hostile(size) {
				wrote := e.check(t, name, body)
				if size == 20_000 { // of the largest, Loki takes no line
					greatest = max(greatest, float64(wrote)/float64(len(body)))
				}
			}
		}
		assert.Greater(t, greatest, 0.6*float64(e.times), "%s: the bound is not tight", e.name)
	}
	assert.Less(t, time.Since(start), time.Minute, "what is quadratic in a record takes hours")
}

// TestNoEncoderMultipliesAnything is the same with records of random shape.
func TestNoEncoderMultipliesAnything(t *testing.T) {
	all := encoders(t)
	random := rand.New(rand.NewPCG(8, 13))
	var value func(dst []byte, depth int) []byte
	text := func(dst []byte) []byte {
		length := random.IntN(8)
		if random.IntN(20) == 0 {
			length = random.IntN(3000)
		}
		b := make([]byte, length)
		for i := range b {
			b[i] = "a\"\\\x00\xff="[random.IntN(6)]
		}
		return appendPacked(dst, string(b))
	}
	value = func(dst []byte, depth int) []byte {
		n := random.IntN(12)
		if len(dst) > 20_000 {
			return append(dst, 0xc2)
		}
		switch kind := random.IntN(8); {
		case kind < 3 && depth < 70:
			dst = append(dst, 0x80|byte(n))
			for range n {
				if random.IntN(10) == 0 {
					dst = value(dst, depth+60)
				} else {
					dst = text(dst)
				}
				dst = value(dst, depth+1+random.IntN(3)*random.IntN(20))
			}
			return dst
		case kind == 3 && depth < 70:
			dst = append(dst, 0x90|byte(n))
			for range n {
				dst = value(dst, depth+5)
			}
			return dst
		case kind == 4:
			return append(dst, 0xd4, byte(random.Uint32()), 1)
		case kind == 5:
			return append(dst, 0xc0|byte(random.IntN(2)*2))
		}
		return text(dst)
	}
	for range 1000 {
		body := value([]byte{0x81, 0xa1, 'a'}, 0)
		for i := range all {
			all[i].check(t, "random", body)
		}
	}
}

func errorOf(w wire, body []byte) error {
	_, _, err := w.newEncoder().encode(nil, &Record{Body: body})
	return err
}

// TestLokiStopsAtItsLimit is about the line that is refused in the end: it must not be written first.
func TestLokiStopsAtItsLimit(t *testing.T) {
	for _, format := range []string{JSON, Logfmt} {
		w := &lokiWire{logfmt: format == Logfmt}
		for name, body := range hostile(1 << 20) {
			line, err := w.newEncoder().(*lokiEncoder).appendLine(nil, &Record{Body: body})
			if len(line) <= maxLineBytes && err == nil {
				continue // such as a map of names that are all one
			}
			assert.LessOrEqual(t, cap(line), 7*maxLineBytes, "%s %s", format, name)
			assert.ErrorIs(t, errorOf(w, body), errLineTooLong, "%s %s", format, name)
		}
		// What fits exactly is taken, and nothing that is longer.
		room := maxLineBytes - len(map[string]string{JSON: `{"a":""}`, Logfmt: `a=`}[format])
		fits := pack(pairs{"a", strings.Repeat("x", room)})
		assert.NoError(t, errorOf(w, fits), format)
		longer := append(append([]byte{}, fits...), 'x')
		binary.BigEndian.PutUint32(longer[4:], binary.BigEndian.Uint32(longer[4:])+1)
		assert.ErrorIs(t, errorOf(w, longer), errLineTooLong, format)
	}
}

// TestLogfmtKeepsSignInsFlat holds that the bound on repeated keys is not met by what the plugin is for.
func TestLogfmtKeepsSignInsFlat(t *testing.T) {
	members := pairs{}
	for i := range 40 {
		members = append(members, fmt.Sprintf("aPolicyWithALongName%02d", i), pairs{"errorCode", i, "failureReason", "x"})
	}
	line, err := appendLogfmt(nil, pack(pairs{"properties", members}), noLimit)
	require.NoError(t, err)
	assert.NotContains(t, string(line), "{")
	assert.Contains(t, string(line), "_failureReason=x")
}

func TestLogfmtLongPath(t *testing.T) {
	long := strings.Repeat("k", 3000)
	line, err := appendLogfmt(nil, pack(pairs{long, pairs{"a", 1, "b", pairs{"c", 2, "d", 3}}, "d", pairs{"e", 3}}), noLimit)
	require.NoError(t, err)
	assert.True(t, long+`_a=1 `+long+`_b="{\"c\":2,\"d\":3}" d_e=3` == string(line))
}
