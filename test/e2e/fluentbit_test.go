package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Where things are, from this folder.
const (
	root    = "../.."
	records = root + "/test/data/signins.jsonl"
)

// patience is how long a test waits for something that always happens, on the slowest of machines.
const patience = 60 * time.Second

// fluentBit returns the program to test with, or skips the test.
func fluentBit(t *testing.T) string {
	t.Helper()
	program := fluentBitPath()
	if program == "" {
		t.Skip("no fluent-bit on PATH and FLUENT_BIT is not set")
	}
	return program
}

// fluentBitPath returns the program to test with, or "".
func fluentBitPath() string {
	program := os.Getenv("FLUENT_BIT")
	if program == "" {
		program, _ = exec.LookPath("fluent-bit")
	}
	return program
}

var builtObject = sync.OnceValues(func() (string, error) {
	if so := os.Getenv("ENTRA_SIGNIN_SO"); so != "" {
		return so, nil
	}
	if out, err := exec.Command("make", "-C", root, "build").CombinedOutput(); err != nil {
		return "", fmt.Errorf("make build: %w\n%s", err, out)
	}
	return filepath.Abs(root + "/build/flb-filter_entra_signin.so")
})

// object returns the path of the built plugin.
func object(t *testing.T) string {
	t.Helper()
	so, err := builtObject()
	require.NoError(t, err)
	return so
}

// A process is a running Fluent Bit.
type process struct {
	t   *testing.T
	cmd *exec.Cmd
	dir string // of its configuration; nothing else is in it at first
	log *buffer
	out *buffer
	end chan struct{}
	err error // of its end
}

// start runs Fluent Bit with a configuration, whose name says whether it is classic or YAML. SO, OUT_SO, DIR and RECORDS
// in it are replaced by the paths of the plugin, its link, the configuration's folder and the shipped records. The configuration
// may name the file plugins.conf.
func start(t *testing.T, name, config string, args ...string) *process {
	t.Helper()
	so := object(t)
	data, err := filepath.Abs(records)
	require.NoError(t, err)
	dir := t.TempDir()
	config = strings.NewReplacer(
		"OUT_SO", filepath.Join(filepath.Dir(so), "out_entra_signin.so"), "SO", so, "DIR", dir, "RECORDS", data,
	).Replace(config)
	plugins := fmt.Sprintf("[PLUGINS]\n    Path %s\n    Path %s\n", so, filepath.Join(filepath.Dir(so), "out_entra_signin.so"))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "plugins.conf"), []byte(plugins), 0o600))
	return startIn(t, dir, name, config, args...)
}

// startIn writes a configuration into a folder and runs Fluent Bit with it there.
func startIn(t *testing.T, dir, name, config string, args ...string) *process {
	t.Helper()
	if strings.Contains("\n"+config, "\nplugins:") {
		since(t, "3.2.0", "the section plugins in YAML")
	}
	p := &process{t: t, dir: dir, log: &buffer{}, out: &buffer{}, end: make(chan struct{})}
	path := filepath.Join(dir, name)
	require.NoError(t, os.WriteFile(path, []byte(config), 0o600))
	p.cmd = exec.Command(fluentBit(t), append([]string{"-c", path}, args...)...)
	p.cmd.Dir = p.dir
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.log
	require.NoError(t, p.cmd.Start())
	go func() {
		p.err = p.cmd.Wait()
		close(p.end)
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.end
		if t.Failed() {
			t.Logf("log of Fluent Bit:\n%s", p.log)
		}
	})
	return p
}

// wait waits for the process to end by itself and returns what it ended with.
func (p *process) wait() error {
	p.t.Helper()
	select {
	case <-p.end:
		return p.err
	case <-time.After(patience):
		p.t.Fatal("Fluent Bit did not end")
		return nil
	}
}

// stop ends the process as a service manager does, and expects it to end well.
func (p *process) stop() {
	p.t.Helper()
	p.signal(syscall.SIGTERM)
	require.NoError(p.t, p.wait())
}

func (p *process) signal(s os.Signal) {
	p.t.Helper()
	require.NoError(p.t, p.cmd.Process.Signal(s))
}

// eventually waits until a condition holds.
func (p *process) eventually(what string, holds func() bool) {
	p.t.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			p.t.Fatalf("it never came about: %s", what)
		}
		select {
		case <-p.end:
			if !holds() {
				p.t.Fatalf("Fluent Bit ended (%v) before it came about: %s", p.err, what)
			}
			return
		default:
		}
	}
}

// lines returns the JSON lines of a file in the process's folder, none where there is no such file yet.
func (p *process) lines(name string) []map[string]any {
	p.t.Helper()
	content, err := os.ReadFile(filepath.Join(p.dir, name))
	if os.IsNotExist(err) {
		return nil
	}
	require.NoError(p.t, err)
	return decode(p.t, content)
}

// decode reads JSON lines; a last line that is still being written is left out.
func decode(t *testing.T, content []byte) []map[string]any {
	t.Helper()
	var all []map[string]any
	for line := range bytes.Lines(content) {
		if !bytes.HasSuffix(line, []byte("\n")) {
			break
		}
		var record map[string]any
		require.NoError(t, json.Unmarshal(line, &record), "%s", line)
		all = append(all, record)
	}
	return all
}

// assertIDsOnce checks by their ids that the given number of records arrived, each of them once.
func assertIDsOnce(t *testing.T, total int, records []map[string]any) {
	t.Helper()
	seen := map[string]int{}
	for _, record := range records {
		seen[record["id"].(string)]++
	}
	assert.Len(t, seen, total)
	for id, n := range seen {
		if n != 1 {
			t.Errorf("record %s is there %d times", id, n)
		}
	}
}

// append adds lines to a file in the process's folder.
func (p *process) append(name string, lines ...string) {
	p.t.Helper()
	f, err := os.OpenFile(filepath.Join(p.dir, name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	require.NoError(p.t, err)
	_, err = f.WriteString(strings.Join(lines, "\n") + "\n")
	require.NoError(p.t, err)
	require.NoError(p.t, f.Close())
}

// A buffer is a bytes.Buffer that a process writes while a test reads.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
