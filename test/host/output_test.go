package host_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/test/host"
)

// records reads a file of JSON lines.
func records(t *testing.T, path string) []map[string]any {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	var list []map[string]any
	for line := range bytes.Lines(data) {
		var r map[string]any
		require.NoError(t, json.Unmarshal(line, &r), "%s", line)
		list = append(list, r)
	}
	return list
}

// deliverable counts the shapes that are delivered: a group marker is not a record, and a sink refuses a record that is not a map.
func deliverable(events [][]byte) (n int, enriched int) {
	for i := range events {
		s := shapes[i%len(shapes)]
		switch s.name {
		case "group start", "group end", "body is no map":
		default:
			n++
		}
		if s.severity != "" {
			enriched++
		}
	}
	return n, enriched
}

func TestOutputWritesTheRecordsToAFile(t *testing.T) {
	events, chunk := mixed(1000)
	want, enriched := deliverable(events)
	supported(t, func(t *testing.T, h *host.Host) {
		p := loadOutput(t, h)
		dir := t.TempDir()
		one := newOutput(t, p, "Sink=file", "Path="+filepath.Join(dir, "one.json"))
		two := newOutput(t, p, "Sink=file", "Path="+filepath.Join(dir, "two.json"), "Severity_Key=level")
		for _, o := range []*host.Output{one.On(1), two.On(2)} {
			answer, err := o.Flush(tag, chunk)
			require.NoError(t, err)
			assert.Equal(t, host.AnswerOK, answer)
		}
		require.NoError(t, one.Exit())
		require.NoError(t, two.Exit())
		require.NoError(t, p.Unload())

		for file, key := range map[string]string{"one.json": "severity", "two.json": "level"} {
			list := records(t, filepath.Join(dir, file))
			assert.Len(t, list, want)
			n := 0
			for _, r := range list {
				if r[key] != nil {
					n++
				}
			}
			assert.Equal(t, enriched, n, key)
		}
		assert.Len(t, h.Logged("delivered="), 2)
	})
}

func TestOutputWithDamage(t *testing.T) {
	h := start(t, host.V511)
	path := filepath.Join(t.TempDir(), "out.json")
	o := newOutput(t, loadOutput(t, h), "Sink=file", "Path="+path)
	answer, err := o.Flush(tag, append(signIn(50126), 0x92, 0x92))
	require.NoError(t, err)
	assert.Equal(t, host.AnswerOK, answer, "sent again it would be no better")
	assert.Len(t, records(t, path), 1)
	assert.Len(t, h.Logged("is refused as one record"), 1)
	assert.Len(t, h.Logged("1 of 2 records are refused for good"), 1)
	require.NoError(t, o.Exit())
}

// Before 5.1, coroutines have 24 KiB of stack. The host itself needs some of it, and a log line takes 9 KiB.
func TestOutputOnACoroutine(t *testing.T) {
	h := start(t, host.V503)
	o := newOutput(t, loadOutput(t, h), "Sink=file", "Path="+filepath.Join(t.TempDir(), "out.json"))
	_, chunk := mixed(1000)
	for thread := range 3 {
		for range 20 {
			var used int
			answer, err := o.On(thread).Stack(24<<10, &used).Flush(tag, chunk)
			require.NoError(t, err)
			require.Equal(t, host.AnswerOK, answer)
			require.Less(t, used, 16<<10)
			t.Logf("thread %d: %d bytes of stack", thread, used)
		}
	}
	assert.NotEmpty(t, h.Logged("is not in the catalog"), "the first flush logs")
	require.NoError(t, o.Exit())
}
