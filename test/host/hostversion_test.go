package host_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/test/host"
)

// The plugin must say so if it does not know the layout of the host's structs, and must not hand over anything that the host would misread.
func TestUnknownLayoutIsRefused(t *testing.T) {
	for _, v := range []host.Version{host.NewCallback, host.NewOption} {
		t.Run(string(v), func(t *testing.T) {
			h := start(t, v)
			p := loadFilter(t, h)
			assert.Equal(t, "entra_signin", p.Name)
			assert.NotEmpty(t, p.Description)
			options, err := p.Options()
			require.NoError(t, err)
			assert.Empty(t, options)

			_, err = p.New("Fields=severity")
			require.ErrorIs(t, err, host.ErrRefused)
			f, err := p.Create()
			require.NoError(t, err)
			require.ErrorIs(t, f.Init(), host.ErrRefused)
			require.Len(t, h.Log(), 1, "one line")
			assert.Equal(t, host.Error, h.Log()[0].Level)
			assert.Contains(t, h.Log()[0].Text, "does not know. Update the plugin")

			_, err = h.LoadOutput(host.OutputOf(built.so))
			require.ErrorContains(t, err, "registration failed")
			assert.Len(t, h.Log(), 2)
		})
	}
}

func TestUnknownFunctionsOfAnOutputAreRefused(t *testing.T) {
	h := start(t, host.NewAPI)
	_, err := loadOutput(t, h).New("Sink=stdout")
	require.Error(t, err)
	require.Len(t, h.Log(), 1)
	assert.Contains(t, h.Log()[0].Text, "functions that the plugin does not know. Update the plugin")
}

func TestNewerHostIsNamedOnce(t *testing.T) {
	h := start(t, host.Newer)
	filters, outputs := loadFilter(t, h), loadOutput(t, h)
	newFilter(t, filters)
	newFilter(t, filters)
	newOutput(t, outputs, "Sink=file", "Path="+filepath.Join(t.TempDir(), "out.json"))
	said := h.Logged("tested up to Fluent Bit 5.1.1; this is 90.0.0")
	require.Len(t, said, 1)
	assert.Equal(t, host.Info, said[0].Level)

	for _, v := range []host.Version{host.V221, host.V511} {
		h := start(t, v)
		newFilter(t, loadFilter(t, h))
		assert.Empty(t, h.Logged("tested up to"))
	}
}

// 2.2.0 frees the instance of an output that refuses its options, goes on with it, and frees it again.
func TestOutputIsRefusedIn220(t *testing.T) {
	h := start(t, host.V220)
	newFilter(t, loadFilter(t, h))
	_, err := h.LoadOutput(host.OutputOf(built.so))
	require.ErrorContains(t, err, "registration failed")
	assert.Len(t, h.Logged("the output needs Fluent Bit 2.2.1 or newer"), 1)
}

func TestHotReloadOfAnOutputIsWarnedOf(t *testing.T) {
	const warning, workers = "before Fluent Bit 3.2.3 a hot reload hangs", "a hot reload may end Fluent Bit if this output has Workers"
	for v, want := range map[host.Version]int{host.V221: 1, host.V32: 0, host.V511: 0} {
		h := start(t, v)
		p := loadOutput(t, h)
		require.NoError(t, p.PreRun(false))
		assert.Empty(t, h.Logged("hot reload"), "%s: without hot reload it does not matter", v)
		require.NoError(t, p.PreRun(true))
		require.NoError(t, p.PreRun(true))
		assert.Len(t, h.Logged(warning), want, v)
		assert.Len(t, h.Logged(workers), 1, v)
	}
}

// Two copies are two Go runtimes in one process. A link is the same object.
func TestSecondCopyIsRefused(t *testing.T) {
	content, err := os.ReadFile(built.so)
	require.NoError(t, err)
	dir := t.TempDir()
	for _, name := range []string{host.FilterFile, host.OutputFile} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), content, 0o755))
	}
	copied := filepath.Join(dir, host.FilterFile)

	t.Run("the output", func(t *testing.T) {
		h := start(t, host.V511)
		p := loadFilter(t, h)
		_, err := h.LoadOutput(host.OutputOf(copied))
		require.ErrorContains(t, err, "registration failed")
		require.Len(t, h.Log(), 1)
		assert.Contains(t, h.Log()[0].Text, "loaded already: "+built.so+". This one, "+host.OutputOf(copied)+",")

		f := newFilter(t, p)
		_, modified, err := f.Run(tag, signIn(50126))
		require.NoError(t, err)
		assert.True(t, modified, "the first copy works")
		require.NoError(t, f.Exit())
	})
	t.Run("the filter", func(t *testing.T) {
		h := start(t, host.V511)
		o := newOutput(t, loadOutput(t, h), "Sink=file", "Path="+filepath.Join(t.TempDir(), "out.json"))
		second, err := h.LoadFilter(copied)
		require.NoError(t, err)
		_, err = second.New()
		require.ErrorIs(t, err, host.ErrRefused)
		assert.Len(t, h.Logged("another copy of this plugin is loaded already: "+host.OutputOf(built.so)), 1)

		answer, err := o.Flush(tag, signIn(50126))
		require.NoError(t, err)
		assert.Equal(t, host.AnswerOK, answer)
		require.NoError(t, o.Exit())
	})
	t.Run("of an upgrade at a hot reload", func(t *testing.T) {
		h := start(t, host.V511)
		path := filepath.Join(t.TempDir(), host.FilterFile)
		require.NoError(t, os.Link(copied, path))
		p, err := h.LoadFilter(path)
		require.NoError(t, err)
		newFilter(t, p)
		// As install and mv do: another file of the same name. The loader goes by the name and keeps the old one.
		require.NoError(t, os.Remove(path))
		require.NoError(t, os.WriteFile(path, content, 0o755))
		again, err := h.LoadFilter(path)
		require.NoError(t, err)
		newFilter(t, again)
		assert.Empty(t, h.Logged("another copy"))
	})
}

func TestLogTellsAProcessorFromAFilter(t *testing.T) {
	h, p := latest(t)
	f := newFilter(t, p)
	processor, err := p.NewProcessor()
	require.NoError(t, err)
	require.NoError(t, f.Exit())
	require.NoError(t, processor.Exit())
	assert.Len(t, h.Logged("[filter:entra_signin:entra_signin.0] "), 3, "what it says when it starts and when it ends")
	assert.Len(t, h.Logged("[processor:entra_signin:entra_signin.1] "), 3)

	_, err = p.NewProcessor("Schema=ces")
	require.ErrorIs(t, err, host.ErrRefused)
	assert.Len(t, h.Logged("[processor:entra_signin:entra_signin.2] option Schema"), 1)
}
