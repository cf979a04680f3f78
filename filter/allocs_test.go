//go:build !race

package filter

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/catalog"
)

// A record on the parsed path allocates nothing, and neither does a chunk, once the pool is warm.
func TestNoAllocations(t *testing.T) {
	for name, c := range map[string]struct {
		settings []string
		chunk    []byte
	}{
		"Azure Monitor":         {nil, azureChunk(t, 100, 2048)},
		"one record":            {nil, azureChunk(t, 1, 512)},
		"many records":          {nil, azureChunk(t, 10_000, 512)},
		"ecs":                   {[]string{"Schema", "ecs"}, azureChunk(t, 100, 2048)},
		"ocsf":                  {[]string{"Schema", "ocsf"}, azureChunk(t, 100, 2048)},
		"fields written over":   {nil, eventOf(t, `{"severity":1,"status":{"errorCode":50126},"description":2}`)},
		"one field of two":      {nil, eventOf(t, `{"severity":1,"status":{"errorCode":50126}}`)},
		"nothing to find":       {nil, eventOf(t, `{"a":1,"log":"GET /","message":"x"}`)},
		"a code in a text":      {nil, eventOf(t, `{"log":"[ERROR] AADSTS50126: x"}`)},
		"Office 365":            {nil, eventOf(t, `{"Operation":"UserLoginFailed","ErrorNumber":"50126","LogonError":"InvalidUserNameOrPassword"}`)},
		"Code_Key":              {[]string{"Code_Key", "a.b"}, eventOf(t, `{"a":{"b":"50126"}}`)},
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
