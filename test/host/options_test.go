package host_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/internal/option"
	"fluent-bit-entra-signin/plugin/settings"
	"fluent-bit-entra-signin/test/host"
)

func described(list []option.Option) []host.Option {
	var want []host.Option
	for _, o := range list {
		want = append(want, host.Option{Name: o.Name, Default: o.Default, Help: o.Help, Plain: true})
	}
	return want
}

func TestHostSeesTheOptions(t *testing.T) {
	f, o := settings.DefaultFilter(), settings.DefaultOutput()
	supported(t, func(t *testing.T, h *host.Host) {
		p := loadFilter(t, h)
		assert.Equal(t, "entra_signin", p.Name)
		assert.NotEmpty(t, p.Description)
		got, err := p.Options()
		require.NoError(t, err)
		assert.Equal(t, described(f.List()), got)

		out := loadOutput(t, h)
		assert.Equal(t, "entra_signin", out.Name)
		assert.NotEmpty(t, out.Description)
		got, err = out.Options()
		require.NoError(t, err)
		if v := host.Version(filepath.Base(t.Name())); v == host.V511 || slices.Index(host.Versions, v) > slices.Index(host.Versions, host.V511) {
			assert.Equal(t, described(o.List()), got)
		} else {
			assert.Empty(t, got, "read from 5.1.1 on")
		}
	})
}

func TestUnknownOptionIsRefused(t *testing.T) {
	supported(t, func(t *testing.T, h *host.Host) {
		_, err := loadFilter(t, h).New("Feilds=severity")
		assert.ErrorContains(t, err, "Feilds")
	})
	t.Run("output", func(t *testing.T) {
		_, err := loadOutput(t, start(t, host.V511)).New("Sinc=stdout")
		assert.ErrorContains(t, err, "Sinc")
	})
}

func TestBadValuesAreRefused(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.csv")
	require.NoError(t, os.WriteFile(bad, []byte("code,description,severity\n1,x,low\n2,y,terrible\n3,z,awful\n"), 0o644))

	h, p := latest(t)
	out := loadOutput(t, h)
	for _, c := range []struct{ set, says string }{
		{"Fields=severty", "option Fields"},
		{"Schema=cef", "option Schema"},
		{"Overwrite=perhaps", "option Overwrite"},
		{"Code_Key=a..b", "option Code_Key"},
		{"Catalog=" + filepath.Join(dir, "none.csv"), "option Catalog"},
		{"Catalog=" + dir, "is a directory"},
		{"Catalog=/dev/zero", "not a regular file"},
		{"Catalog=" + bad, "bad.csv:3"},
		{"Catalog_Reload=often", "option Catalog_Reload"},
		{"Catalog_Reload=1ms", "option Catalog_Reload"},
		{"Stats_Interval=10ms", "must be 0 or at least 1s"},
		{"Metrics_Listen=everywhere", "use off, a port, or an IP address"},
		{"Metrics_Listen=127.0.0.1:99999", "the port must be from 1 to 65535"},
	} {
		t.Run(c.set, func(t *testing.T) {
			for _, make := range []func() error{
				func() error { _, err := p.New(c.set); return err },
				func() error {
					f, err := p.Create(c.set)
					require.NoError(t, err)
					return f.Init() // also where nobody called cb_pre_run
				},
				func() error { _, err := out.New(c.set); return err },
			} {
				before := len(h.Log())
				assert.Error(t, make())
				said := h.Log()[before:]
				require.Len(t, said, 1, "one line")
				assert.Equal(t, host.Error, said[0].Level)
				assert.Contains(t, said[0].Text, c.says)
				assert.Contains(t, said[0].Text, ":entra_signin:entra_signin.", "the prefix of Fluent Bit's own plugins")
			}
		})
	}
	t.Run("of a sink", func(t *testing.T) {
		_, err := out.New("Sink=pigeon")
		require.Error(t, err)
		assert.NotEmpty(t, h.Logged("option Sink"))
	})
}

// A reload checks the new configuration while the old one runs, and may be refused then.
func TestPreRunKeepsNothing(t *testing.T) {
	h, p := latest(t)
	running := newFilter(t, p)
	checked, err := p.Create("Fields=severity")
	require.NoError(t, err)
	require.NoError(t, checked.PreRun())
	_, modified, err := checked.Run(tag, signIn(50126))
	require.NoError(t, err)
	assert.False(t, modified)

	before, err := h.Stat()
	require.NoError(t, err)
	for range 20 {
		require.NoError(t, checked.PreRun())
		bad, err := p.Create("Schema=cef")
		require.NoError(t, err)
		require.ErrorIs(t, bad.PreRun(), host.ErrRefused)
		require.NoError(t, bad.Exit())
	}
	after, err := h.Stat()
	require.NoError(t, err)
	// Go may have started a thread or its poller meanwhile, which takes a block or two, and two files.
	assert.Less(t, after.Blocks, before.Blocks+20, "less than one for each check")
	assert.Less(t, after.Files, before.Files+20)

	_, modified, err = running.Run(tag, signIn(50126))
	require.NoError(t, err)
	assert.True(t, modified, "the old one goes on")
}
