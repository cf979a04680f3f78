package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func folder(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	all := map[string]string{}
	for _, entry := range entries {
		path := filepath.Join(dir, entry.Name())
		if to, err := os.Readlink(path); err == nil {
			all[entry.Name()] = "-> " + to
			continue
		}
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		all[entry.Name()] = string(text)
	}
	return all
}

func TestInstallInto(t *testing.T) {
	object := write(t, objectName, "version 1")
	want := map[string]string{objectName: "version 1", linkName: "-> " + objectName}

	dir := filepath.Join(t.TempDir(), "a", "b")
	state, err := installInto(dir, object)
	require.NoError(t, err)
	assert.Equal(t, installNew, state)
	assert.Equal(t, want, folder(t, dir))
	info, err := os.Stat(filepath.Join(dir, objectName))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o755), info.Mode(), "Fluent Bit may run as another user")

	state, err = installInto(dir, object)
	require.NoError(t, err)
	assert.Equal(t, installSame, state)
	again, err := os.Stat(filepath.Join(dir, objectName))
	require.NoError(t, err)
	assert.True(t, os.SameFile(info, again), "a Fluent Bit that reloads takes another file for a second copy")

	// Into the folder that it is in.
	state, err = installInto(filepath.Dir(object), object)
	require.NoError(t, err)
	assert.Equal(t, installNew, state, "the link is new")
	assert.Equal(t, want, folder(t, filepath.Dir(object)))
}

// The file that a Fluent Bit has loaded is not written to: the program would end with a bus error.
func TestInstallIntoKeepsTheFileThatIsInUse(t *testing.T) {
	dir := t.TempDir()
	_, err := installInto(dir, write(t, objectName, "version 1"))
	require.NoError(t, err)
	loaded, err := os.Open(filepath.Join(dir, objectName))
	require.NoError(t, err)
	defer loaded.Close()

	state, err := installInto(dir, write(t, objectName, "version 2"))
	require.NoError(t, err)
	assert.Equal(t, installReplaced, state)
	assert.Equal(t, map[string]string{objectName: "version 2", linkName: "-> " + objectName}, folder(t, dir))
	old, err := io.ReadAll(loaded)
	require.NoError(t, err)
	assert.Equal(t, "version 1", string(old))
}

func TestInstallIntoMendsACopyInPlaceOfTheLink(t *testing.T) {
	object := write(t, objectName, "version 1")
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, linkName), []byte("a copy"), 0o600))
	require.NoError(t, os.Symlink("/nowhere", filepath.Join(dir, objectName)))
	_, err := installInto(dir, object)
	require.NoError(t, err)
	assert.Equal(t, map[string]string{objectName: "version 1", linkName: "-> " + objectName}, folder(t, dir))
}

func TestInstallIntoLeavesNothingBehindWhenItFails(t *testing.T) {
	object := write(t, objectName, "version 1")

	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, objectName), 0o700))
	_, err := installInto(dir, object)
	assert.ErrorContains(t, err, objectName+" is a directory: remove it, or name another folder")

	dir = t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, linkName, "x"), 0o700))
	_, err = installInto(dir, object)
	assert.Error(t, err)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, entry := range entries {
		assert.False(t, strings.HasPrefix(entry.Name(), "."), entry.Name())
	}

	file := write(t, "file", "")
	_, err = installInto(file, object)
	assert.ErrorContains(t, err, file+": not a directory")
}

func TestInstallWithoutAnObject(t *testing.T) {
	r := command(t, "", "install", t.TempDir()) // beside the program of this test there is none
	assert.Equal(t, exitFailed, r.code)
	assert.Empty(t, r.out)
	assert.Contains(t, r.err, objectName+" is not beside this command: looked for ")
}

// As it stands in an archive, and as a package installs it; called through a link as well.
func TestInstallFindsTheObject(t *testing.T) {
	program := build(t)
	for name, at := range map[string]struct{ program, object string }{
		"archive": {"entra-signin", objectName},
		"package": {"bin/entra-signin", "lib/fluent-bit/" + objectName},
	} {
		t.Run(name, func(t *testing.T) {
			root, dir := t.TempDir(), filepath.Join(t.TempDir(), "plugins")
			for _, file := range []string{at.program, at.object} {
				require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(root, file)), 0o700))
			}
			require.NoError(t, os.Link(program, filepath.Join(root, at.program)))
			require.NoError(t, os.WriteFile(filepath.Join(root, at.object), []byte("version 1"), 0o600))
			link := filepath.Join(t.TempDir(), "command")
			require.NoError(t, os.Symlink(filepath.Join(root, at.program), link))

			out, err := exec.Command(link, "install", dir).CombinedOutput()
			require.NoError(t, err, string(out))
			object := filepath.Join(dir, objectName)
			assert.Equal(t, "Installed "+object+` (v1.2.3-test) and its link out_entra_signin.so.

In fluent-bit.yaml (Fluent Bit 3.2 and later):

  plugins:
    - `+object+`

In the file of plugins_file, for the classic format:

  [PLUGINS]
      path `+object+`

The filter is then [FILTER] Name entra_signin. For use as an output, name `+filepath.Join(dir, linkName)+` as well.
`, string(out))
			assert.Equal(t, map[string]string{objectName: "version 1", linkName: "-> " + objectName}, folder(t, dir))

			out, err = exec.Command(link, "install", dir).CombinedOutput()
			require.NoError(t, err)
			assert.Equal(t, object+" is this version (v1.2.3-test) already.\n", string(out))

			require.NoError(t, os.WriteFile(filepath.Join(root, at.object), []byte("version 2"), 0o600))
			out, err = exec.Command(link, "install", dir).CombinedOutput()
			require.NoError(t, err)
			assert.Contains(t, string(out), "Replaced the plugin in "+dir+" by v1.2.3-test. Restart Fluent Bit: ")
		})
	}
}
