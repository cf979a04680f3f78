package host_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/test/host"
)

func TestLogOfDamageIsLimited(t *testing.T) {
	h, p := latest(t)
	one, two := newFilter(t, p), newFilter(t, p)
	for range 10 {
		for _, f := range []*host.Filter{one, two} {
			_, _, err := f.Run(tag, append(signIn(50126), 0x92, 0x92))
			require.NoError(t, err)
		}
	}
	said := h.Logged("damaged")
	require.Len(t, said, 2, "one for each instance")
	assert.Equal(t, host.Warn, said[0].Level)
}

func TestTakeLogForgets(t *testing.T) {
	h, p := latest(t)
	f := newFilter(t, p)
	require.NotEmpty(t, h.TakeLog(), "what an instance says when it starts")
	assert.Empty(t, h.Log())
	require.NoError(t, f.Exit())
	assert.Len(t, h.TakeLog(), 2, "what it says when it ends: that no record came, and the counts")
}

func TestLogOfUnknownCodes(t *testing.T) {
	h, p := latest(t)
	f := newFilter(t, p)
	for range 3 {
		for code := 987654001; code <= 987654003; code++ {
			_, _, err := f.Run(tag, signIn(code))
			require.NoError(t, err)
		}
	}
	said := h.Logged("is not in the catalog")
	require.Len(t, said, 3, "each code once")
	assert.Equal(t, host.Info, said[0].Level)
	assert.Contains(t, said[0].Text, "code 987654001")
	assert.Contains(t, said[0].Text, "Catalog")
}

// Codes come from outside: a stream of invented codes must not fill the log.
func TestLogOfManyUnknownCodes(t *testing.T) {
	h, p := latest(t)
	f := newFilter(t, p)
	for i := range 1200 {
		_, _, err := f.Run(tag, signIn(987000000+i))
		require.NoError(t, err)
	}
	assert.Len(t, h.Logged("is not in the catalog"), 1000)
	assert.Len(t, h.Logged("more are counted only"), 1)
}

func TestLogAtTheEnd(t *testing.T) {
	h, p := latest(t)
	f := newFilter(t, p)
	for _, chunk := range [][]byte{signIn(50126), signIn(0), signIn(987654321), event(`{"a":1}`), event("{not json")} {
		_, _, err := f.Run(tag, chunk)
		require.NoError(t, err)
	}
	require.NoError(t, f.Exit())
	last := h.Log()[len(h.Log())-1]
	assert.Equal(t, host.Info, last.Level)
	assert.Equal(t, "[filter:entra_signin:entra_signin.0] records=5 matched=2 unknown=1 no_code=2 malformed=1 split=0"+
		" info=1 low=0 medium=1 high=0 critical=0 unsplit=0 over_limit=0", last.Text)
}

func TestLogLevelOfTheInstance(t *testing.T) {
	for level, lines := range map[string]int{"error": 0, "warn": 1, "info": 4} {
		t.Run(level, func(t *testing.T) {
			h, p := latest(t)
			f := newFilter(t, p, "log_level="+level)
			_, _, err := f.Run(tag, append(signIn(987654321), 0x92))
			require.NoError(t, err)
			require.NoError(t, f.Exit())
			assert.Len(t, h.Log(), lines, fmt.Sprint(h.Log()))

			o := newOutput(t, loadOutput(t, h), "log_level="+level, "Sink=file", "Path="+t.TempDir()+"/out.json")
			_, err = o.Flush(tag, append(signIn(987654321), 0x92))
			require.NoError(t, err)
			require.NoError(t, o.Exit())
			assert.Len(t, h.Log(), 2*lines+min(lines, 1), fmt.Sprint(h.Log())) // an output refuses what is behind the damage
		})
	}
}
