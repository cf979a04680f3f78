package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/plugin/settings"
)

const good = "code,description,severity\n987654321,Ours.,high\n"

func watched(t *testing.T, text string) (w *watch, put func(string)) {
	s := settings.DefaultFilter()
	s.Catalog = filepath.Join(t.TempDir(), "catalog.csv")
	put = func(text string) { require.NoError(t, os.WriteFile(s.Catalog, []byte(text), 0o644)) }
	put(text)
	_, content, err := settings.LoadCatalog(s.Catalog)
	require.NoError(t, err)
	e, err := newEnricher(s, nil)
	require.NoError(t, err)
	drained(&e.lines)
	return watchCatalog(s.Catalog, content, e), put
}

func TestWatchTakesOverWhatChanged(t *testing.T) {
	w, put := watched(t, good)
	w.look()
	assert.Zero(t, w.owner.meter.reloads.Load(), "the same content")
	put(good + "2,Another.,low\n")
	w.look()
	w.look()
	assert.EqualValues(t, 1, w.owner.meter.reloads.Load())
	put(good)
	w.look()
	assert.EqualValues(t, 2, w.owner.meter.reloads.Load(), "back to what it was")
	assert.Len(t, drained(&w.owner.lines), 2)
}

func TestWatchKeepsTheLastGoodOne(t *testing.T) {
	w, put := watched(t, good)
	put("code,description,severity\n1,x,dreadful\n")
	for range 3 {
		w.look()
	}
	got := drained(&w.owner.lines)
	require.Len(t, got, 1, "spoken of once")
	assert.Equal(t, levelWarn, got[0].level)
	assert.Contains(t, got[0].text, "option Catalog")
	assert.Contains(t, got[0].text, "catalog.csv:2")

	put("code,description,severity\n1,x,dire\n")
	w.look()
	assert.Len(t, drained(&w.owner.lines), 1, "another bad content")

	require.NoError(t, os.Remove(w.file))
	for range 3 {
		w.look()
	}
	assert.Len(t, drained(&w.owner.lines), 1, "gone, once")
	assert.Zero(t, w.owner.meter.reloads.Load())
	assert.EqualValues(t, 3, w.owner.meter.refusals.Load(), "once for each")

	put(good)
	w.look()
	assert.Zero(t, w.owner.meter.reloads.Load(), "nothing has changed")
	assert.Contains(t, drained(&w.owner.lines)[0].text, "matches the active catalog again")

	put("code,description,severity\n1,x,dire\n")
	w.look()
	put("code,description,severity\n1,x,dire\n2,y,dire\n")
	w.look()
	w.look()
	assert.EqualValues(t, 5, w.owner.meter.refusals.Load(), "each content counts")
	put(good + "2,Another.,low\n")
	w.look()
	assert.EqualValues(t, 1, w.owner.meter.reloads.Load())
}

// A broken file may stay for days, and each look must then cost next to nothing.
func TestWatchParsesABrokenFileOnce(t *testing.T) {
	w, put := watched(t, good)
	put(good + strings.Repeat("x,,\n", 100_000))
	w.look()
	require.Len(t, drained(&w.owner.lines), 1)
	assert.Less(t, testing.AllocsPerRun(3, w.look), 100.0)
	assert.Empty(t, drained(&w.owner.lines))
	assert.EqualValues(t, 1, w.owner.meter.refusals.Load())
}

func TestWatchSurvivesAFault(t *testing.T) {
	w, put := watched(t, good)
	w.owner.engine = nil
	put(good + "2,Another.,low\n")
	w.look()
	got := drained(&w.owner.lines)
	require.Len(t, got, 1)
	assert.Contains(t, got[0].text, "nil pointer")
}

func TestWatchEnds(t *testing.T) {
	w, put := watched(t, good)
	synctest.Test(t, func(t *testing.T) {
		s := settings.Filter{Catalog: w.file, CatalogReload: 30 * time.Second}
		running := watchCatalog(s.Catalog, w.content, w.owner)
		go running.run(s.CatalogReload)
		put(good + "2,Another.,low\n")
		time.Sleep(31 * time.Second)
		synctest.Wait()
		assert.EqualValues(t, 1, w.owner.meter.reloads.Load())
		running.stop()
		running.stop()
		put(good)
		time.Sleep(time.Hour)
		assert.EqualValues(t, 1, w.owner.meter.reloads.Load())
		// synctest fails when a goroutine is left.
	})
}
