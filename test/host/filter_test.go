package host_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/test/host"
)

const tag = "entra.signin"

func TestFilterEnrichesTenThousandMixedRecords(t *testing.T) {
	events, chunk := mixed(10_000)
	supported(t, func(t *testing.T, h *host.Host) {
		f := newFilter(t, loadFilter(t, h))
		out, modified, err := f.Run(tag, chunk)
		require.NoError(t, err)
		require.True(t, modified)
		checkMixed(t, events, out)

		again, _, err := f.Run(tag, out)
		require.NoError(t, err)
		assert.Equal(t, out, again, "a second pass changes nothing")
		require.NoError(t, f.Exit())
	})
}

func TestFilterLeavesAlone(t *testing.T) {
	_, p := latest(t)
	f := newFilter(t, p)
	for name, chunk := range map[string][]byte{
		"no code":        event(`{"message":"hello"}`),
		"empty":          {},
		"not an event":   {0x00},
		"no MessagePack": {0xc1, 0xc1, 0xc1},
		"cut header":     {0x92},
	} {
		t.Run(name, func(t *testing.T) {
			_, modified, err := f.Run(tag, chunk)
			require.NoError(t, err)
			assert.False(t, modified)
		})
	}
}

// The chunk ends where readable memory ends (c/chunk.c), so the host crashes if the plugin reads a byte too many.
func TestFilterReadsNothingBehindTheChunk(t *testing.T) {
	_, p := latest(t)
	f := newFilter(t, p)
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			whole := signIn(50126)
			second := s.make(1)
			chunk := append(append([]byte(nil), whole...), second...)
			for size := len(whole); size < len(chunk); size++ {
				out, modified, err := f.Run(tag, chunk[:size])
				require.NoError(t, err)
				require.True(t, modified, "the whole event is enriched whatever follows")
				cut := chunk[len(whole):size]
				require.Equal(t, string(cut), string(out[len(out)-len(cut):]), "what is damaged is passed on as it is")
			}
		})
	}
}

func TestFilterAsProcessor(t *testing.T) {
	events, chunk := mixed(2 * len(shapes))
	supported(t, func(t *testing.T, h *host.Host) {
		f, err := loadFilter(t, h).NewProcessor()
		require.NoError(t, err)
		for thread := range 3 {
			out, _, err := f.On(thread).Run(tag, chunk)
			require.NoError(t, err)
			checkMixed(t, events, out)
		}
	})
}

// The host calls a processor that is switched off without ever initializing it.
func TestFilterThatWasNeverInitialised(t *testing.T) {
	supported(t, func(t *testing.T, h *host.Host) {
		p := loadFilter(t, h)
		off, err := p.Create("active=off")
		require.NoError(t, err)
		_, modified, err := off.Run(tag, signIn(50126))
		require.NoError(t, err)
		assert.False(t, modified, "nobody is initialised")

		on := newFilter(t, p)
		_, modified, err = off.Run(tag, signIn(50126))
		require.NoError(t, err)
		assert.False(t, modified, "somebody else is")
		require.NoError(t, off.Exit())
		_, modified, err = on.Run(tag, signIn(50126))
		require.NoError(t, err)
		assert.True(t, modified)
	})
}

func TestFilterInstancesAreIndependent(t *testing.T) {
	_, p := latest(t)
	one := newFilter(t, p)
	two := newFilter(t, p, "Fields=severity", "Severity_Key=level")
	first, _, err := one.Run(tag, signIn(50126))
	require.NoError(t, err)
	assert.Equal(t, "medium", severityOf(t, first))
	second, _, err := two.Run(tag, signIn(50126))
	require.NoError(t, err)
	assert.Empty(t, severityOf(t, second))
	assert.Contains(t, string(second), "level")

	require.NoError(t, one.Exit())
	_, modified, err := two.Run(tag, signIn(50126))
	require.NoError(t, err)
	assert.True(t, modified, "the other one has left")
}

// Fluent Bit calls init on one thread, the filter on another and exit on a third.
func TestFilterOnThreeThreads(t *testing.T) {
	_, p := latest(t)
	f, err := p.Create()
	require.NoError(t, err)
	require.NoError(t, f.On(1).PreRun())
	require.NoError(t, f.On(2).Init())
	_, modified, err := f.On(3).Run(tag, signIn(50126))
	require.NoError(t, err)
	assert.True(t, modified)
	require.NoError(t, f.On(4).Exit())
}
