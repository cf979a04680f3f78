package main

import (
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/plugin/settings"
)

const good = "code,description,severity\n987654321,Ours.,high\n"

func watched(t *testing.T, text string) (w *watch, put func(string), used *int) {
	file := filepath.Join(t.TempDir(), "catalog.csv")
	put = func(text string) { require.NoError(t, os.WriteFile(file, []byte(text), 0o644)) }
	put(text)
	_, content, err := settings.LoadCatalog(file)
	require.NoError(t, err)
	used = new(int)
	w = &watch{file: file, use: func(*catalog.Catalog) { *used++ }, lines: &lines{}, done: make(chan struct{}), content: content}
	return w, put, used
}

func TestWatchTakesOverWhatChanged(t *testing.T) {
	w, put, used := watched(t, good)
	w.look()
	assert.Zero(t, *used, "the same content")
	put(good + "2,Another.,low\n")
	w.look()
	w.look()
	assert.Equal(t, 1, *used)
	put(good)
	w.look()
	assert.Equal(t, 2, *used, "back to what it was")
	assert.Len(t, drained(w.lines), 2)
}

func TestWatchKeepsTheLastGoodOne(t *testing.T) {
	w, put, used := watched(t, good)
	put("code,description,severity\n1,x,dreadful\n")
	for range 3 {
		w.look()
	}
	got := drained(w.lines)
	require.Len(t, got, 1, "spoken of once")
	assert.Equal(t, levelWarn, got[0].level)
	assert.Contains(t, got[0].text, "option Catalog")
	assert.Contains(t, got[0].text, "catalog.csv:2")

	put("code,description,severity\n1,x,dire\n")
	w.look()
	assert.Len(t, drained(w.lines), 1, "another bad content")

	require.NoError(t, os.Remove(w.file))
	for range 3 {
		w.look()
	}
	assert.Len(t, drained(w.lines), 1, "gone, once")
	assert.Zero(t, *used)

	put(good)
	w.look()
	assert.Equal(t, 1, *used)
}

func TestWatchSurvivesAFault(t *testing.T) {
	w, put, _ := watched(t, good)
	w.use = func(*catalog.Catalog) { panic("asked for") }
	put(good + "2,Another.,low\n")
	w.look()
	got := drained(w.lines)
	require.Len(t, got, 1)
	assert.Contains(t, got[0].text, "asked for")
}

func TestWatchEnds(t *testing.T) {
	w, put, _ := watched(t, good)
	synctest.Test(t, func(t *testing.T) {
		looked := 0
		s := settings.Filter{Catalog: w.file, CatalogReload: 30 * time.Second}
		running := startWatch(s, w.content, func(*catalog.Catalog) { looked++ }, &lines{})
		put(good + "2,Another.,low\n")
		time.Sleep(31 * time.Second)
		synctest.Wait()
		assert.Equal(t, 1, looked)
		running.stop()
		running.stop()
		put(good)
		time.Sleep(time.Hour)
		assert.Equal(t, 1, looked)
		// synctest fails when a goroutine is left.
	})
}
