package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A ConfigMap changes by a symbolic link that is swapped for another; the file that the option names stays a link to it.
func TestCatalogIsReloadedAsKubernetesChangesIt(t *testing.T) {
	volume := t.TempDir()
	publish := func(version, content string) {
		require.NoError(t, os.Mkdir(filepath.Join(volume, version), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(volume, version, "codes.csv"), []byte(content), 0o600))
		require.NoError(t, os.Symlink(version, filepath.Join(volume, "..data_tmp")))
		require.NoError(t, os.Rename(filepath.Join(volume, "..data_tmp"), filepath.Join(volume, "..data")))
	}
	publish("..1", "code,severity\n50126,critical\n")
	require.NoError(t, os.Symlink("..data/codes.csv", filepath.Join(volume, "codes.csv")))
	p := classic(t, tail("entra.a", "DIR/in.jsonl", "refresh_interval 1")+`[FILTER]
    name  entra_signin
    match entra.*
    catalog `+filepath.Join(volume, "codes.csv")+`
    catalog_reload 100ms
`+toFile)
	severity := func() any {
		before := len(p.lines("out.jsonl"))
		p.append("in.jsonl", `{"status":{"errorCode":50126}}`)
		p.eventually("the record", func() bool { return len(p.lines("out.jsonl")) > before })
		return p.lines("out.jsonl")[before]["severity"]
	}
	assert.Equal(t, "critical", severity())

	publish("..2", "code,severity\n50126,info\n")
	p.eventually("the new catalog", func() bool { return severity() == "info" })

	publish("..3", "code,severity\n50126,harmless\n")
	p.eventually("a line about the broken one", func() bool {
		assert.Equal(t, "info", severity(), "the last good catalog stays")
		return strings.Contains(p.log.String(), "codes.csv:2:7")
	})

	publish("..4", "code,severity\n50126,low\n")
	p.eventually("the mended catalog", func() bool { return severity() == "low" })
	assert.Equal(t, 1, strings.Count(p.log.String(), "codes.csv:2:7"), "said once")
	p.stop()
}
