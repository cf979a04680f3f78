package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// copied copies the object to another folder under a name.
func copied(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(object(t))
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, content, 0o755))
	return path
}

// pluginsFile writes a plugins_file.
func pluginsFile(t *testing.T, paths ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "plugins.conf")
	require.NoError(t, os.WriteFile(file, []byte("[PLUGINS]\n    Path "+strings.Join(paths, "\n    Path ")+"\n"), 0o600))
	return file
}

// Two copies are two Go runtimes in one process. The second copy must say why it does not start, and must not crash Fluent Bit.
func TestSecondCopyIsRefused(t *testing.T) {
	for _, second := range []string{copied(t, "out_entra_signin.so"), copied(t, "flb-filter_entra_signin.so")} {
		first := object(t)
		if filepath.Base(first) == filepath.Base(second) {
			first = filepath.Join(filepath.Dir(first), "out_entra_signin.so")
		}
		p := start(t, "fluent-bit.conf", `[SERVICE]
    plugins_file `+pluginsFile(t, first, second)+`
[INPUT]
    name dummy
[FILTER]
    name  entra_signin
    match *
[OUTPUT]
    name  entra_signin
    match *
    sink  stdout
`)
		assert.ErrorContains(t, p.wait(), "exit status")
		assert.Contains(t, p.log.String(), "another copy of this plugin is loaded already: "+first+". This one, "+second+", cannot run beside it")
	}
}

// An upgrade replaces the file, as install and mv do. A reload keeps the old code. A reload with another file is refused.
func TestUpgradeUnderAReload(t *testing.T) {
	so := copied(t, "flb-filter_entra_signin.so")
	plugins := pluginsFile(t, so)
	p := start(t, "fluent-bit.conf", `[SERVICE]
    plugins_file `+plugins+`
    flush        0.2
    hot_reload   on
[INPUT]
    name  dummy
    dummy {"resultType":"50126"}
[FILTER]
    name  entra_signin
    match *
[OUTPUT]
    name   stdout
    match  *
    format json_lines
`)
	enriched := func(what string) {
		before := strings.Count(p.out.String(), `"severity":"medium"`)
		p.eventually("records after "+what, func() bool { return strings.Count(p.out.String(), `"severity":"medium"`) > before+1 })
	}
	enriched("the start")

	require.NoError(t, os.Rename(copied(t, "flb-filter_entra_signin.so"), so))
	p.signal(syscall.SIGHUP)
	p.eventually("a reload", func() bool { return strings.Count(p.log.String(), "codes in the catalog") == 2 })
	enriched("the reload")
	assert.NotContains(t, p.log.String(), "another copy")

	other := copied(t, "flb-filter_entra_signin.so")
	require.NoError(t, os.WriteFile(plugins, []byte("[PLUGINS]\n    Path "+other+"\n"), 0o600))
	p.signal(syscall.SIGHUP)
	p.eventually("a refusal", func() bool {
		return strings.Contains(p.log.String(), "another copy of this plugin is loaded already: "+so+". This one, "+other)
	})
	enriched("the refusal")
	p.stop()
}

func TestLogTellsAProcessorFromAFilter(t *testing.T) {
	p := start(t, "fluent-bit.yaml", `
service:
  plugins_file: DIR/plugins.conf
pipeline:
  inputs:
    - name: dummy
      processors:
        logs:
          - name: entra_signin
  filters:
    - name: entra_signin
      match: '*'
  outputs:
    - name: "null"
      match: '*'
`)
	p.eventually("both have started", func() bool { return strings.Count(p.log.String(), "codes in the catalog") == 2 })
	for _, kind := range []string{"filter", "processor"} {
		assert.Contains(t, p.log.String(), "["+kind+":entra_signin:entra_signin.0] version ")
	}
	p.stop()
}
