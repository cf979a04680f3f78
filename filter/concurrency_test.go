package filter

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/catalog"
)

// Many goroutines use one engine while its catalog is swapped: every output is by one catalog or the other, whole.
func TestConcurrentUse(t *testing.T) {
	old := words(t)
	renewed, err := old.Overlay("new.csv", strings.NewReader("code,description,severity\n50126,New words.,critical\n"))
	require.NoError(t, err)
	e := engine(t)
	record := `{"records":[{"resultType":"50126"},{"log":"{\"resultType\":\"50126\"}"}]}`
	chunk := join(eventOf(t, record), eventOf(t, signInRecord))
	outputs := map[string]bool{}
	lines := map[string]bool{}
	for _, c := range []*catalog.Catalog{old, renewed} {
		e.SetCatalog(c)
		out, _ := enrich(t, e, chunk)
		outputs[string(out)] = true
		lines[lineOf(t, e, record)] = true
	}
	require.Len(t, outputs, 2)
	before := e.Stats().Records

	const workers, rounds = 8, 100
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := range rounds {
				r := e.Enrich(chunk)
				assert.True(t, outputs[string(r.AppendTo(nil))])
				r.Release()
				out, _, err := e.EnrichJSON(nil, []byte(record))
				assert.NoError(t, err)
				assert.True(t, lines[strings.TrimSuffix(string(out), "\n")])
				if w == 0 {
					e.SetCatalog([]*catalog.Catalog{old, renewed}[i%2])
				}
				_ = e.Stats()
			}
		})
	}
	wg.Wait()
	stats := e.Stats()
	assert.Equal(t, before+workers*rounds*5, stats.Records)
	codes := uint64(0)
	for _, n := range e.Codes() {
		codes += n
	}
	assert.Equal(t, stats.Matched, codes, "over all catalogs")
}

func TestSetCatalogLeavesAResultAlone(t *testing.T) {
	e := engine(t)
	r := e.Enrich(eventOf(t, signInRecord))
	defer r.Release()
	before := r.AppendTo(nil)
	renewed, err := words(t).Overlay("new.csv", strings.NewReader("code,description,severity\n50126,New words.,critical\n"))
	require.NoError(t, err)
	e.SetCatalog(renewed)
	assert.Equal(t, before, r.AppendTo(nil))
	assert.Contains(t, enriched(t, e, signInRecord), "New words.")
}

// Two engines in one process know nothing of each other.
func TestEnginesAreApart(t *testing.T) {
	flat, ocsf := engine(t), engine(t, "Schema", "ocsf")
	assert.Contains(t, enriched(t, flat, signInRecord), `"severity":"medium"`)
	assert.Contains(t, enriched(t, ocsf, signInRecord), `"severity":"Medium"`)
	assert.Equal(t, uint64(1), flat.Stats().Records)
}

func TestCountsAdd(t *testing.T) {
	a := Counts{Records: 1, Matched: 2, Unknown: 3, NoCode: 4, Malformed: 5, Split: 6}
	a.Judged[3][5], a.Judged[2][5] = 7, 8
	b := a
	b.Add(&a)
	want := Counts{Records: 2, Matched: 4, Unknown: 6, NoCode: 8, Malformed: 10, Split: 12}
	want.Judged[3][5], want.Judged[2][5] = 14, 16
	assert.Equal(t, want, b)
	assert.Equal(t, uint64(30), b.Severity(catalog.Critical))
}
