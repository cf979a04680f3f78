package filter

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tinylib/msgp/msgp"

	"fluent-bit-entra-signin/catalog"
)

const signInRecord = `{"id":1,"resultType":"50126"}`

// Every way in which versions of Fluent Bit and its inputs begin an event.
func TestFraming(t *testing.T) {
	e := engine(t)
	body := pack(t, signInRecord)
	want := pack(t, plus(signInRecord, "Wrong password.", "medium"))
	seconds := []byte{0xce, 0x65, 0x53, 0xf1, 0x00}
	for name, head := range map[string][]byte{
		"since 2.1":                     newHead,
		"with metadata":                 metaHead,
		"array 32, as 2.1 to 3.0 write": join([]byte{0xdd, 0, 0, 0, 2, 0xdd, 0, 0, 0, 2}, stamp, []byte{0x80}),
		"array 16":                      join([]byte{0xdc, 0, 2, 0xdc, 0, 2}, stamp, []byte{0xde, 0, 0}),
		"metadata that is no map":       join([]byte{0x92, 0x92}, stamp, []byte{0xc0}),
		"1.x":                           oldHead,
		"1.x, array 16":                 join([]byte{0xdc, 0, 2}, stamp),
		"1.x, array 32":                 join([]byte{0xdd, 0, 0, 0, 2}, stamp),
		"1.x, seconds":                  join([]byte{0x92}, seconds),
		"1.x, fixint":                   {0x92, 0x05},
		"1.x, float 32":                 join([]byte{0x92}, msgp.AppendFloat32(nil, 1.7e9)),
		"1.x, float 64":                 join([]byte{0x92}, msgp.AppendFloat64(nil, 1700000000.25)),
		"an ext 8 for the timestamp":    join([]byte{0x92, 0x92, 0xc7, 8, 0}, stamp[2:], []byte{0x80}),
		"seconds in the new form":       join([]byte{0x92, 0x92}, seconds, []byte{0x80}),
		"a timestamp of another type":   join([]byte{0x92, 0x92, 0xd7, 5}, stamp[2:], []byte{0x80}),
		"no timestamp at all":           {0x92, 0xc0},
	} {
		t.Run(name, func(t *testing.T) {
			out, r := enrich(t, e, join(head, body))
			assert.Equal(t, join(head, want), out)
			assert.Equal(t, Counts{Records: 1, Matched: 1}, bare(r.Counts))
		})
	}
}

func TestMarkersAreLeftAlone(t *testing.T) {
	e := engine(t)
	body := pack(t, signInRecord)
	for name, stamp := range map[string][]byte{
		"start": {0xd7, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0},
		"end":   {0xd7, 0, 0xff, 0xff, 0xff, 0xfe, 0, 0, 0, 0},
		"ext 8": {0xc7, 8, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			chunk := join([]byte{0x92, 0x92}, stamp, []byte{0x80}, body)
			_, r := enrich(t, e, chunk)
			assert.False(t, r.Changed)
			assert.Zero(t, r.Counts, "a marker is no record")

			out, r := enrich(t, e, join(chunk, eventOf(t, signInRecord), chunk))
			assert.Equal(t, join(chunk, eventOf(t, plus(signInRecord, "Wrong password.", "medium")), chunk), out)
			assert.Equal(t, uint64(1), r.Counts.Records)
		})
	}
	_, r := enrich(t, e, join(oddMarker, eventOf(t, signInRecord)))
	assert.Equal(t, uint64(1), r.Counts.Records, "whatever the body of a marker is")
}

// oddMarker is a group marker whose body is no map, which Fluent Bit does not write.
var oddMarker = []byte("\x92\x92\xd7\x00\xff\xff\xff\xff\x00\x00\x00\x00\x80\xa1x")

