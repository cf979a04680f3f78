package filter

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tinylib/msgp/msgp"

	"fluent-bit-entra-signin/internal/jsontext"
)

// A generator makes random records of keys and values that mean something more often than chance would have it.
type generator struct{ *rand.Rand }

func newGenerator(seed uint64) generator { return generator{rand.New(rand.NewPCG(seed, 4))} }

func pick[T any](g generator, from []T) T { return from[g.IntN(len(from))] }

var genKeys = []string{
	"status", "Status", "errorCode", "properties", "properties.status", "resultType", "ResultType", "resulttype", "category", "Category", "Type", "type",
	"ErrorNumber", "ErrorCode", "error_codes", "error", "code", "error.code", "error_description", "message", "log", "LogonError", "azure", "signinlogs",
	"azure.signinlogs.result_type", "azure.signinlogs.properties.status.error_code", "operationName", "Operation", "event", "dataset", "event.action",
	"AccountUpn", "userPrincipalName", "failureReason", "status.failureReason", "resultDescription", "description", "severity", "Description", "time",
	"", "a", "é", "key with \x00", "a key that is as long as no place and no target ever is, and then some more",
}

var genTexts = []string{
	"0", "50126", "50053", "4242", "404", "AADSTS50126", "AADSTS50126: x", "AADSTS4242: y", "AADSTS00000: z", "SignInLogs", "AuditLogs", "Success", "",
	"Sign-in activity", "UserLoggedIn", "IdsLocked", "azure.signinlogs", "Other.", "\xff\xfe", "[INFO] x", "a@contoso.com", "\x00",
}

var genNumbers = []int64{0, 50126, 50053, 65001, 4242, 404, -1, 1 << 40, math.MinInt64, math.MaxInt64, 127, 128, 65535, 65536}

// value makes a MessagePack value of any type, in any of its lengths.
func (g generator) value(b []byte, depth int) []byte {
	switch n := g.IntN(18); n {
	case 0, 1, 2:
		return g.text(b, pick(g, genTexts))
	case 3, 4, 5:
		return msgp.AppendInt64(b, pick(g, genNumbers))
	case 6:
		return msgp.AppendFloat64(b, pick(g, []float64{0, 50126, 50126.5, math.NaN(), math.Inf(1), -1, 1e300}))
	case 7:
		return msgp.AppendFloat32(b, 50053)
	case 8:
		return append(b, pick(g, []byte{0xc0, 0xc2, 0xc3}))
	case 9:
		return msgp.AppendUint64(b, g.Uint64())
	case 10:
		return g.bytes(b)
	case 11:
		return g.ext(b)
	case 12, 13:
		if depth > 0 {
			return g.array(b, depth-1)
		}
	case 14, 15, 16, 17:
		if depth > 0 {
			return g.record(b, depth-1)
		}
	}
	return append(b, byte(g.IntN(128)))
}

func (g generator) text(b []byte, s string) []byte {
	n := len(s)
	switch g.IntN(6) {
	case 0:
		return append(append(b, 0xd9, byte(n)), s...)
	case 1:
		return append(append(b, 0xda, byte(n>>8), byte(n)), s...)
	case 2:
		return append(append(b, 0xdb, 0, 0, byte(n>>8), byte(n)), s...)
	case 3:
		return msgp.AppendBytes(b, []byte(s))
	}
	return msgp.AppendString(b, s)
}

func (g generator) bytes(b []byte) []byte {
	data := make([]byte, g.IntN(40))
	for i := range data {
		data[i] = byte(g.Uint32())
	}
	return msgp.AppendBytes(b, data)
}

func (g generator) ext(b []byte) []byte {
	n := pick(g, []int{0, 1, 2, 3, 4, 8, 12, 16, 17, 300})
	b, _ = msgp.AppendExtension(b, &msgp.RawExtension{Type: int8(g.IntN(100)) + 10, Data: make([]byte, n)})
	return b
}

func (g generator) array(b []byte, depth int) []byte {
	n := g.IntN(5)
	if g.IntN(10) == 0 {
		n = 20
	}
	b = append(b, pick(g, [][]byte{{0x90 | byte(n&15)}, {0xdc, 0, byte(n & 15)}, {0xdd, 0, 0, 0, byte(n & 15)}})...)
	for range n & 15 {
		b = g.value(b, depth)
	}
	return b
}

// record makes a map, now and then with keys that are no text.
func (g generator) record(b []byte, depth int) []byte {
	n := g.IntN(18)
	switch {
	case n <= 15 && g.IntN(3) > 0:
		b = append(b, 0x80|byte(n))
	case g.IntN(2) > 0:
		b = append(b, 0xde, 0, byte(n))
	default:
		b = append(b, 0xdf, 0, 0, 0, byte(n))
	}
	for range n {
		if g.IntN(20) == 0 {
			b = g.value(b, 1)
		} else {
			b = g.text(b, pick(g, genKeys))
		}
		b = g.value(b, depth)
	}
	return b
}

