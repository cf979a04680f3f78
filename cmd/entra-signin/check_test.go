package main

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/plugin/settings"
)

func TestCheck(t *testing.T) {
	good := write(t, "good.csv", "code,description,severity\n50126,,high\n50053,,\n42,Ours.,low\n43,Ours too.,low\n")
	assert.Equal(t, result{0, good + ": ok, 1 code changed, 2 codes added\n", ""}, command(t, "", "check", good))
	assert.Equal(t, "-: ok, 0 codes changed, 0 codes added\n", command(t, "code\n50126\n", "check", "-").out)
}

func TestCheckReportsEverything(t *testing.T) {
	good := write(t, "good.csv", "code,severity\n50126,high\n")
	bad := write(t, "bad.csv", "code,severity,colour\n50126,urgent,red\nx,low,\n50053,low\n50055,low,\n50055,low,\n")
	r := command(t, "", "check", bad, "no/such.csv", good)
	assert.Equal(t, exitFailed, r.code)
	assert.Equal(t, good+": ok, 1 code changed, 0 codes added\n", r.out, "a bad file does not hide a good one")
	assert.Equal(t, bad+`:1:15: unknown column "colour": use code,name,description,severity,outcome,category,action,technique,credential,source
`+bad+`:2:7: severity "urgent": must be info, low, medium, high or critical
`+bad+`:3:1: code "x": must be a whole number from 0 to 999999999
`+bad+`:4: 2 columns where the header has 3
`+bad+`:6:1: code 50055 is in the file twice, first in line 5
no/such.csv: no such file or directory
`, r.err)
}

// What check accepts, the plugin and every command with --catalog accept, and the other way round: all read with one loader.
func TestEveryCommandRefusesTheSameFiles(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o644))
	for file, want := range map[string]string{
		filepath.Dir(pipe): "is a directory",
		pipe:               "is not a regular file",
		"/dev/zero":        "is not a regular file",
		"no/such.csv":      "no such file or directory",
		write(t, "large.csv", strings.Repeat("x", catalog.MaxFile+1)): "larger than 16 MiB",
	} {
		want = file + ": " + want + "\n"
		for _, args := range [][]string{
			{"check", file},
			{"explain", "--catalog", file, "50126"},
			{"enrich", "--catalog", file, "-"},
			{"catalog", "--catalog", file},
		} {
			r := command(t, "", args...)
			assert.Equal(t, exitFailed, r.code, args)
			assert.Empty(t, r.out, args)
			assert.True(t, strings.HasSuffix(r.err, want), "%s: %s", args, r.err)
		}
		_, _, err := settings.LoadCatalog(file)
		assert.ErrorContains(t, err, strings.TrimPrefix(strings.TrimSpace(want), file+": "))
	}
}

func TestCheckOfTooMuchOnStandardInput(t *testing.T) {
	r := command(t, strings.Repeat("x", catalog.MaxFile+1), "check", "-")
	assert.Equal(t, result{exitFailed, "", "-: larger than 16 MiB\n"}, r)
}
