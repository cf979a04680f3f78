package deploy

import (
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
