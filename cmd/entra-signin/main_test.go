package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"fluent-bit-entra-signin/catalog"
)

// build makes the command as make does, with a version.
func build(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("builds the command")
	}
	path := filepath.Join(t.TempDir(), "entra-signin")
	out, err := exec.Command("go", "build", "-ldflags", "-X fluent-bit-entra-signin/internal/version.Version=v1.2.3-test", "-o", path, ".").CombinedOutput()
	require.NoError(t, err, string(out))
	return path
}

func status(err error) int {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	return 0
}

// What only a process has: an exit status, a version from the linker, pipes that close, signals.
func TestTheBinary(t *testing.T) {
	path := build(t)

	t.Run("exit status", func(t *testing.T) {
		assert.Equal(t, 0, status(exec.Command(path, "explain", "50126").Run()))
		assert.Equal(t, 1, status(exec.Command(path, "explain", "123456789").Run()))
		assert.Equal(t, 1, status(exec.Command(path, "enrich", "no/such/file").Run()))
		assert.Equal(t, 2, status(exec.Command(path, "enrich", "--bogus").Run()))
	})

	t.Run("version", func(t *testing.T) {
		out, err := exec.Command(path, "version").Output()
		require.NoError(t, err)
		assert.Equal(t, fmt.Sprintf("entra-signin v1.2.3-test, %d codes\n", catalog.Embedded().Len()), string(out))
	})

	t.Run("no colour in a pipe", func(t *testing.T) {
		out, err := exec.Command(path, "explain", "50126").Output()
		require.NoError(t, err)
		assert.Equal(t, explained50126, string(out))
	})

	t.Run("a reader that has seen enough", func(t *testing.T) {
		r, w, err := os.Pipe()
		require.NoError(t, err)
		var told bytes.Buffer
		cmd := exec.Command(path, "catalog")
		cmd.Stdout, cmd.Stderr = w, &told
		require.NoError(t, cmd.Start())
		require.NoError(t, w.Close())
		require.NoError(t, r.Close())
		_ = cmd.Wait() // by the signal, as is the custom, or with 0 if it came too late
		assert.Empty(t, told.String())
	})

	t.Run("Ctrl-C", func(t *testing.T) {
		cmd := exec.Command(path, "enrich")
		in, err := cmd.StdinPipe()
		require.NoError(t, err)
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		var told strings.Builder
		cmd.Stderr = &told
		require.NoError(t, cmd.Start())
		_, err = in.Write([]byte(record + "\n"))
		require.NoError(t, err)
		line := make([]byte, len(enriched))
		_, err = out.Read(line)
		require.NoError(t, err)
		assert.Equal(t, enriched, string(line))

		require.NoError(t, cmd.Process.Signal(os.Interrupt)) // while it waits for more
		began := time.Now()
		err = cmd.Wait()
		assert.Equal(t, exitInterrupted, status(err))
		assert.Less(t, time.Since(began), 10*time.Second)
		assert.Contains(t, told.String(), "interrupted after 1 record: 1 matched, ")
	})

	t.Run("SIGTERM", func(t *testing.T) {
		cmd := exec.Command(path, "enrich")
		_, err := cmd.StdinPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		time.Sleep(200 * time.Millisecond)
		require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
		assert.Equal(t, exitInterrupted, status(cmd.Wait()))
	})
}

// README's examples work on the records of the project, and what reads JSON can read what they write.
func TestTheExamplesOfTheReadme(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	examples := regexp.MustCompile(`(?m)^build/entra-signin (.*)$`).FindAllStringSubmatch(string(readme), -1)
	require.NotEmpty(t, examples)
	piped := 0
	for _, example := range examples {
		line, _, pipe := strings.Cut(example[1], " | ")
		args := shellWords(strings.ReplaceAll(line, "export.json", "../../test/data/signins.jsonl"))
		r := command(t, "", args...)
		assert.Zero(t, r.code, line)
		assert.NotEmpty(t, r.out, line)
		if pipe {
			piped++
			for record := range strings.Lines(r.out) {
				assert.True(t, gjson.Valid(record), "%s: %s", line, record)
			}
		}
	}
	assert.NotZero(t, piped)
}

// What test/data holds for the plugin can be read by the command too.
func TestTheRecordsOfTheProject(t *testing.T) {
	r := command(t, "", "enrich", "--fields", "description,severity,code", "../../test/data/signins.jsonl")
	assert.Equal(t, 0, r.code, r.err)
	in, err := os.ReadFile("../../test/data/signins.jsonl")
	require.NoError(t, err)
	assert.GreaterOrEqual(t, strings.Count(r.out, "\n"), strings.Count(string(in), "\n"))
	assert.Contains(t, r.out, `"code":50126`)
}

// shellWords splits a line as a shell does, as far as the examples need.
func shellWords(line string) (words []string) {
	for i, part := range strings.Split(line, `"`) {
		if i%2 == 1 {
			words = append(words, part)
		} else {
			words = append(words, strings.Fields(part)...)
		}
	}
	return words
}
