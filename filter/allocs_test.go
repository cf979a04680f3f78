//go:build !race

// The race detector makes sync.Pool forget at random, so that nothing can be said of memory under it.

package filter

import (
	"bytes"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tinylib/msgp/msgp"

	"fluent-bit-entra-signin/catalog"
)

// A record on the parsed path allocates nothing, and neither does a chunk, once the pool is warm.
func TestNoAllocations(t *testing.T) {
	for name, c := range map[string]struct {
		settings []string
		chunk    []byte
	}{
		"Azure Monitor": {nil, azureChunk(t, 100, 2048)},
		"one record":    {nil, azureChunk(t, 1, 512)},
		"many records":  {nil, azureChunk(t, 10_000, 512)},
		"ecs":           {[]string{"Schema", "ecs"}, azureChunk(t, 100, 2048)},
		"ocsf":          {[]string{"Schema", "ocsf"}, azureChunk(t, 100, 2048)},
		"credential":    {[]string{"Fields", "severity,credential"}, azureChunk(t, 100, 2048)},
		"Context":       {[]string{"Context", "on"}, azureChunk(t, 100, 2048)},
		"rules of Context": {[]string{"Context", "on"}, eventOf(t, `{"properties":{"status":{"errorCode":0},"riskLevelDuringSignIn":"high","userAgent":"BAV2ROPC",`+
			`"riskEventTypes_v2":["leakedCredentials"],"authenticationDetails":[{"authenticationStepResultDetail":"x"}]}}`)},
		"fields written over":   {nil, eventOf(t, `{"severity":1,"status":{"errorCode":50126},"description":2}`)},
		"one field of two":      {nil, eventOf(t, `{"severity":1,"status":{"errorCode":50126}}`)},
		"nothing to find":       {nil, eventOf(t, `{"a":1,"log":"GET /","message":"x"}`)},
		"a code in a text":      {nil, eventOf(t, `{"log":"[ERROR] AADSTS50126: x"}`)},
		"Office 365":            {nil, eventOf(t, `{"Operation":"UserLoginFailed","ErrorNumber":"50126","LogonError":"InvalidUserNameOrPassword"}`)},
		"Code_Key":              {[]string{"Code_Key", "a.b"}, eventOf(t, `{"a":{"b":"50126"}}`)},
		"maps of others":        {nil, eventOf(t, `{"log":{"level":"info","file":{"path":"/x"}},"message":{"a":[1,2]},"body":[{"a":1},{"b":2}]}`)},
		"a second time":         {nil, eventOf(t, plus(signInRecord, "Wrong password.", "medium"))},
		"metadata, old headers": {nil, join(metaHead, pack(t, signInRecord), oldHead, pack(t, signInRecord))},
	} {
		t.Run(name, func(t *testing.T) {
			o := DefaultOptions()
			set(t, &o, c.settings...)
			e, err := New(o, catalog.Embedded())
			require.NoError(t, err)
			r := e.Enrich(c.chunk)
			require.Zero(t, r.Counts.Unknown)
			dst := make([]byte, r.Size)
			r.Release()
			assert.Zero(t, testing.AllocsPerRun(100, func() {
				r := e.Enrich(c.chunk)
				r.CopyTo(dst)
				r.Release()
			}))
		})
	}
}

// An envelope allocates no more for a hundred records than for two.
func TestNoAllocationsForRecordsOfAnEnvelope(t *testing.T) {
	e := engine(t)
	count := func(n int) float64 {
		chunk := eventOf(t, `{"records":[`+strings.Repeat(signInRecord+`,`, n-1)+signInRecord+`]}`)
		return testing.AllocsPerRun(100, func() { e.Enrich(chunk).Release() })
	}
	few := count(2)
	assert.LessOrEqual(t, few, 4.0)
	assert.LessOrEqual(t, count(100), few)
}

func TestAllocationsOfJSONInAString(t *testing.T) {
	e := engine(t)
	chunk := eventOf(t, `{"log":`+quote(azureRecord(1, 2048))+`}`)
	assert.LessOrEqual(t, testing.AllocsPerRun(100, func() { e.Enrich(chunk).Release() }), 2.0)
}

