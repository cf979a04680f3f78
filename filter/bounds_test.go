package filter

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tinylib/msgp/msgp"
)

// Inputs made to cost more than they should. Each is made for a size in bytes, which it need only be near to.
var costly = []struct {
	name string
	make func(t testing.TB, size int) []byte
	// held is what the result may hold at most, and passing what may come and go besides its growth (texts without their
	// escapes, say), in times of chunk and output together.
	held, passing float64
}{
	{"maps in maps", func(_ testing.TB, size int) []byte {
		return join(newHead, bytes.Repeat([]byte("\x81\xa6status"), size/8), []byte{0xc0})
	}, 0, 0},
	{"arrays in arrays", func(_ testing.TB, size int) []byte {
		return append(bytes.Repeat([]byte{0x92, 0xc0}, size/2), 0xc0)
	}, 0, 0},
	{"headers without an end", func(_ testing.TB, size int) []byte { return bytes.Repeat([]byte{0x92}, size) }, 0, 0},
	{"arrays of 2^32", func(_ testing.TB, size int) []byte { return bytes.Repeat([]byte("\xdd\xff\xff\xff\xff"), size/5) }, 0, 0},
	{"maps of 2^32", func(_ testing.TB, size int) []byte {
		return join(newHead, bytes.Repeat([]byte("\xdf\xff\xff\xff\xff\xa1a"), size/7))
	}, 0, 0},
	{"a str of 2^32", func(_ testing.TB, size int) []byte {
		return join(newHead, []byte("\x81\xa3log\xdb\xff\xff\xff\xff"), make([]byte, size))
	}, 0, 0},
	{"one long text", func(_ testing.TB, size int) []byte {
		return join(newHead, []byte("\x82\xaaresultType\xcd\xc3\xce\xa3log"), msgp.AppendString(nil, strings.Repeat("A", size)))
	}, 0, 0},
	{"a long text of half codes", func(_ testing.TB, size int) []byte {
		return join(newHead, []byte("\x81\xa3log"), msgp.AppendString(nil, strings.Repeat("AADSTS", size/6)))
	}, 0, 0},
	{"empty values", func(_ testing.TB, size int) []byte { return bytes.Repeat([]byte{0x80}, size) }, 0, 0},
	{"small records", func(_ testing.TB, size int) []byte {
		return bytes.Repeat([]byte("\x92\x00\x81\xabLogonErrors\xc0"), size/16)
	}, 0, 0},
	{"small sign-ins", func(_ testing.TB, size int) []byte {
		return bytes.Repeat([]byte("\x92\x00\x81\xaaresultType\xcd\xc3\xce"), size/17)
	}, 1.3, 0},
	{"one key again and again", repeatedKeys, 0, 0},
	{"an envelope of small records", func(_ testing.TB, size int) []byte {
		record := []byte("\x81\xaaresultType\xcd\xc3\xce")
		list := msgp.AppendArrayHeader([]byte("\x81\xa7records"), uint32(size/len(record)))
		return join(newHead, list, bytes.Repeat(record, size/len(record)))
	}, 1.3, 3}, // events are made up to the limit, and dropped
	{"an envelope of empty records", func(_ testing.TB, size int) []byte {
		list := msgp.AppendArrayHeader([]byte("\x81\xa7records"), uint32(size))
		return join(newHead, list, bytes.Repeat([]byte{0x80}, size))
	}, 0, 0},
	{"an envelope with much metadata", func(_ testing.TB, size int) []byte {
		head := join([]byte{0x92, 0x92}, stamp, []byte("\x81\xa1m"), msgp.AppendString(nil, strings.Repeat("m", size/2)))
		return join(head, msgp.AppendArrayHeader([]byte("\x81\xa7records"), uint32(size/2)), bytes.Repeat([]byte{0x80}, size/2))
	}, 0, 0},
	{"many small envelopes", func(t testing.TB, size int) []byte {
		one := eventOf(t, `{"records":[{"resultType":"50126"},{"resultType":"50126"}]}`)
		return bytes.Repeat(one, size/len(one))
	}, 1.3, 0},
	{"JSON 64 deep", func(t testing.TB, size int) []byte {
		return jsonEvent(t, strings.Repeat(`{"records":`, 60)+`"`+strings.Repeat("x", size)+`"`+strings.Repeat("}", 60))
	}, 0, 0},
	{"JSON 64 deep in an envelope", func(t testing.TB, size int) []byte {
		return jsonEvent(t, `{"records":[{"resultType":"50126","a":`+strings.Repeat(`{"a":`, 50)+`"`+strings.Repeat("x", size)+`"`+strings.Repeat("}", 50)+`}]}`)
	}, 1.3, 0},
	{"JSON 64 deep with long lists", func(t testing.TB, size int) []byte {
		deep := strings.Repeat(`[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,`, 58)
		return jsonEvent(t, `{"records":[{"resultType":"50126","a":`+deep+`"`+strings.Repeat("x", size)+`"`+strings.Repeat("]", 58)+`}]}`)
	}, 1.3, 0},
	{"JSON of many keys", func(t testing.TB, size int) []byte {
		return jsonEvent(t, `{`+strings.Repeat(`"severity":1,"status":{"errorCode":0},`, size/38)+`"resultType":"50126"}`)
	}, 0, 0},
	{"JSON of many keys with escapes", func(t testing.TB, size int) []byte {
		return jsonEvent(t, `{`+strings.Repeat(`"\u0061":"\u0062",`, size/18)+`"resultType":"50126"}`)
	}, 0, 1},
	{"JSON of numbers in an envelope", func(t testing.TB, size int) []byte {
		return jsonEvent(t, `{"records":[{"resultType":"50126","a":[`+strings.Repeat(`0.5,`, size/4)+`1]}]}`)
	}, 1.3, 0},
	{"JSON in properties, again and again", func(t testing.TB, size int) []byte {
		one := `"properties":"{\"a\":1}",`
		return jsonEvent(t, `{`+strings.Repeat(one, size/len(one))+`"a":1}`)
	}, 0, 1},
	{"properties, again and again", func(_ testing.TB, size int) []byte {
		one := []byte("\xaaproperties\xa7{\"a\":1}")
		n := size / len(one)
		return join(newHead, msgp.AppendMapHeader(nil, uint32(n)), bytes.Repeat(one, n))
	}, 0, 0},
	{"a map of maps", func(_ testing.TB, size int) []byte {
		one := "\xa3log\x81\xa3log\x81\xa3log\x81\xa1a\x01"
		n := size / len(one)
		return join(newHead, []byte("\x81\xa3log"), msgp.AppendMapHeader(nil, uint32(n)), bytes.Repeat([]byte(one), n))
	}, 0, 4},
	{"a map with an envelope", func(_ testing.TB, size int) []byte {
		record := []byte("\x81\xaaresultType\xcd\xc3\xce")
		list := msgp.AppendArrayHeader([]byte("\x81\xa3log\x81\xa7records"), uint32(size/len(record)))
		return join(newHead, list, bytes.Repeat(record, size/len(record)))
	}, 1.3, 8},
	{"a list of small maps of others", func(_ testing.TB, size int) []byte {
		list := msgp.AppendArrayHeader([]byte("\x81\xa3log"), uint32(size/4))
		return join(newHead, list, bytes.Repeat([]byte("\x81\xa1a\x01"), size/4))
	}, 0, 0},
	{"strings in strings", func(t testing.TB, size int) []byte {
		text := `"` + strings.Repeat("x", size/8) + `"`
		for range 3 {
			text = `{"a":` + text + `,"log":` + quote(`{"a":`+text+`}`) + `}`
		}
		return jsonEvent(t, text)
	}, 0, 1},
	{"brackets without an end", func(t testing.TB, size int) []byte { return jsonEvent(t, `{"a":`+strings.Repeat("[", size)) }, 0, 0},
	{"quotes without an end", func(t testing.TB, size int) []byte { return jsonEvent(t, `{"a":"`+strings.Repeat(`\"`, size/2)) }, 0, 0},
}

