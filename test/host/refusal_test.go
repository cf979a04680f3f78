package host_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/test/host"
)

func TestOldHostIsRefused(t *testing.T) {
	h := start(t, host.V21)
	p := loadFilter(t, h)
	assert.Equal(t, "entra_signin", p.Name)
	_, err := p.New()
	require.ErrorIs(t, err, host.ErrRefused)
	require.Len(t, h.Log(), 1)
	assert.Equal(t, host.Error, h.Log()[0].Level)
	assert.Contains(t, h.Log()[0].Text, "[filter:entra_signin:entra_signin.0] needs Fluent Bit 2.2 or newer")

	off, err := p.Create("active=off")
	require.NoError(t, err)
	_, modified, err := off.Run(tag, signIn(50126))
	require.NoError(t, err)
	assert.False(t, modified)

	_, err = h.LoadOutput(host.OutputOf(built.so))
	require.ErrorContains(t, err, "registration failed")
	assert.Len(t, h.Logged("needs Fluent Bit 2.2 or newer"), 2)
}

// In the child of a fork Go has no threads: a call into it would never return.
func TestDaemonModeIsRefused(t *testing.T) {
	supported(t, func(t *testing.T, h *host.Host) {
		filters, outputs := loadFilter(t, h), loadOutput(t, h)
		require.NoError(t, h.Fork())
		began := time.Now()

		_, err := filters.New()
		require.ErrorIs(t, err, host.ErrRefused)
		f, err := filters.Create()
		require.NoError(t, err)
		require.ErrorIs(t, f.Init(), host.ErrRefused)
		off, err := filters.Create("active=off")
		require.NoError(t, err)
		_, modified, err := off.Run(tag, signIn(50126))
		require.NoError(t, err)
		assert.False(t, modified)

		_, err = outputs.New()
		require.Error(t, err)
		require.NoError(t, outputs.Unload())

		assert.Less(t, time.Since(began), 2*time.Second)
		require.Len(t, h.Log(), 3)
		for _, l := range h.Log() {
			assert.Contains(t, l.Text, "daemon mode")
		}
	})
}
