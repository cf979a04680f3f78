package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
)

func TestReport(t *testing.T) {
	r := command(t, "", "report", interactive)
	assert.Zero(t, r.code, r.err)
	assert.Empty(t, r.err)
	assert.Contains(t, r.out, "6 records in 1 file, 4 accounts")
	assert.Contains(t, r.out, "dev.patel@contoso.com refused 1 MFA prompt")

	var all []string
	for _, name := range []string{"InteractiveSignIns_2026-03-02_2026-03-03.json", "ApplicationSignIns_2026-03-02_2026-03-03.csv", "capture.avro", "signins.zip"} {
		all = append(all, inputs+name)
	}
	r = command(t, "", append([]string{"report", "--json"}, all...)...)
	assert.Zero(t, r.code, r.err)
	assert.EqualValues(t, 6+3+9+9, gjson.Get(r.out, "records").Int())
	assert.Equal(t, []any{"Nightly backup"}, gjson.Get(r.out, `findings.#(kind=="expired_secrets").findings.#.app`).Value())
	assert.Equal(t, r, command(t, "", append([]string{"report", "--json"}, all...)...), "the same bytes")
	assert.Contains(t, command(t, record, "report").out, "1 record in 1 file", "standard input")
}

func TestReportOfWhatCannotBeRead(t *testing.T) {
	r := command(t, "", "report", inputs+"workbook.xlsx")
	assert.Equal(t, exitFailed, r.code)
	assert.Empty(t, r.out)
	assert.Equal(t, "entra-signin: "+inputs+"workbook.xlsx: the file is an Excel workbook: save the sheet as CSV UTF-8; or, in the Entra portal, "+
		"download the sign-ins as CSV or JSON\n", r.err, "one line")

	r = command(t, "", "report", inputs+"workbook.xlsx", interactive, "no/such")
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.out, "6 records in 3 files", "the others are summed up")
	assert.Contains(t, r.out, "no/such: no such file or directory")
	assert.Contains(t, r.err, "no/such: no such file or directory")

	r = command(t, "a log\nof something else\n", "report")
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.out, "0 records in 1 file")
	assert.Contains(t, r.err, "no line is a record: sign-ins are read as JSON, ")
	packed, err := os.ReadFile(inputs + "PT1H.json.gz")
	require.NoError(t, err)
	r = command(t, string(packed[:len(packed)/2]), "report")
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.err, "damaged gzip, it may be cut short: unexpected EOF\n")

	whole, err := os.ReadFile(inputs + "InteractiveSignIns_2026-03-02_2026-03-03.json")
	require.NoError(t, err)
	r = command(t, string(whole[:4000]), "report")
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.out, "3 records")
	assert.Contains(t, r.err, "standard input: the text ends inside an array: it may be cut short\n")
}

func TestReportUsage(t *testing.T) {
	for _, test := range []struct {
		want string
		args []string
	}{
		{"--spray-accounts: must be more than 0", []string{"--spray-accounts", "0"}},
		{"--mfa-window: must be more than 0", []string{"--mfa-window", "-1h"}},
		{`invalid argument "soon" for "--spray-window"`, []string{"--spray-window", "soon"}},
		{"[json output]", []string{"--json", "-o", "x.html"}},
	} {
		r := command(t, "", append([]string{"report", interactive}, test.args...)...)
		assert.Equal(t, exitUsage, r.code, test.args)
		assert.Contains(t, r.err, test.want)
	}
	r := commandAt(t, func(any) bool { return true }, nil, "", "report")
	assert.Equal(t, exitUsage, r.code)
	assert.Contains(t, r.err, "no FILE")
	assert.Contains(t, command(t, "{\"Result\":50126}", "report", "--code-key", "Result").out, "Invalid user name or password")
}

func TestReportFile(t *testing.T) {
	out := filepath.Join(t.TempDir(), "report.html")
	r := command(t, "", "report", "-o", out, interactive)
	assert.Equal(t, result{}, r)
	page, err := os.ReadFile(out)
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(string(page), "<!DOCTYPE html>"))
	assert.Contains(t, string(page), "dev.patel@contoso.com refused 1 MFA prompt")
	left, err := filepath.Glob(filepath.Join(filepath.Dir(out), "*"))
	require.NoError(t, err)
	assert.Equal(t, []string{out}, left, "nothing else is left")

	r = command(t, "", "report", "-o", "no/such/report.html", interactive)
	assert.Equal(t, exitFailed, r.code)
	assert.Equal(t, "entra-signin: no/such/report.html: no such file or directory\n", r.err)
	in := write(t, "in.jsonl", record)
	r = command(t, "", "report", "-o", in, in)
	assert.Equal(t, "entra-signin: "+in+": input file is output file\n", r.err)
	kept, err := os.ReadFile(in)
	require.NoError(t, err)
	assert.Equal(t, record, string(kept))
}

// Ctrl-C ends the reading, and what was read so far is reported.
func TestReportIsInterrupted(t *testing.T) {
	in, feed := io.Pipe()
	var out, told bytes.Buffer
	ctx, cancel := context.WithCancel(context.Background())
	a := &app{in: in, out: &out, err: &told, terminal: func(any) bool { return false }, getenv: os.Getenv}
	done := make(chan int)
	go func() { done <- a.run(ctx, []string{"report"}) }()
	for range 3 {
		_, err := io.WriteString(feed, record+"\n")
		require.NoError(t, err)
	}
	cancel()
	assert.Equal(t, exitInterrupted, <-done)
	_ = in.Close()
	assert.Contains(t, out.String(), "Interrupted: this is what was read so far.")
	assert.Regexp(t, `[123] records? in 1 file`, out.String())
	assert.Empty(t, told.String())
}
