package host_test

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/test/host"
)

// bomb is an event that makes an object with the tag faultinject panic.
func bomb(stage, kind string) []byte {
	return event(fmt.Sprintf(`{"x":"fault:%s:%s","status":{"errorCode":50126}}`, stage, kind))
}

func TestFaultsDoNotReachTheHost(t *testing.T) {
	so, err := faulty()
	require.NoError(t, err)
	for _, c := range []struct{ stage, kind, says string }{
		{"enrich", "panic", "asked for"},
		{"enrich", "index", "index out of range"},
		{"enrich", "nil", "nil pointer dereference"},
		{"copy", "panic", "asked for"},
		{"copy", "nil", "nil pointer dereference"},
	} {
		t.Run(c.stage+" "+c.kind, func(t *testing.T) {
			h := start(t, host.V511)
			p, err := h.LoadFilter(so)
			require.NoError(t, err)
			f := newFilter(t, p)
			outputs, err := h.LoadOutput(host.OutputOf(so))
			require.NoError(t, err)
			o := newOutput(t, outputs, "Sink=file", "Path="+t.TempDir()+"/out.json")
			for range 3 {
				// The host takes its handlers back, as it does after every reload.
				require.NoError(t, h.Signal(syscall.SIGCONT))
				waitFor(t, "the host handles the signal", func() bool {
					who, _, err := h.Handler(syscall.SIGSEGV)
					require.NoError(t, err)
					return who == "host"
				})
				_, modified, err := f.On(1).Run(tag, bomb(c.stage, c.kind))
				require.NoError(t, err)
				assert.False(t, modified, "the chunk passes as it is")
				_, modified, err = f.On(1).Run(tag, signIn(50126))
				require.NoError(t, err)
				assert.True(t, modified, "the next one is enriched")
				if c.stage == "enrich" {
					answer, err := o.On(2).Flush(tag, bomb(c.stage, c.kind))
					require.NoError(t, err)
					assert.Equal(t, host.AnswerRetry, answer)
				}
			}
			said := h.Logged("[filter:entra_signin:entra_signin.0] fault in the plugin: ")
			require.Len(t, said, 1, "one line a minute")
			assert.Equal(t, host.Error, said[0].Level)
			assert.Contains(t, said[0].Text, c.says)
			assert.Contains(t, said[0].Text, "fault_on.go:", "where it was")
			assert.NoError(t, f.Exit())
			assert.NoError(t, o.Exit())
		})
	}
}

// A panic after the output was allocated must not leak the output.
func TestFaultWhileCopyingFreesTheOutput(t *testing.T) {
	so, err := faulty()
	require.NoError(t, err)
	h := start(t, host.V511)
	p, err := h.LoadFilter(so)
	require.NoError(t, err)
	f := newFilter(t, p)
	run := func() int {
		_, _, err := f.Run(tag, bomb("copy", "panic"))
		require.NoError(t, err)
		s, err := h.Stat()
		require.NoError(t, err)
		return s.Blocks
	}
	before := run()
	for range 20 {
		run()
	}
	assert.Less(t, run(), before+20)
}

// As many flushes enrich at once as there are processors. One that ended in a panic is not one of them any longer.
func TestAFaultDoesNotBlockLaterFlushes(t *testing.T) {
	so, err := faulty()
	require.NoError(t, err)
	h := start(t, host.V511)
	outputs, err := h.LoadOutput(host.OutputOf(so))
	require.NoError(t, err)
	o := newOutput(t, outputs, "Sink=file", "Path="+t.TempDir()+"/out.json")
	for range runtime.NumCPU() + 1 {
		answer, err := o.Flush(tag, bomb("enrich", "panic"))
		require.NoError(t, err)
		require.Equal(t, host.AnswerRetry, answer)
	}
	answer, err := o.Flush(tag, signIn(50126))
	require.NoError(t, err)
	assert.Equal(t, host.AnswerOK, answer)
	assert.NoError(t, o.Exit())
}

// Only an object that is built with the tag contains the code that injects faults. The object of users does not.
func TestFaultsAreNotInTheObjectOfUsers(t *testing.T) {
	source := []byte("fault_on.go") // Go keeps the names of source files, for stack traces
	users, err := os.ReadFile(built.so)
	require.NoError(t, err)
	assert.False(t, bytes.Contains(users, source))
	so, err := faulty()
	require.NoError(t, err)
	tests, err := os.ReadFile(so)
	require.NoError(t, err)
	assert.True(t, bytes.Contains(tests, source), "so the name would be found")

	h, p := latest(t)
	f := newFilter(t, p)
	o := newOutput(t, loadOutput(t, h), "Sink=file", "Path="+t.TempDir()+"/out.json")
	for _, stage := range []string{"enrich", "copy"} {
		_, modified, err := f.Run(tag, bomb(stage, "panic"))
		require.NoError(t, err)
		assert.True(t, modified)
		answer, err := o.Flush(tag, bomb(stage, "panic"))
		require.NoError(t, err)
		assert.Equal(t, host.AnswerOK, answer)
	}
	assert.Empty(t, h.Logged("fault"))
}
