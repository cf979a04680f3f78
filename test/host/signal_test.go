package host_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/test/host"
)

// After SIGHUP and SIGCONT the host's own handlers are in place. The next callback restores Go's.
func TestGoGetsItsSignalsBack(t *testing.T) {
	h, p := latest(t)
	owner := func(s syscall.Signal) string {
		who, _, err := h.Handler(s)
		require.NoError(t, err)
		return who
	}
	require.Equal(t, "other", owner(syscall.SIGSEGV), "Go took them when it was loaded")
	f := newFilter(t, p)
	for _, s := range []syscall.Signal{syscall.SIGCONT, syscall.SIGHUP, syscall.SIGCONT} {
		require.NoError(t, h.Signal(s))
		waitFor(t, "the host handles the signal", func() bool { return owner(syscall.SIGSEGV) == "host" })
		_, _, err := f.On(1).Run(tag, signIn(50126))
		require.NoError(t, err)
		assert.Equal(t, "other", owner(syscall.SIGSEGV))
		assert.Equal(t, "other", owner(syscall.SIGFPE))
	}
}

var hostSignals = []syscall.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGCONT}

// blocked returns the set of signals that a thread does not take.
func blocked(t *testing.T, task string) (set uint64) {
	t.Helper()
	status, err := os.ReadFile(filepath.Join(task, "status"))
	require.NoError(t, err)
	for line := range strings.Lines(string(status)) {
		if text, ok := strings.CutPrefix(line, "SigBlk:"); ok {
			set, err = strconv.ParseUint(strings.TrimSpace(text), 16, 64)
			require.NoError(t, err)
		}
	}
	return set
}

// The kernel may deliver a signal of the host to any thread. On a thread of Go, the handler would run on the stack of a goroutine,
// which is smaller than what the kernel alone puts there.
func TestGoThreadsTakeNoSignalsOfTheHost(t *testing.T) {
	supported(t, func(t *testing.T, h *host.Host) {
		f := newFilter(t, loadFilter(t, h))
		_, chunk := mixed(10_000)
		_, _, err := f.Run(tag, chunk)
		require.NoError(t, err)
		var want uint64
		for _, s := range hostSignals {
			want |= 1 << (s - 1)
		}
		tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", h.Pid()))
		require.NoError(t, err)
		require.Greater(t, len(tasks), 2)
		for _, task := range tasks {
			if filepath.Base(task) == strconv.Itoa(h.Pid()) {
				assert.Zero(t, blocked(t, task)&want, "the main thread takes them, as before")
			} else {
				assert.Equal(t, want, blocked(t, task)&want, "a thread of Go")
			}
		}
	})
}

func TestSignalsUnderLoad(t *testing.T) {
	h, p := latest(t)
	events, chunk := mixed(10 * len(shapes))
	f := newFilter(t, p)
	o := newOutput(t, loadOutput(t, h), "Sink=file", "Path="+t.TempDir()+"/out.json")
	done := make(chan struct{})
	var wg sync.WaitGroup
	work := func(f func() bool) {
		wg.Go(func() {
			for ok := true; ok; {
				select {
				case <-done:
					return
				default:
					ok = f()
				}
			}
		})
	}
	work(func() bool {
		out, _, err := f.On(1).Run(tag, chunk)
		if !assert.NoError(t, err) {
			return false
		}
		checkMixed(t, events, out)
		return true
	})
	work(func() bool {
		answer, err := o.On(2).Flush(tag, chunk)
		return assert.NoError(t, err) && assert.Equal(t, host.AnswerOK, answer)
	})
	for range 100 {
		// Several at once: while the main thread handles a signal, the kernel delivers the next to another thread.
		for _, s := range hostSignals {
			require.NoError(t, h.Signal(s))
		}
		time.Sleep(2 * time.Millisecond)
	}
	close(done)
	wg.Wait()
	require.NoError(t, f.Exit())
	require.NoError(t, o.Exit())
}