// repeatedKeys is a sign-in that has the keys to be replaced again and again.
func repeatedKeys(_ testing.TB, size int) []byte {
	b := join(newHead, []byte{0xdf, 0, 0, 0, 0})
	n := 0
	for ; len(b) < size; n += 2 {
		b = append(b, "\xa8severity\x01\xabdescription\x01"...)
	}
	b = append(b, "\xaaresultType\xcd\xc3\xce"...)
	copy(b[len(newHead)+1:], []byte{byte((n + 1) >> 24), byte((n + 1) >> 16), byte((n + 1) >> 8), byte(n + 1)})
	return b
}

// jsonEvent is an event with a JSON text in log.
func jsonEvent(_ testing.TB, text string) []byte {
	return join(newHead, msgp.AppendString([]byte("\x81\xa3log"), text))
}

// duration is the least processor time that a chunk takes: unlike time on the clock, it does not hang on what else the machine does.
func duration(e *Engine, chunk []byte) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	least := time.Hour
	for range 3 {
		start := threadTime()
		r := e.Enrich(chunk)
		least = min(least, threadTime()-start)
		r.Release()
	}
	return least
}

// Time is linear: eight times the input takes about eight times as long. A square would take 64 times.
func TestTimeIsLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("measures time")
	}
	e := engine(t, "Parse_Json", "on")
	for _, c := range costly {
		t.Run(c.name, func(t *testing.T) {
			const size = 64 << 10
			small, large := c.make(t, size), c.make(t, 8*size)
			var ratio float64
			for range 4 { // a machine that is busy with other things gets another chance
				a, b := duration(e, small), duration(e, large)
				if ratio = float64(b) / float64(max(a, 20*time.Microsecond)); ratio < 24 {
					return
				}
			}
			t.Errorf("8 times the input takes %.0f times as long", ratio)
		})
	}
}

// A record that repeats the keys that are replaced costs a bounded number of edits.
func TestEditsOfOneRecordAreFew(t *testing.T) {
	e := engine(t)
	r := e.Enrich(repeatedKeys(t, 1<<16))
	require.Equal(t, uint64(1), r.Counts.Matched)
	assert.NotEmpty(t, r.edits)
	assert.LessOrEqual(t, len(r.edits), maxExisting)
	r.Release()

	// The targets that come late are still found, so that none is appended twice.
	record := `{"resultType":"50126",` + strings.Repeat(`"severity":1,`, 100) + `"description":2}`
	out := enriched(t, engine(t), record)
	assert.Equal(t, 1, strings.Count(out, `"description"`), out)
	assert.Equal(t, maxExisting, strings.Count(out, fmt.Sprintf("%q:%q", "severity", "medium")))
	assert.Equal(t, out, enriched(t, engine(t), out))
}