// Memory is bounded by the sizes of chunk and output, whatever the chunk says of itself: what a result holds, and all
// that is allocated on the way to it.
func TestMemoryIsBounded(t *testing.T) {
	for _, c := range costly {
		t.Run(c.name, func(t *testing.T) {
			chunk := c.make(t, 1<<20)
			for name, e := range map[string]*Engine{"flat": engine(t), "ecs": engine(t, "Schema", "ecs")} {
				held, allocated, size := memory(e, chunk)
				both := float64(len(chunk) + size)
				assert.LessOrEqual(t, held, c.held*both+16<<10, "%s: held for a chunk of %d and an output of %d", name, len(chunk), size)
				assert.LessOrEqual(t, allocated, 6*c.held*both+c.passing*both+64<<10, "%s: allocated for a chunk of %d and an output of %d", name, len(chunk), size)
			}
		})
	}
}

// With every field, the output of records made for it stays below nine times the chunk and 1 MB, and what is allocated on the way
// below twice that. docs/reliability.md states these numbers.
func TestGrowthIsBounded(t *testing.T) {
	all := "description,severity,name,outcome,category,action,technique,code"
	tiny := []byte("\x92\x00\x81\xaaresultType\xce\x00\x00\xc3\xce")
	shapes := map[string]func(size int) []byte{
		"events": func(size int) []byte { return bytes.Repeat(tiny, size/len(tiny)) },
		"one envelope": func(size int) []byte {
			record := tiny[2:]
			list := msgp.AppendArrayHeader([]byte("\x81\xa7records"), uint32(size/len(record)))
			return join(newHead, list, bytes.Repeat(record, size/len(record)))
		},
		"many envelopes": func(size int) []byte {
			one := join(newHead, []byte("\x81\xa7records\x92"), tiny[2:], tiny[2:])
			return bytes.Repeat(one, size/len(one))
		},
		"an envelope in a string": func(size int) []byte {
			return jsonEvent(t, `{"records":[`+strings.Repeat(`{"resultType":50126},`, size/21)+`{}]}`)
		},
	}
	for name, shape := range shapes {
		for _, settings := range [][]string{{}, {"Fields", all}, {"Schema", "ecs"}} {
			e := engine(t, settings...)
			chunk := shape(1 << 20)
			_, allocated, size := memory(e, chunk)
			limit := 9*len(chunk) + 1<<20
			assert.LessOrEqual(t, size, limit+4096, "%s %v", name, settings)
			assert.LessOrEqual(t, allocated, 2*float64(limit), "%s %v", name, settings)
			r := e.Enrich(chunk)
			if size == len(chunk) || r.Counts.OverLimit > 0 {
				assert.NotZero(t, r.Counts.OverLimit+r.Counts.Unsplit, "%s %v: what passes is counted", name, settings)
			}
			r.Release()
		}
	}
}

// memory is what a result holds, and all that was allocated to make it, in bytes.
func memory(e *Engine, chunk []byte) (held, allocated float64, size int) {
	read := func() (m runtime.MemStats) {
		runtime.GC() // twice, to empty the pool
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m
	}
	before := read()
	r := e.Enrich(chunk)
	after := read()
	size = r.Size
	r.Release()
	return float64(after.HeapAlloc) - float64(before.HeapAlloc), float64(after.TotalAlloc - before.TotalAlloc), size
}

func TestHundredMegabytes(t *testing.T) {
	if testing.Short() {
		t.Skip("needs memory")
	}
	e := engine(t)
	long := join(newHead, []byte("\x82\xaaresultType\xcd\xc3\xce\xa3log"), msgp.AppendString(nil, strings.Repeat("x", 100<<20)))
	_, allocated, size := memory(e, long)
	assert.Less(t, allocated, 1e6)
	assert.Equal(t, len(long)+len(pack(t, plus("{}", "Wrong password.", "medium")))-1, size)
}