// What is no event passes as it is, and what comes after it is still found.
func TestForeignValues(t *testing.T) {
	e := engine(t)
	good, better := eventOf(t, signInRecord), eventOf(t, plus(signInRecord, "Wrong password.", "medium"))
	for name, foreign := range map[string][]byte{
		"nil":                       {0xc0},
		"a number":                  {0x07},
		"a text":                    []byte("\xa5hello"),
		"a map":                     pack(t, signInRecord),
		"an empty array":            {0x90},
		"an array of one":           {0x91, 0x80},
		"an array of three":         join([]byte{0x93}, stamp, []byte{0x80, 0x80}),
		"a header of one":           join([]byte{0x92, 0x91}, stamp, pack(t, signInRecord)),
		"a header of three":         join([]byte{0x92, 0x93}, stamp, []byte{0x80, 0x80}, pack(t, signInRecord)),
		"a body that is an array":   join(newHead, []byte{0x90}),
		"a body that is a text":     join(newHead, []byte("\xa8ErrorNum")),
		"a body that is nil":        join(oldHead, []byte{0xc0}),
		"a map of too many pairs":   join(newHead, []byte("\xdf\x00\x00\x00\x00")),
		"arrays in arrays":          bytes.Repeat([]byte{0x91}, 50),
		"an ext of no known type":   {0xc7, 3, 99, 1, 2, 3},
		"an array 32 of two, empty": {0xdd, 0, 0, 0, 2, 0xc0, 0xc0},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "arrays in arrays" {
				foreign = append(foreign, 0xc0)
			}
			out, r := enrich(t, e, join(good, foreign, good))
			assert.Equal(t, join(better, foreign, better), out)
			require.NoError(t, r.Err)
			assert.Equal(t, uint64(3), r.Counts.Records)
			assert.Equal(t, uint64(2), r.Counts.Matched)
		})
	}
}

func TestEmptyChunk(t *testing.T) {
	for _, chunk := range [][]byte{nil, {}} {
		_, r := enrich(t, engine(t), chunk)
		assert.Equal(t, Result{Unknown: nil}, r)
	}
}

// Wherever a chunk is cut off, what is whole before the cut is enriched and the rest passes byte for byte.
func TestCutAtEveryByte(t *testing.T) {
	e := engine(t, "Schema", "ecs")
	var events, enriched [][]byte
	for i, s := range shapes {
		head := [][]byte{newHead, oldHead, metaHead}[i%3]
		ev := join(head, pack(t, s.record))
		out, _ := enrich(t, e, ev)
		events, enriched = append(events, ev), append(enriched, out)
	}
	chunk := join(events...)
	whole, at, want := 0, 0, []byte(nil)
	for n := range chunk {
		if n == at+len(events[whole]) {
			want = append(want, enriched[whole]...)
			at += len(events[whole])
			whole++
		}
		r := e.Enrich(chunk[:n:n])
		out := r.AppendTo(nil)
		if !bytes.Equal(join(want, chunk[at:n]), out) {
			t.Fatalf("cut at byte %d: got %x", n, out)
		}
		require.Equal(t, uint64(whole), r.Counts.Records)
		if n > at {
			require.ErrorContains(t, r.Err, fmt.Sprintf("the chunk is damaged at byte %d of %d", at, n))
			require.Equal(t, uint64(1), r.Counts.Malformed)
		} else {
			require.NoError(t, r.Err)
		}
		r.Release()
	}
}

// A wrong byte anywhere: the output is as long as it says, nothing panics, and what comes before it is enriched.
func TestDamageAtEveryByte(t *testing.T) {
	e := engine(t)
	good := eventOf(t, signInRecord)
	better, _ := enrich(t, e, good)
	for _, wrong := range []byte{0xc1, 0xdf, 0xdd, 0xdb, 0xc6, 0xc9, 0x00, 0x9f, 0xff} {
		for i := range good {
			damaged := bytes.Clone(good)
			damaged[i] = wrong
			out, r := enrich(t, e, join(good, damaged, good))
			require.Equal(t, better, out[:len(better)])
			if r.Err != nil {
				require.True(t, bytes.HasSuffix(out, damaged) || bytes.HasSuffix(out, good))
			}
		}
	}
}

func TestTenThousandRecords(t *testing.T) {
	e := engine(t)
	var chunk, want []byte
	records := []struct{ record, want string }{
		{signInRecord, plus(signInRecord, "Wrong password.", "medium")},
		{`{"status":{"errorCode":0},"severity":3}`, `{"status":{"errorCode":0},"severity":"info","description":"Signed in."}`},
		{`{"log":"nothing"}`, `{"log":"nothing"}`},
		{`{"status":{"errorCode":4242}}`, plus(`{"status":{"errorCode":4242}}`, "The catalog has no entry for code 4242.", "unknown")},
	}
	for i := range 10_000 {
		chunk = append(chunk, eventOf(t, records[i%4].record)...)
		want = append(want, eventOf(t, records[i%4].want)...)
	}
	out, r := enrich(t, e, chunk)
	assert.True(t, bytes.Equal(bodiesOf(t, want), bodiesOf(t, out)))
	assert.Equal(t, Counts{Records: 10_000, Matched: 5_000, NoCode: 2_500, Unknown: 2_500}, bare(r.Counts))
	assert.Equal(t, [4][6]uint64{{2500}, {0, 2500}, {}, {0, 0, 0, 2500}}, r.Counts.Judged)
	assert.Equal(t, uint64(2500), r.Counts.Severity(catalog.Medium))
	assert.Equal(t, []uint32{4242}, r.Unknown)
	assert.Equal(t, r.Counts, e.Stats())
	assert.Equal(t, map[uint32]uint64{50126: 2500, 0: 2500}, e.Codes())
}

