package catalog

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	file := func(name string, size int) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("x", size)), 0o644))
		return path
	}
	for _, size := range []int{0, 1, MaxFile} {
		data, err := ReadFile(file("good", size))
		require.NoError(t, err)
		assert.Len(t, data, size)
	}

	pipe := filepath.Join(dir, "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o644))
	for path, want := range map[string]string{
		filepath.Join(dir, "none"):    "no such file or directory",
		dir:                           "is a directory",
		pipe:                          "is not a regular file", // nobody writes to the pipe: reading would wait for ever
		"/dev/zero":                   "is not a regular file",
		file("large", MaxFile+1):      "larger than 16 MiB",
		file("good", 0) + "/in/there": "not a directory",
	} {
		_, err := ReadFile(path)
		assert.EqualError(t, err, want, path)
	}
}

func TestReadAllIsBounded(t *testing.T) {
	zero, err := os.Open("/dev/zero")
	require.NoError(t, err)
	defer zero.Close()
	_, err = ReadAll(zero)
	assert.EqualError(t, err, "larger than 16 MiB")
}