// Everything but the appended fields is byte for byte the input, and these are what a second implementation says.
func TestRandomRecords(t *testing.T) {
	e, c := engine(t, "Json_Key", ""), words(t) // the second implementation knows no records inside records
	g := newGenerator(1)
	heads := [][]byte{newHead, oldHead, metaHead, {0x92, 0x05}, join([]byte{0xdd, 0, 0, 0, 2, 0xdc, 0, 2}, stamp, []byte{0xde, 0, 0})}
	rounds := 2000
	if testing.Short() {
		rounds = 200
	}
	changed := 0
	for range rounds {
		var chunk, want []byte
		for range g.IntN(8) {
			head, body := pick(g, heads), g.record(nil, 3)
			ref := refEnrich(body, c)
			if !bytes.Equal(ref, body) {
				changed++
			}
			chunk = append(append(chunk, head...), body...)
			want = append(append(want, head...), ref...)
		}
		out, r := enrich(t, e, chunk)
		require.True(t, bytes.Equal(want, out), "want\n%x\ngot\n%x", want, out)
		require.NoError(t, r.Err)
		require.Equal(t, !bytes.Equal(chunk, out), r.Changed)

		again, r := enrich(t, e, out)
		require.Equal(t, out, again)
		require.False(t, r.Changed, "a second time changes nothing")
	}
	require.Greater(t, changed, rounds/2, "the generator makes sign-ins often enough")
}

// With any options the rest of a record stays: what is taken out of the output again gives the input.
func TestRandomRecordsWithOptions(t *testing.T) {
	g := newGenerator(2)
	for _, settings := range [][]string{
		{"Schema", "ecs"}, {"Schema", "ocsf"}, {"Overwrite", "off"}, {"Prefix", "entra_", "Fields", "code,technique,description"},
		{"Code_Key", "status.errorCode,a,é"}, {"Parse_Json", "on", "Time_From_Record", "on", "Envelope_Key", "rest"},
	} {
		e := engine(t, settings...)
		for range 500 {
			chunk := join(newHead, g.record(nil, 3))
			r := e.Enrich(chunk)
			require.NoError(t, r.Err)
			require.Equal(t, chunk, undo(t, r))
			out := r.AppendTo(nil)
			r.Release()
			rest, err := msgp.Skip(out)
			require.NoError(t, err)
			require.Empty(t, rest)
			again, second := enrich(t, e, out)
			require.Equal(t, out, again, settings)
			require.False(t, second.Changed)
		}
	}
}

// undo takes the edits out of a result's output again. It checks that they are in order and do not overlap.
func undo(t *testing.T, r *Result) []byte {
	out := r.AppendTo(nil)
	var in []byte
	from, shift := 0, 0
	for _, ed := range r.edits {
		require.GreaterOrEqual(t, ed.start, from)
		require.GreaterOrEqual(t, ed.end, ed.start)
		in = append(in, out[from+shift:ed.start+shift]...)
		require.Equal(t, string(ed.text), string(out[ed.start+shift:ed.start+shift+len(ed.text)]))
		in = append(in, r.chunk[ed.start:ed.end]...)
		shift += len(ed.text) - (ed.end - ed.start)
		from = ed.end
	}
	return append(in, out[from+shift:]...)
}

// json makes a record as JSON.
func (g generator) json(depth int) string {
	s := "{"
	for i := range g.IntN(8) {
		if i > 0 {
			s += ","
		}
		s += quote(pick(g, genKeys)) + ":"
		switch n := g.IntN(10); {
		case n < 4 && depth > 0:
			s += g.json(depth - 1)
		case n < 6:
			s += quote(pick(g, genTexts))
		case n < 8:
			s += strconv.FormatInt(pick(g, genNumbers), 10)
		case n == 8:
			s += pick(g, []string{"null", "true", "1.5", "1e40", "-0", "[]", "[1,2]", `["50126"]`, `[{"resultType":"50126"}]`, `"\ud83d"`})
		default:
			s += quote(g.json(0))
		}
	}
	return s + "}"
}

// A record gets the same in both encodings: as an event and as a line.
func TestBothEncodingsAgree(t *testing.T) {
	g := newGenerator(3)
	for _, settings := range [][]string{nil, {"Schema", "ecs"}, {"Overwrite", "off"}, {"Parse_Json", "on"}, {"Envelope_Key", "severity"}} {
		e := engine(t, settings...)
		for range 1000 {
			record := g.json(3)
			if g.IntN(4) == 0 {
				record = `{"records":[` + record + `,` + g.json(2) + `],"topic":"t"}`
			}
			chunk := join(newHead, jsontext.AppendMsgpack(nil, record))
			out, r := enrich(t, e, chunk)
			line, counts, err := e.EnrichJSON(nil, []byte(record))
			require.NoError(t, err)
			require.Equal(t, r.Counts, counts, record)
			var want []byte
			for _, l := range bytes.Split(bytes.TrimSuffix(line, []byte("\n")), []byte("\n")) {
				require.True(t, json.Valid(l), "%s", l)
				want = append(append(want, newHead...), jsontext.AppendMsgpack(nil, string(l))...)
			}
			require.Equal(t, bodies(t, want), bodies(t, out), record)
		}
	}
}
