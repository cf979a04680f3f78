package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

// The names that Fluent Bit knows the plugin by. The second is a link to the first: one file with two names is one Go runtime.
const (
	objectName = "flb-filter_entra_signin.so"
	linkName   = "out_entra_signin.so"
)

func (a *app) install() *cobra.Command {
	return &cobra.Command{
		Use:   "install DIR",
		Short: "Put the plugin into a folder, as a new installation or an upgrade",
		Long: `Copy the plugin into a folder, which is made if it is not there, and link ` + linkName + ` to it, for use as an output.
The plugin is the file ` + objectName + ` beside this command, or in ../lib/fluent-bit as a package installs it.

A plugin that is in the folder already is replaced by a rename, never written to: a Fluent Bit that runs keeps the file that it
loaded. A folder that holds this very plugin is left as it is, so the command may run at every start, as an init container does.`,
		Example: `  entra-signin install /opt/entra
  docker run --rm -v entra-plugins:/plugins entra-signin-plugin install /plugins`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			dir, err := filepath.Abs(args[0])
			if err != nil {
				return failure{err}
			}
			object, err := findObject()
			if err != nil {
				return failure{err}
			}
			state, err := installInto(dir, object)
			if err != nil {
				return failure{err}
			}
			if _, err := io.WriteString(a.out, installed(dir, state)); err != nil {
				return cannotWrite(err)
			}
			return nil
		},
	}
}

// findObject returns the path of the plugin that came with this command.
func findObject() (string, error) {
	program, err := os.Executable()
	if err != nil { // a root without /proc
		if program, err = exec.LookPath(os.Args[0]); err != nil {
			return "", err
		}
	}
	if target, err := filepath.EvalSymlinks(program); err == nil {
		program = target
	}
	dir := filepath.Dir(program)
	places := []string{filepath.Join(dir, objectName), filepath.Join(dir, "..", "lib", "fluent-bit", objectName)}
	for _, place := range places {
		if info, err := os.Stat(place); err == nil && info.Mode().IsRegular() { //nolint:gosec // beside this command
			return place, nil
		}
	}
	return "", fmt.Errorf("%s is not beside this command: looked for %s; unpack both from one archive, or run make build",
		objectName, strings.Join(places, " and "))
}

// What installInto found and did.
type installState int

const (
	installNew installState = iota
	installReplaced
	installSame // nothing was changed
)

// installInto puts an object and its link into a folder. A reader sees either the old files or the new ones, whole.
func installInto(dir, object string) (installState, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // Fluent Bit may run as another user
		return 0, err
	}
	state := installNew
	target := filepath.Join(dir, objectName)
	switch same, err := sameContent(object, target); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return 0, err
	case same:
		state = installSame
	default:
		state = installReplaced
	}
	if state != installSame {
		if err := copyObject(object, target); err != nil {
			return 0, err
		}
	}
	link := filepath.Join(dir, linkName)
	if to, err := os.Readlink(link); err == nil && to == objectName {
		return state, syncFolder(dir)
	}
	next, err := unusedName(dir, linkName)
	if err != nil {
		return 0, err
	}
	if err := os.Symlink(objectName, next); err != nil {
		return 0, err
	}
	if err := os.Rename(next, link); err != nil {
		_ = os.Remove(next)
		return 0, err
	}
	if state == installSame {
		state = installNew
	}
	return state, syncFolder(dir)
}

// sameContent tells whether two files are equal. The error is that of the second.
func sameContent(object, target string) (bool, error) {
	info, err := os.Lstat(target)
	if err != nil {
		return false, err
	}
	if !info.Mode().IsRegular() {
		if info.IsDir() {
			return false, fmt.Errorf("%s is a directory: remove it, or name another folder", target)
		}
		return false, nil // such as a link; the rename replaces it
	}
	want, err := os.ReadFile(object)
	if err != nil {
		return false, err
	}
	got, err := os.ReadFile(target)
	return bytes.Equal(want, got), err
}

// copyObject writes the object under another name and renames it: whoever has the old file open or mapped keeps it.
func copyObject(object, target string) (err error) {
	from, err := os.Open(object)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	to, err := os.CreateTemp(filepath.Dir(target), "."+objectName+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = to.Close()
			_ = os.Remove(to.Name())
		}
	}()
	if _, err = io.Copy(to, from); err != nil {
		return err
	}
	if err = to.Chmod(0o755); err != nil {
		return err
	}
	if err = to.Sync(); err != nil {
		return err
	}
	if err = to.Close(); err != nil {
		return err
	}
	return os.Rename(to.Name(), target)
}

// unusedName returns a path in a folder where nothing is.
func unusedName(dir, name string) (string, error) {
	f, err := os.CreateTemp(dir, "."+name+".*")
	if err != nil {
		return "", err
	}
	_ = f.Close()
	return f.Name(), os.Remove(f.Name())
}

// syncFolder has the renames on disk.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	return f.Sync()
}

// installed says what was done and what to write into the configuration.
func installed(dir string, state installState) string {
	object, link := filepath.Join(dir, objectName), filepath.Join(dir, linkName)
	var text string
	switch state {
	case installNew:
		text = "Installed " + object + " (" + versionOf() + ") and its link " + linkName + ".\n"
	case installReplaced:
		text = "Replaced the plugin in " + dir + " by " + versionOf() + ". Restart Fluent Bit: a hot reload keeps the old code.\n"
	case installSame:
		return object + " is this version (" + versionOf() + ") already.\n"
	}
	return text + `
In fluent-bit.yaml (Fluent Bit 3.2 and later):

  plugins:
    - ` + object + `

In the file of plugins_file, for the classic format:

  [PLUGINS]
      path ` + object + `

The filter is then [FILTER] Name entra_signin. For use as an output, name ` + link + ` as well.
`
}
