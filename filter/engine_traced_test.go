package filter

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/catalog"
)

func TestOrigins(t *testing.T) {
	e := engine(t)
	marker := join([]byte{0x92, 0x92, 0xd7, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0x80}, []byte{0x80})
	signIn, other := `{"status":{"errorCode":50126}}`, `{"n":1}`
	chunk := join(
		eventOf(t, signIn), marker, []byte{0xc0}, oddMarker, eventOf(t, other),
		eventOf(t, `{"records":[`+signIn+`,`+other+`],"pod":"p"}`),
		eventOf(t, `{"log":`+quote(`[`+other+`,`+signIn+`]`)+`}`),
		eventOf(t, `{"tables":[{"columns":[{"name":"Type"},{"name":"ResultType"}],"rows":[["SigninLogs","0"],["SigninLogs","50126"]]}]}`),
		eventOf(t, `{"records":[`+signIn+`,1]}`),
	)
	r := e.EnrichTraced(chunk, Version{})
	defer r.Release()
	pod := string(pack(t, `{"pod":"p"}`)[1:])
	row := func(code string) string { return string(pack(t, `{"Type":"SigninLogs","ResultType":"`+code+`"}`)) }
	type origin struct {
		record, beside string
		signIn         bool
	}
	want := []origin{
		{string(pack(t, signIn)), "", true}, {"\xc0", "", false}, {string(pack(t, other)), "", false},
		{string(pack(t, signIn)), pod, true}, {string(pack(t, other)), pod, false},
		{other, "", false}, {signIn, "", true},
		{row("0"), "", true}, {row("50126"), "", true},
		{string(pack(t, `{"records":[`+signIn+`,1]}`)), "", false},
	}
	var got []origin
	for _, o := range r.Origins {
		got = append(got, origin{string(o.Record), string(o.Beside), o.SignIn})
	}
	assert.Equal(t, want, got)
	assert.Equal(t, r.Counts.Records, uint64(len(got)))
	records := 0
	require.NoError(t, Events(r.AppendTo(nil), func(ev Event) bool {
		if !ev.Marker {
			records++
		}
		return true
	}))
	assert.Equal(t, records, len(got), "an origin for each record of the output")
	plain, _ := enrich(t, e, chunk)
	assert.Equal(t, plain, r.AppendTo(nil))
}

// A chunk that is enriched again comes out as the first time, though the catalog has changed, and counts once.
func TestEnrichTracedAgain(t *testing.T) {
	e := engine(t)
	chunk := eventOf(t, `{"records":[{"resultType":"50126"},{"resultType":"4242","category":"SignInLogs"}]}`)
	first := e.EnrichTraced(chunk, Version{})
	version, out := first.Version(), first.AppendTo(nil)
	first.Release()
	counts := e.Stats()
	changed, err := catalog.Parse("test.csv", strings.NewReader(strings.Replace(testCatalog, "Wrong password.,medium", "Another text.,critical", 1)))
	require.NoError(t, err)
	e.SetCatalog(changed)
	again := e.EnrichTraced(chunk, version)
	defer again.Release()
	assert.Equal(t, out, again.AppendTo(nil))
	assert.Equal(t, counts, e.Stats())
	assert.Equal(t, map[uint32]uint64{50126: 1}, e.Codes())
	assert.NotEqual(t, out, e.Enrich(chunk).AppendTo(nil))
}

// What passes over the limit has an origin too, and a group marker still has none.
func TestOriginsOverTheLimit(t *testing.T) {
	marker := join([]byte{0x92, 0x92, 0xd7, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0x80}, []byte{0x80})
	tiny := []byte("\x92\x00\x81\xaaresultType\xcd\xc3\xce")
	var chunk []byte
	for range 20_000 {
		chunk = append(chunk, tiny...)
	}
	chunk = append(append(chunk, marker...), tiny...)
	r := engine(t).EnrichTraced(chunk, Version{})
	defer r.Release()
	require.NotZero(t, r.Counts.OverLimit)
	assert.Len(t, r.Origins, 20_001)
	assert.Equal(t, uint64(20_001), r.Counts.Records)
}
