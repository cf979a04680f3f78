package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/catalog"
)

// What the page does in a browser is tested in test/browser.
func TestThePageIsCompleteAndSmall(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, write(dir))
	page, err := os.ReadFile(filepath.Join(dir, "index.html"))
	require.NoError(t, err)
	for i := range catalog.Embedded().Len() {
		assert.Contains(t, string(page), fmt.Sprintf(`<tr id="%d" `, catalog.Embedded().At(i).Code))
	}

	var small bytes.Buffer
	w, err := gzip.NewWriterLevel(&small, gzip.BestCompression)
	require.NoError(t, err)
	_, err = w.Write(page)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	assert.Less(t, small.Len(), 300_000, "bytes on the way to a telephone")

	assert.NotRegexp(t, `(?i)<(link|img|script|iframe)[^>]+(src|href)="(?:[^d]|d[^a])|@import|url\(`, string(page), "the page loads nothing")
	for _, m := range regexp.MustCompile(`href="([a-z]+:[^"]*)"`).FindAllSubmatch(page, -1) {
		assert.Regexp(t, `^(https://login\.microsoftonline\.com/error\?code=\d+|https://attack\.mitre\.org/techniques/T\d{4}/(\d{3}/)?|data:,)$`, string(m[1]))
	}
}

func TestTheExamplesAreInTheCatalog(t *testing.T) {
	assert.Len(t, examples, 29)
	seen := make(map[uint32]bool)
	for _, code := range examples {
		_, ok := catalog.Embedded().Lookup(code)
		assert.True(t, ok, "%d", code)
		assert.False(t, seen[code], "%d", code)
		seen[code] = true
	}
}

func TestAFolderThatCannotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	assert.ErrorContains(t, write(file), file)
}
