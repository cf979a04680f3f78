package host

import (
	"embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

//go:embed c/*.c c/*.h
var sources embed.FS

// Names of the plugin's files. By these names Fluent Bit loads the first as a native plugin and the second as a Go plugin.
const (
	FilterFile = "flb-filter_entra_signin.so"
	OutputFile = "out_entra_signin.so"
)

// pluginPackage is the package of the shared object.
const pluginPackage = "fluent-bit-entra-signin/plugin"

// BuildHost compiles the program for a version into dir and returns its path. Flags go to the compiler, which is $CC or gcc.
func BuildHost(dir string, v Version, flags ...string) (string, error) {
	src, err := os.MkdirTemp(dir, "src-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(src)
	if err := os.CopyFS(src, sources); err != nil {
		return "", err
	}
	files, err := filepath.Glob(filepath.Join(src, "c", "*.c"))
	if err != nil {
		return "", err
	}
	program := filepath.Join(dir, "host-"+string(v))
	// -rdynamic exports the functions that the plugin looks up, as Fluent Bit's executable does.
	args := []string{"-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-rdynamic",
		"-DHOST_VERSION=" + v.number(), "-DHOST_VERSION_TEXT=" + strconv.Quote(string(v)), "-o", program}
	args = slices.Concat(args, flags, files, []string{"-ldl", "-lpthread"})
	cc := os.Getenv("CC")
	if cc == "" {
		cc = "gcc"
	}
	return program, run(exec.Command(cc, args...)) //nolint:gosec // gcc or CC, with our own arguments
}

// BuildPlugin builds the shared object and its link into dir and returns the path of the object. It must be called within
// the module. Flags go to go build.
func BuildPlugin(dir string, flags ...string) (string, error) {
	so := filepath.Join(dir, FilterFile)
	args := slices.Concat([]string{"build", "-buildmode=c-shared", "-o", so}, flags, []string{pluginPackage})
	if err := run(exec.Command("go", args...)); err != nil { //nolint:gosec // our own arguments
		return "", err
	}
	link := OutputOf(so)
	if err := os.Remove(link); err != nil && !os.IsNotExist(err) {
		return "", err
	}
	return so, os.Symlink(FilterFile, link)
}

// OutputOf returns the name under which an object is loaded as an output.
func OutputOf(so string) string { return filepath.Join(filepath.Dir(so), OutputFile) }

func run(cmd *exec.Cmd) error {
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args[:2], " "), err, out)
	}
	return nil
}
