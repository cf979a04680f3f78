package settings

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/internal/option"
)

func TestLoadCatalog(t *testing.T) {
	c, content, err := LoadCatalog("")
	require.NoError(t, err)
	assert.Same(t, catalog.Embedded(), c)
	assert.Zero(t, content)

	file := filepath.Join(t.TempDir(), "own.csv")
	require.NoError(t, os.WriteFile(file, []byte("code,description,severity\n987654321,Ours.,high\n"), 0o644))
	c, content, err = LoadCatalog(file)
	require.NoError(t, err)
	assert.NotZero(t, content)
	assert.Equal(t, catalog.Embedded().Len()+1, c.Len())
	e, ok := c.Lookup(987654321)
	require.True(t, ok)
	assert.Equal(t, catalog.High, e.Severity)
}

func TestLoadCatalogRefuses(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		return path
	}
	pipe := filepath.Join(dir, "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o644))
	for path, want := range map[string]string{
		filepath.Join(dir, "none"): "no such file",
		dir:                        "is a directory",
		pipe:                       "not a regular file",
		file("empty", ""):          "empty:1",
		file("row", "code,severity\n50126,awful\n"):           "row:2",
		file("rows", "code,severity\n1,a\n2,b\n3,c\n"):        "more)",
		file("large", strings.Repeat("x", catalog.MaxFile+1)): "larger than 16 MiB",
		file("binary", "\x7fELF\x02\x01\x01\x00\x00\x00\n"):   "binary:1",
	} {
		c, _, err := LoadCatalog(path)
		assert.Nil(t, c)
		var named *option.Error
		require.ErrorAs(t, err, &named, path)
		assert.Equal(t, "Catalog", named.Option)
		assert.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "\n", "one line")
	}
}

// A file that does not change is not parsed again, whether it is good or bad.
func TestReloadCatalog(t *testing.T) {
	file := filepath.Join(t.TempDir(), "own.csv")
	for _, text := range []string{"code,severity\n50126,high\n", "code,severity\n50126,awful\n"} {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
		_, content, _ := LoadCatalog(file)
		c, again, err := ReloadCatalog(file, content)
		require.NoError(t, err)
		assert.Nil(t, c)
		assert.Equal(t, content, again)

		c, other, err := ReloadCatalog(file, Content{1})
		assert.Equal(t, content, other)
		assert.True(t, (c == nil) != (err == nil))
	}
}
