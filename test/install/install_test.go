package install

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

const root = "../.."

// scratch is a folder for everything that several tests share.
var scratch string

func TestMain(m *testing.M) {
	var err error
	if scratch, err = os.MkdirTemp("", "entra-install-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	status := m.Run()
	_ = os.RemoveAll(scratch)
	os.Exit(status)
}

// run runs a command in the project's folder and returns what it says.
func run(t *testing.T, env []string, name string, args ...string) string {
	t.Helper()
	out, err := try(env, name, args...)
	require.NoError(t, err, "%s %s\n%s", name, strings.Join(args, " "), out)
	return out
}

func try(env []string, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// need skips a test where a command is missing, or where it does not run as root.
func need(t *testing.T, commands ...string) {
	t.Helper()
	if testing.Short() {
		t.Skip("takes a minute")
	}
	if os.Geteuid() != 0 {
		t.Skip("not root")
	}
	for _, command := range commands {
		if _, err := exec.LookPath(command); err != nil {
			t.Skipf("no %s here", command)
		}
	}
}

// files makes build/ and returns it.
func files(t *testing.T) string {
	t.Helper()
	run(t, nil, "make", "-s", "build")
	dir, err := filepath.Abs(filepath.Join(root, "build"))
	require.NoError(t, err)
	return dir
}

// A clean Debian 12, with what the builder image has on top of it.
var cleanRoot = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(scratch, "root")
	args := []string{"--variant=minbase", "--include=gcc,libc6-dev,make,ca-certificates", "bookworm", dir}
	out, err := try(nil, "apt-get", "indextargets", "--format", "$(CODENAME) $(REPO_URI)", "Created-By: Packages")
	if err == nil {
		if found := regexp.MustCompile(`(?m)^bookworm (\S+)$`).FindStringSubmatch(out); found != nil {
			args = append(args, found[1]) // the mirror that this machine uses
		}
	}
	if out, err = try(nil, "debootstrap", args...); err != nil {
		lines := strings.Split(strings.TrimSpace(out), "\n")
		return "", fmt.Errorf("debootstrap cannot make a root: %s", lines[len(lines)-1])
	}
	return dir, nil
})

// clean returns the clean root, or skips the test.
func clean(t *testing.T) string {
	t.Helper()
	need(t, "debootstrap")
	dir, err := cleanRoot()
	if err != nil {
		t.Skip(err)
	}
	return dir
}

// A standIn is a Fluent Bit with the libraries and the loader of this machine, so that it runs in any root.
type standIn struct {
	files  map[string]string // from their places on this machine to those below /standin
	loader string            // below /standin
}

// fluentBit describes the program of this machine, or skips the test.
func fluentBit(t *testing.T) standIn {
	t.Helper()
	program := os.Getenv("FLUENT_BIT")
	if program == "" {
		program, _ = exec.LookPath("fluent-bit")
	}
	if program == "" {
		t.Skip("no fluent-bit on PATH and FLUENT_BIT is not set")
	}
	s := standIn{files: map[string]string{program: "fluent-bit"}}
	for _, found := range regexp.MustCompile(`(?m)(?:=> |^\t)(/\S+) \(0x`).FindAllStringSubmatch(run(t, nil, "ldd", program), -1) {
		name := filepath.Base(found[1])
		s.files[found[1]] = "lib/" + name
		if strings.HasPrefix(name, "ld-linux") {
			s.loader = "lib/" + name
		}
	}
	require.NotEmpty(t, s.loader)
	return s
}

// put copies the files below a folder.
func (s standIn) put(t *testing.T, dir string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "lib"), 0o755))
	for from, to := range s.files {
		run(t, nil, "cp", "-L", from, filepath.Join(dir, to))
	}
}
