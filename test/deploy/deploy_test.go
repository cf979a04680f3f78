package deploy

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const root = "../.."

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	require.NoError(t, err)
	return text
}

// tool returns the path of a program, or skips the test.
func tool(t *testing.T, name, variable string) string {
	t.Helper()
	program := os.Getenv(variable)
	if program == "" {
		program, _ = exec.LookPath(name)
	}
	if program == "" {
		t.Skipf("no %s on PATH and %s is not set", name, variable)
	}
	return program
}

// object returns the path of the built plugin.
func object(t *testing.T) string {
	t.Helper()
	if so := os.Getenv("ENTRA_SIGNIN_SO"); so != "" {
		return so
	}
	out, err := exec.Command("make", "-C", root, "-s", "build").CombinedOutput()
	require.NoError(t, err, "%s", out)
	so, err := filepath.Abs(root + "/build/flb-filter_entra_signin.so")
	require.NoError(t, err)
	return so
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	return port
}
