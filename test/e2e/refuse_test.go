package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/internal/option"
	"fluent-bit-entra-signin/plugin/settings"
)

var escape = regexp.MustCompile(`\x1b\[[0-9;]*m`)

func TestHelpShowsEveryOption(t *testing.T) {
	so := object(t)
	t.Run("filter", func(t *testing.T) {
		f := settings.DefaultFilter()
		checkHelp(t, f.List(), "-e", so, "-F", "entra_signin", "-h")
	})
	t.Run("output", func(t *testing.T) {
		since(t, "5.1.1", "the options of a Go output in the help")
		o := settings.DefaultOutput()
		checkHelp(t, o.List(), "-e", filepath.Join(filepath.Dir(so), "out_entra_signin.so"), "-o", "entra_signin", "-h")
	})
}

func checkHelp(t *testing.T, options []option.Option, args ...string) {
	t.Helper()
	out, err := exec.Command(fluentBit(t), args...).CombinedOutput()
	require.NoError(t, err, "%s", out)
	text := escape.ReplaceAllString(string(out), "")
	for _, o := range options {
		// Fluent Bit breaks the lines of a help text.
		first := strings.Join(strings.Fields(o.Help)[:2], " ")
		assert.Regexp(t, `(?mi)^`+o.Name+` +`+regexp.QuoteMeta(first), text)
		if o.Default != "" && len(o.Default) < 20 {
			assert.Contains(t, text, "default: "+o.Default+",", o.Name)
		}
	}
}

func TestWrongSettingsAreRefused(t *testing.T) {
	filter := func(lines string) string {
		return "[INPUT]\n    name dummy\n[FILTER]\n    name entra_signin\n    match *\n" + lines + "\n[OUTPUT]\n    name null\n    match *\n"
	}
	output := func(lines string) string {
		return "[INPUT]\n    name dummy\n[OUTPUT]\n    name entra_signin\n    match *\n" + lines + "\n"
	}
	for name, c := range map[string]struct {
		config string
		says   []string
	}{
		"a misspelt option of the filter": {filter("    Feilds description"), []string{"feilds"}},
		"a value that is not on the list": {filter("    Schema ces"), []string{"Schema", "ces", "flat, ecs, ocsf"}},
		"a field that does not exist":     {filter("    Fields description,sevrity"), []string{"Fields", "sevrity"}},
		"a path with an empty key":        {filter("    Code_Key status..code"), []string{"Code_Key", "status..code"}},
		"a catalog that is not there":     {filter("    Catalog /nowhere/codes.csv"), []string{"Catalog", "/nowhere/codes.csv"}},
		"a sink that does not exist":      {output("    Sink kafka"), []string{"Sink", "kafka"}},
		"a file sink without a path":      {output("    Sink file"), []string{"Path"}},
		"a wrong value of the output":     {output("    Sink stdout\n    Overwrite maybe"), []string{"Overwrite", "maybe"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := classic(t, c.config)
			assert.Error(t, p.wait(), "Fluent Bit started")
			for _, word := range c.says {
				assert.Contains(t, strings.ToLower(p.log.String()), strings.ToLower(word))
			}
		})
	}
}

func TestDaemonModeIsRefused(t *testing.T) {
	// A daemon has closed its standard streams, so the log file shows what it said.
	log := filepath.Join(t.TempDir(), "log")
	p := classic(t, "    daemon on\n    log_file "+log+`
[INPUT]
    name dummy
[FILTER]
    name entra_signin
    match *
[OUTPUT]
    name null
    match *
`)
	_ = p.wait() // of the parent
	require.Eventually(t, func() bool {
		content, _ := os.ReadFile(log)
		return strings.Contains(string(content), "daemon mode")
	}, patience, 20*time.Millisecond)
}

func TestReloadWithAWrongSettingKeepsTheOldPipeline(t *testing.T) {
	config := tail("entra.a", "DIR/in.jsonl", "refresh_interval 1", "db DIR/tail.db") + `[FILTER]
    name  entra_signin
    match entra.*
    catalog DIR/codes.csv
` + toFile
	catalog := filepath.Join(t.TempDir(), "codes.csv")
	require.NoError(t, os.WriteFile(catalog, []byte("code,severity\n50126,critical\n"), 0o600))
	p := classic(t, strings.Replace(config, "DIR/codes.csv", catalog, 1))
	const line = `{"status":{"errorCode":50126}}`
	p.append("in.jsonl", line)
	p.eventually("the first record", func() bool { return len(p.lines("out.jsonl")) == 1 })

	require.NoError(t, os.WriteFile(catalog, []byte("code,severity\n50126,dreadful\n"), 0o600))
	p.signal(syscall.SIGHUP)
	p.eventually("a refusal that says where", func() bool { return strings.Contains(p.log.String(), "codes.csv:2:7") })
	time.Sleep(300 * time.Millisecond)
	p.append("in.jsonl", line)
	p.eventually("the second record", func() bool { return len(p.lines("out.jsonl")) == 2 })
	p.stop()
	for _, record := range p.lines("out.jsonl") {
		assert.Equal(t, "critical", record["severity"])
	}
}
