package sink

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/internal/msgpack"
)

func TestDeadLetters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dead")
	file, err := openAppendFile(path, true)
	require.NoError(t, err)
	t.Cleanup(func() { _ = file.close() })
	d := &deadLetters{file: file, now: func() time.Time { return time.Unix(1_700_000_000, 5) }}
	c := &Chunk{Tag: "ta\"g", Records: []Record{
		{Sec: 1, Body: pack(pairs{"a", "\xff"})},
		{Sec: 2, Body: pack(pairs{"b", 1})},
		{Sec: 3, Body: []byte{0x81, 0xff}},
	}}
	out := []outcome{
		{state: refused, status: 400, reason: "line\nbreak"},
		{state: delivered},
		{state: refused, reason: msgpack.ErrTruncated.Error()},
	}
	require.NoError(t, d.add(c, out))
	assert.Equal(t, []state{refused, delivered, refused}, statesOf(out))
	assert.Equal(t, []string{
		`{"id":"00000000000000000000000000000000-0","time":"2023-11-14T22:13:20.000000005Z","status":400,"reason":"line\nbreak","tag":"ta\"g",` +
			"\"record\":{\"@timestamp\":\"1970-01-01T00:00:01.000000000Z\",\"a\":\"\uFFFD\"}}",
		`{"id":"00000000000000000000000000000000-2","time":"2023-11-14T22:13:20.000000005Z","status":0,"reason":"the MessagePack ends in the middle of a value","tag":"ta\"g",` +
			`"raw":"gf8="}`,
	}, fileLines(t, path))
	for _, line := range fileLines(t, path) {
		assert.True(t, json.Valid([]byte(line)))
	}
	require.NoError(t, d.add(c, states(delivered, pending, done)), "nothing to write")
	assert.Len(t, fileLines(t, path), 2)
}

// A chunk that was not done when Fluent Bit ended comes back whole. What was refused of it is not written again.
func TestDeadLettersOfAnEarlierProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dead")
	refuse := func(_ context.Context, _ *Chunk, out []outcome) {
		for pos := range out {
			if out[pos].state == pending && pos%3 != 2 {
				out[pos] = outcome{state: refused, status: 400, reason: "no"}
			}
		}
	}
	chunks := signIns(30, 15)
	first, _ := scriptedDelivery(t, &scripted{send: refuse}, path)
	for range 3 {
		require.Equal(t, Retry, first.Deliver(t.Context(), chunks[0]).Answer)
	}
	require.NoError(t, first.Close(t.Context()))
	require.Len(t, fileLines(t, path), 10)

	second, _ := scriptedDelivery(t, &scripted{send: refuse}, path)
	v := second.Deliver(t.Context(), chunks[0])
	assert.Equal(t, 10, v.Refused, "they count in this process")
	assert.Len(t, fileLines(t, path), 10)
	second.Deliver(t.Context(), chunks[1])
	assert.Len(t, fileLines(t, path), 20, "those of another chunk are written")

	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, second.Close(t.Context()))
	// A torn line may end like a whole one, behind an object in the record.
	torn := bytes.LastIndexByte(content[:len(content)-1], '}')
	require.Equal(t, byte('}'), content[torn])
	for _, end := range []int{len(content) - 5, torn} {
		require.NoError(t, os.WriteFile(path, content[:end], 0o600))
		third, _ := scriptedDelivery(t, &scripted{send: refuse}, path)
		third.Deliver(t.Context(), chunks[1])
		assert.Len(t, fileLines(t, path), 21, "the record of a torn line is written again")
		require.NoError(t, third.Close(t.Context()))
	}
}