func bodiesOf(t *testing.T, chunk []byte) []byte { return []byte(bodies(t, chunk)) }

func TestStampAt(t *testing.T) {
	for name, c := range map[string]struct {
		stamp []byte
		sec   int64
		nsec  uint32
	}{
		"fixext 8":         {stamp, 1_700_000_000, 5},
		"ext 8":            {join([]byte{0xc7, 8, 0}, stamp[2:]), 1_700_000_000, 5},
		"another ext":      {join([]byte{0xd7, 1}, stamp[2:]), 0, 0},
		"uint 32":          {[]byte{0xce, 0x65, 0x53, 0xf1, 0x00}, 1_700_000_000, 0},
		"uint 64 too long": {[]byte{0xcf, 0xff, 0, 0, 0, 0, 0, 0, 0}, 0, 0},
		"negative":         {[]byte{0xff}, -1, 0},
		"float":            {msgp.AppendFloat64(nil, 1700000000.5), 1_700_000_000, 500_000_000},
		"float 32":         {msgp.AppendFloat32(nil, 2.5), 2, 500_000_000},
		"negative float":   {msgp.AppendFloat64(nil, -1), 0, 0},
		"huge float":       {msgp.AppendFloat64(nil, 1e300), 0, 0},
		"NaN":              {[]byte{0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 1}, 0, 0},
		"a text":           {[]byte("\xa15"), 0, 0},
		"nothing":          {nil, 0, 0},
	} {
		sec, nsec, marker := stampAt(c.stamp, 0)
		assert.Equal(t, c.sec, sec, name)
		assert.Equal(t, c.nsec, nsec, name)
		assert.False(t, marker, name)
	}
}

func TestEvents(t *testing.T) {
	marker := []byte{0x92, 0x92, 0xd7, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0x80, 0x80}
	chunk := join(newHead, []byte{0x80}, metaHead, []byte{0x81, 1, 2}, oldHead, []byte{0x80}, []byte{0x92, 7, 0x80}, marker, []byte("\xa3odd"), newHead, []byte{0xc0})
	var got []Event
	require.NoError(t, Events(chunk, func(ev Event) bool { got = append(got, ev); return true }))
	assert.Equal(t, []Event{
		{Sec: 1_700_000_000, Nsec: 5, Metadata: []byte{0x80}, Body: []byte{0x80}},
		{Sec: 1_700_000_000, Nsec: 5, Metadata: []byte("\x81\xa1m\x01"), Body: []byte{0x81, 1, 2}},
		{Sec: 1_700_000_000, Nsec: 5, Body: []byte{0x80}},
		{Sec: 7, Body: []byte{0x80}},
		{Sec: 0xffffffff, Marker: true, Metadata: []byte{0x80}, Body: []byte{0x80}},
		{Body: []byte("\xa3odd")},
		{Sec: 1_700_000_000, Nsec: 5, Metadata: []byte{0x80}, Body: []byte{0xc0}},
	}, got)
}

func TestEventsStops(t *testing.T) {
	n := 0
	require.NoError(t, Events([]byte{1, 2, 3}, func(Event) bool { n++; return n < 2 }))
	assert.Equal(t, 2, n)
}

func TestEventsOfADamagedChunk(t *testing.T) {
	n := 0
	err := Events(join(newHead, []byte{0x80}, newHead), func(Event) bool { n++; return true })
	assert.EqualError(t, err, "the chunk is damaged at byte 14 of 27: no whole MessagePack value (0x92)")
	assert.Equal(t, 1, n)
	assert.NoError(t, Events(nil, func(Event) bool { panic("an empty chunk has no event") }))
}

func TestTopKeys(t *testing.T) {
	body := pack(t, `{"a":{"x":1},"b":[1,2],"c":3}`)
	assert.Equal(t, []string{"a", "b", "c"}, TopKeys(body, 10))
	assert.Equal(t, []string{"a", "b"}, TopKeys(body, 2))
	for i := range body {
		assert.LessOrEqual(t, len(TopKeys(body[:i], 10)), 3, "cut off")
	}
	assert.Empty(t, TopKeys([]byte{0x93, 1, 2, 3}, 10))
	assert.Empty(t, TopKeys(nil, 10))
}
