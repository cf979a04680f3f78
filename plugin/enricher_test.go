package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/plugin/settings"
)

func TestEnricherSpeaksOfWhatItSaw(t *testing.T) {
	e, err := newEnricher(settings.DefaultFilter(), nil)
	require.NoError(t, err)
	defer e.stop(t.Context())
	first := drained(&e.lines)
	require.Len(t, first, 1)
	assert.Contains(t, first[0].text, "codes in the catalog")

	r := e.enrich([]byte{0x92, 0x92}, "is lost")
	assert.False(t, r.Changed)
	r.Release()
	got := drained(&e.lines)
	require.Len(t, got, 1)
	assert.Contains(t, got[0].text, "the rest is lost")
}

func TestCheckAndNewRefuseTheSame(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bad.csv")
	require.NoError(t, os.WriteFile(file, []byte("code\nx\n"), 0o644))
	s := settings.DefaultFilter()
	require.NoError(t, check(s))
	s.Catalog = file
	err := check(s)
	require.ErrorContains(t, err, "option Catalog")
	_, again := newEnricher(s, nil)
	assert.EqualError(t, again, err.Error())
}
