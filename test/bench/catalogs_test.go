package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/catalog"
)

func TestQuoteEscapesForLuaAndC(t *testing.T) {
	assert.Equal(t, `"a\\b \"c\"\n — ü"`, quote("a\\b \"c\"\n — ü"))
}

func TestTheWholeCatalogIsWritten(t *testing.T) {
	c := catalog.Embedded()
	script := catalogLua(c)
	assert.Equal(t, c.Len(), strings.Count(script, "\nd["))
	assert.True(t, strings.Contains(script, `d[0], s[0] = "The sign-in succeeded.", "info"`))
	header, err := catalogC(c)
	require.NoError(t, err)
	assert.Equal(t, c.Len(), strings.Count(header, "\n    {"))
	assert.True(t, strings.Contains(header, `    {0, ",\"description\":\"The sign-in succeeded.\",\"severity\":\"info\"}", 58},`))
}
