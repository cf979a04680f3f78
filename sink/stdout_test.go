package sink

import (
	"bufio"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pipeDeliveries are instances that write to one pipe, as they do to the standard output.
func pipeDeliveries(t *testing.T, n int) (all []*Delivery, r *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	require.NoError(t, err)
	t.Cleanup(func() { _ = r.Close() })
	for range n {
		out, err := duplicate(int(w.Fd()))
		require.NoError(t, err)
		d := newDelivery(newLineSink(out, JSON), "sink stdout", nil, func(Level, string) {})
		t.Cleanup(func() { assert.NoError(t, d.Close(t.Context())) })
		all = append(all, d)
	}
	require.NoError(t, w.Close())
	return all, r
}

func TestStdoutOfSeveral(t *testing.T) {
	const instances, chunks, size = 3, 10, 500 // far more than a pipe holds
	all, r := pipeDeliveries(t, instances)
	work := signIns(instances*chunks*size, size)
	var writers sync.WaitGroup
	for i, d := range all {
		writers.Go(func() {
			for _, c := range work[i*chunks:][:chunks] {
				assert.Equal(t, OK, d.Deliver(t.Context(), c).Answer)
			}
			assert.NoError(t, d.Close(t.Context()))
		})
	}
	var lines []string
	s := bufio.NewScanner(r)
	for s.Scan() {
		lines = append(lines, s.Text())
	}
	writers.Wait()
	list := numbers(t, lines)
	require.Len(t, list, instances*chunks*size)
	for i := 0; i < len(list); i += size {
		for j := range size {
			require.Equal(t, list[i]+j, list[i+j], "a chunk is written in one piece")
		}
	}
}

func TestStdoutWithoutReader(t *testing.T) {
	all, r := pipeDeliveries(t, 1)
	require.NoError(t, r.Close())
	v := all[0].Deliver(t.Context(), signIns(1, 1)[0])
	assert.Equal(t, Retry, v.Answer)
	assert.Contains(t, v.Reason, "standard output: ")
	assert.Contains(t, v.Reason, syscall.EPIPE.Error())
}

func TestStdoutTorn(t *testing.T) {
	r, w, err := os.Pipe()
	require.NoError(t, err)
	t.Cleanup(func() { _ = r.Close() })
	out := &stdoutWriter{f: w, torn: true}
	_, err = out.write([]byte("line\n"))
	require.NoError(t, err)
	require.NoError(t, out.close())
	var b strings.Builder
	_, err = bufio.NewReader(r).WriteTo(&b)
	require.NoError(t, err)
	assert.Equal(t, "\nline\n", b.String())
}
