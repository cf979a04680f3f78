package host_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A Kubernetes ConfigMap changes by swapping a symbolic link, so the name and the times of the file stay the same.
func TestCatalogIsReloaded(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(dir, "catalog.csv")
	n := 0
	put := func(text string) {
		n++
		name := filepath.Join(dir, string(rune('a'+n)))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
		require.NoError(t, os.Symlink(name, link+".new"))
		require.NoError(t, os.Rename(link+".new", link))
	}
	put("code,description,severity\n987654321,Ours.,low\n")

	h, p := latest(t)
	f := newFilter(t, p, "Catalog="+link, "Catalog_Reload=100ms")
	severity := func() string {
		out, _, err := f.Run(tag, signIn(987654321))
		require.NoError(t, err)
		return severityOf(t, out)
	}
	becomes := func(want string) {
		t.Helper()
		waitFor(t, want, func() bool { return severity() == want })
	}
	logged := func(text string, times int) {
		t.Helper()
		waitFor(t, text, func() bool { severity(); return len(h.Logged(text)) >= times })
		assert.Len(t, h.Logged(text), times)
	}

	assert.Equal(t, "low", severity())
	put("code,description,severity\n987654321,Ours.,high\n")
	becomes("high")
	logged("catalog reloaded", 1)

	put("code,description,severity\n987654321,Ours.,dreadful\n")
	logged("the last good version stays", 1)
	assert.Equal(t, "high", severity())

	require.NoError(t, os.Remove(link))
	logged("the last good version stays", 2)
	assert.Equal(t, "high", severity())

	put("code,description,severity\n1,Another.,low\n")
	becomes("unknown") // a reload replaces: the row is gone
	logged("the last good version stays", 2)
	require.NoError(t, f.Exit())
}
