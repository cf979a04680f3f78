package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/catalog"
)

// A result is what a run of the command left.
type result struct {
	code     int
	out, err string
}

// command runs the command in this process, with no terminal about.
func command(t *testing.T, input string, args ...string) result {
	t.Helper()
	return commandAt(t, func(any) bool { return false }, nil, input, args...)
}

// commandAt does so with streams that may be terminals and an environment.
func commandAt(t *testing.T, terminal func(any) bool, env map[string]string, input string, args ...string) result {
	t.Helper()
	var out, err bytes.Buffer
	a := &app{in: strings.NewReader(input), out: &out, err: &err, terminal: terminal,
		getenv: func(name string) string { return env[name] }}
	code := a.run(context.Background(), append([]string{}, args...)) // for nil, cobra takes the arguments of the test
	return result{code, out.String(), err.String()}
}

// write makes a file for a test.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{nil, {"--help"}, {"help"}, {"help", "enrich"}, {"explain", "--help"}, {"enrich", "-h"},
		{"catalog", "--help"}, {"check", "--help"}, {"install", "--help"}, {"health", "--help"}, {"version", "--help"}} {
		r := command(t, "", args...)
		assert.Zero(t, r.code, args)
		assert.Empty(t, r.err, args)
		assert.Contains(t, r.out, "Usage:", args)
	}
	for _, name := range []string{"explain", "enrich", "catalog", "check", "install", "health"} {
		assert.Contains(t, command(t, "", name, "--help").out, "Examples:", name)
	}
}

func TestWrongUsage(t *testing.T) {
	for _, test := range []struct {
		want string
		args []string
	}{
		{`unknown command "bogus"`, []string{"bogus"}},
		{`unknown flag: --bogus`, []string{"--bogus"}},
		{`unknown flag: --bogus`, []string{"enrich", "--bogus"}},
		{`nothing to explain`, []string{"explain"}},
		{`requires at least 1 arg`, []string{"check"}},
		{`accepts 1 arg(s), received 0`, []string{"install"}},
		{`unknown command "more"`, []string{"catalog", "more"}},
		{`unknown command "more"`, []string{"version", "more"}},
		{`invalid argument "maybe" for "--overwrite" flag: must be on or off`, []string{"enrich", "--overwrite", "maybe"}},
		{`no field is called "colour"`, []string{"enrich", "--fields", "colour"}},
		{`invalid argument "flatter" for "--schema" flag: must be one of flat, ecs, ocsf`, []string{"enrich", "--schema=flatter"}},
		{`option Description_Key`, []string{"enrich", "--description-key", "severity"}},
		{`for "--format" flag: must be one of table, csv, json, markdown`, []string{"catalog", "--format", "pdf"}},
		{`severity "urgent": must be info, low, medium, high or critical; add + to include`, []string{"catalog", "--severity", "urgent"}},
		{`outcome "maybe": must be`, []string{"catalog", "--outcome", "maybe"}},
		{`category "x": must be`, []string{"catalog", "--category", "mfa,x"}},
	} {
		r := command(t, "", test.args...)
		assert.Equal(t, exitUsage, r.code, test.args)
		assert.Empty(t, r.out, test.args)
		assert.Contains(t, r.err, test.want, test.args)
		assert.Contains(t, r.err, "--help'", test.args)
	}
}

func TestCatalogsThatDoNotLoad(t *testing.T) {
	bad := write(t, "bad.csv", "code,severity\n50126,urgent\n50053,worse\n")
	for _, args := range [][]string{{"explain", "50126"}, {"enrich"}, {"catalog"}} {
		r := command(t, "", append(args, "--catalog", bad)...)
		assert.Equal(t, exitFailed, r.code, args)
		assert.Contains(t, r.err, bad+`:2:7: severity "urgent"`, args)
		assert.Contains(t, r.err, bad+`:3:7: severity "worse"`, args)

		r = command(t, "", append(args, "--catalog", "no/such.csv")...)
		assert.Equal(t, exitFailed, r.code, args)
		assert.Contains(t, r.err, "no/such.csv", args)
	}
}

func TestVersion(t *testing.T) {
	r := command(t, "", "version")
	assert.Zero(t, r.code)
	assert.Regexp(t, fmt.Sprintf(`^entra-signin \S+, %d codes\n$`, catalog.Embedded().Len()), r.out)
	assert.Contains(t, command(t, "", "--version").out, versionOf())
}

func TestCompletion(t *testing.T) {
	assert.Contains(t, command(t, "", "completion", "bash").out, "entra-signin")
	for _, test := range []struct {
		want string
		args []string
	}{
		{"high+", []string{"catalog", "--severity", ""}},
		{"mfa,risk", []string{"catalog", "--category", "mfa,"}},
		{"markdown", []string{"catalog", "--format", ""}},
		{"unknown", []string{"enrich", "--severity", ""}},
		{"interrupt", []string{"enrich", "--outcome", ""}},
		{"ocsf", []string{"enrich", "--schema", ""}},
		{"technique", []string{"enrich", "--fields", ""}},
		{"severity,code", []string{"enrich", "--fields", "severity,"}},
		{"off", []string{"enrich", "--overwrite", ""}},
		{"off", []string{"enrich", "--split", ""}},
	} {
		r := command(t, "", append([]string{"__complete"}, test.args...)...)
		assert.Contains(t, strings.Split(r.out, "\n"), test.want, test.args)
		assert.Contains(t, r.out, "\n:4\n", "%v: no names of files", test.args)
	}
	assert.Equal(t, ":4\n", command(t, "", "__complete", "enrich", "--prefix", "").out)
}
