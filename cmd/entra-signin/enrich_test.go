package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
)

const (
	record   = `{"status":{"errorCode":50126},"userPrincipalName":"a@contoso.com"}`
	enriched = `{"status":{"errorCode":50126},"userPrincipalName":"a@contoso.com","description":"Invalid user name or password.","severity":"medium"}` + "\n"
)

func zipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.String()
}

func TestEnrichReadsEveryFormat(t *testing.T) {
	const pretty = "{\n  \"status\": {\n    \"errorCode\": 50126\n  },\n  \"userPrincipalName\": \"a@contoso.com\"\n}\n"
	for name, test := range map[string]struct {
		text    string
		records int
	}{
		"one a line":         {record + "\n" + record + "\n", 2},
		"no last line end":   {record, 1},
		"CRLF":               {record + "\r\n" + record + "\r\n", 2},
		"spread over lines":  {pretty + pretty, 2},
		"one after another":  {record + record, 2},
		"an array":           {"[\n" + record + ",\n" + pretty + "]\n", 2},
		"empty array":        {"[]", 0},
		"nothing":            {"", 0},
		"records":            {`{"records":[` + record + "," + record + "]}", 2},
		"value":              {`{"@odata.context":"x","value":[` + record + "]}", 1},
		"array of envelopes": {`[{"records":[` + record + `]},{"records":[` + record + "]}]", 2},
		"byte order mark":    {"\xef\xbb\xbf" + record, 1},
		"gzip":               {zipped(t, record+"\n"+pretty), 2},
		"gzip, twice":        {zipped(t, record+"\n") + zipped(t, record+"\n"), 2},
		"gzip, mark":         {zipped(t, "\xef\xbb\xbf"+record), 1},
	} {
		t.Run(name, func(t *testing.T) {
			r := command(t, test.text, "enrich")
			assert.Equal(t, 0, r.code, r.err)
			assert.Equal(t, strings.Repeat(enriched, test.records), r.out)
			assert.Equal(t, command(t, "", "enrich", write(t, "in.json", test.text)).out, r.out, "a file is like standard input")
		})
	}
}

func TestEnrichPassesOnWhatIsNoRecord(t *testing.T) {
	r := command(t, "started\n"+record+"\n  [x] indented\r\n{\"status\":{\"errorCode\":50126}\n"+record, "enrich")
	assert.Zero(t, r.code)
	assert.Equal(t, "started\n"+enriched+"  [x] indented\r\n{\"status\":{\"errorCode\":50126}\n"+enriched, r.out)
	assert.Contains(t, r.err, "3 lines are not JSON objects and were passed on as they are, the first at standard input:1\n")
	assert.Contains(t, r.err, "5 records: 2 matched, 0 unknown, 3 without a code; 3 malformed, 0 envelopes split\n")

	file := write(t, "log", record+"\n\nx\n")
	r = command(t, "", "enrich", file)
	assert.Contains(t, r.err, "1 line is not a JSON object and was passed on as it is, the first at "+file+":3\n")
}

func TestEnrichSumsUp(t *testing.T) {
	text := record + `{"status":{"errorCode":98765432}}{"a":1}{"records":[` + record + "]}"
	assert.Equal(t, "entra-signin: 4 records: 2 matched, 1 unknown, 1 without a code; 0 malformed, 1 envelope split\n",
		command(t, text, "enrich").err)
	assert.Equal(t, "entra-signin: 1 record: 1 matched, 0 unknown, 0 without a code; 0 malformed, 0 envelopes split\n",
		command(t, record, "enrich", "-").err)
	assert.Empty(t, command(t, text+"\nx", "enrich", "--quiet").err)
}

func TestEnrichLeavesEveryOtherByteAlone(t *testing.T) {
	odd := `{ "b":1.0e+2 , "status" : {"errorCode":50126 ,"x":"\u00e9é\/"},"a":[ ],"b":2}`
	r := command(t, odd, "enrich")
	assert.Equal(t, strings.TrimSuffix(odd, "}")+`,"description":"Invalid user name or password.","severity":"medium"}`+"\n", r.out)
}

func TestEnrichWithACatalogOfOnesOwn(t *testing.T) {
	mine := write(t, "mine.csv", "code,severity\n50126,critical\n")
	assert.Contains(t, command(t, record, "enrich", "--catalog", mine).out, `"severity":"critical"`)
}

// One input that cannot be read does not keep the others from being read.
func TestInputsThatCannotBeRead(t *testing.T) {
	good := write(t, "good", record)
	for name, test := range map[string]struct{ file, want string }{
		"no file":    {"no/such.json", "no/such.json: no such file or directory"},
		"folder":     {t.TempDir(), "is a directory"},
		"workbook":   {inputs + "workbook.xlsx", "Excel workbook"},
		"no gzip":    {write(t, "g", "\x1f\x8b\x08nonsense"), "damaged gzip: "},
		"gzip cut":   {write(t, "c", zipped(t, strings.Repeat(record, 99))[:80]), "unexpected EOF"},
		"array cut":  {write(t, "a", "["+record), "the text ends inside an array"},
		"gzip's sum": {write(t, "s", spoil(zipped(t, record))), "gzip: invalid checksum"},
	} {
		t.Run(name, func(t *testing.T) {
			r := command(t, "", "enrich", test.file, good)
			assert.Equal(t, exitFailed, r.code)
			assert.Contains(t, r.err, "entra-signin: "+test.file+": ")
			assert.Contains(t, r.err, test.want)
			assert.True(t, strings.HasSuffix(r.out, enriched), "the next file is read: %q", r.out)
			assert.Contains(t, r.err, " matched, ", "and summed up")
		})
	}
}

func spoil(text string) string {
	b := []byte(text)
	b[len(b)-6] ^= 1
	return string(b)
}

func TestEnrichAtATerminalWantsAFile(t *testing.T) {
	yes := func(any) bool { return true }
	r := commandAt(t, yes, nil, record, "enrich")
	assert.Equal(t, exitUsage, r.code)
	assert.Contains(t, r.err, "no FILE")
	assert.Equal(t, enriched, commandAt(t, yes, nil, record, "enrich", "-").out)
}

// Records that come one by one go out one by one, and are not kept until a buffer is full.
func TestEnrichDoesNotHoldRecordsBack(t *testing.T) {
	in, feed := io.Pipe()
	out, results := io.Pipe()
	a := &app{in: in, out: results, err: io.Discard, terminal: func(any) bool { return false }, getenv: os.Getenv}
	done := make(chan int)
	go func() { done <- a.run(context.Background(), []string{"enrich"}) }()
	line := make([]byte, 1024)
	for range 3 {
		_, err := io.WriteString(feed, record+"\n")
		require.NoError(t, err)
		n, err := out.Read(line)
		require.NoError(t, err)
		assert.Equal(t, enriched, string(line[:n]))
	}
	require.NoError(t, feed.Close())
	assert.Zero(t, <-done)
}

func TestEnrichIsInterrupted(t *testing.T) {
	in, feed := io.Pipe()
	var out, told bytes.Buffer
	ctx, cancel := context.WithCancel(context.Background())
	a := &app{in: in, out: &out, err: &told, terminal: func(any) bool { return false }, getenv: os.Getenv}
	done := make(chan int)
	go func() {
		code := a.run(ctx, []string{"enrich"})
		_ = in.Close()
		done <- code
	}()
	_, err := io.WriteString(feed, record+"\n")
	require.NoError(t, err)
	cancel()
	_, _ = io.WriteString(feed, record+"\n") // wakes it where it waits for more
	assert.Equal(t, exitInterrupted, <-done)
	assert.Regexp(t, `^entra-signin: interrupted after (0 records: 0|1 record: 1|2 records: 2) matched, .*\n$`, told.String())
	assert.True(t, strings.HasSuffix("\n"+out.String(), "\n"), "no half lines")
}

// A file that is read and written at once would grow for ever.
func TestEnrichIntoItsOwnInput(t *testing.T) {
	path := write(t, "in.jsonl", record+"\n")
	other := write(t, "other.jsonl", record+"\n")
	out, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	defer out.Close()
	in, err := os.Open(path)
	require.NoError(t, err)
	defer in.Close()
	for _, file := range []string{path, stdin} {
		before, err := os.ReadFile(path)
		require.NoError(t, err)
		var told bytes.Buffer
		a := &app{in: in, out: out, err: &told, terminal: func(any) bool { return false }, getenv: os.Getenv}
		assert.Equal(t, exitFailed, a.run(context.Background(), []string{"enrich", file, other}))
		assert.Contains(t, told.String(), "entra-signin: "+shown(file)+": input file is output file\n")
		after, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, string(before)+enriched, string(after), "the other file is read")
	}
	assert.Zero(t, func() int {
		null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
		require.NoError(t, err)
		defer null.Close()
		a := &app{in: null, out: null, err: io.Discard, terminal: func(any) bool { return false }, getenv: os.Getenv}
		return a.run(context.Background(), []string{"enrich"})
	}(), "a device is no file that grows")
}

const mixed = `{"status":{"errorCode":50126},"n":1}
started
{"status":{"errorCode":0},"userPrincipalName":"a@contoso.com","n":2}
{"records":[{"status":{"errorCode":50053},"n":3},{"status":{"errorCode":98765432},"n":4},{"n":5}]}
{"n":6}
`

// numbers are those of the records that came out.
func numbers(t *testing.T, out string) (all string) {
	t.Helper()
	for line := range strings.Lines(out) {
		require.True(t, gjson.Valid(line), line)
		all += gjson.Get(line, "n").Raw
	}
	return all
}

func TestEnrichChoosesRecords(t *testing.T) {
	mine := write(t, "mine.csv", "code,severity,outcome\n50126,medium,failure\n50053,high,failure\n0,info,success\n")
	for _, test := range []struct {
		want string
		args []string
	}{
		{"123456", []string{"--drop-invalid"}},
		{"3", []string{"--severity", "high"}},
		{"13", []string{"--severity", "medium+"}},
		{"2", []string{"--severity", "Info"}},
		{"34", []string{"--severity", "unknown,high+"}},
		{"13", []string{"--outcome", "failure"}},
		{"4", []string{"--outcome", "unknown"}},
		{"123", []string{"--only-matched"}},
		{"1", []string{"--severity", "medium,unknown", "--only-matched", "--outcome", "failure"}},
		{"", []string{"--severity", "critical"}},
		{"3", []string{"--severity", "high", "--schema", "ecs"}},
	} {
		r := command(t, mixed, append([]string{"enrich", "--catalog", mine}, test.args...)...)
		assert.Zero(t, r.code, test.args)
		assert.Equal(t, test.want, numbers(t, r.out), test.args)
		assert.Contains(t, r.err, "1 line is not a JSON object and was left out, the first at standard input:2\n", test.args)
		if test.args[0] != "--drop-invalid" {
			assert.Contains(t, r.err, fmt.Sprintf("1 envelope split; %d written\n", len(test.want)), test.args)
		}
		assert.Contains(t, r.err, " 7 records: 3 matched, 1 unknown, 3 without a code; 1 malformed", "all are counted")
	}
}

// What is chosen is written byte for byte as without a choice.
func TestAChoiceDoesNotChangeRecords(t *testing.T) {
	whole := command(t, mixed, "enrich", "--drop-invalid").out
	for line := range strings.Lines(command(t, mixed, "enrich", "--severity", "info+").out) {
		assert.Contains(t, whole, line)
	}
}

func TestEnrichStrict(t *testing.T) {
	good, bad := write(t, "good.jsonl", record+"\n"), write(t, "bad.jsonl", record+"\n\nstarted\n"+record+"\n")
	r := command(t, "", "enrich", "--strict", good, bad, good)
	assert.Equal(t, exitFailed, r.code)
	assert.Equal(t, enriched+enriched, r.out, "up to the line, and no further")
	assert.Contains(t, r.err, "entra-signin: "+bad+":3: the line is not a JSON object, and --strict is set\n")
	assert.Equal(t, result{0, enriched, ""}, command(t, "", "enrich", "--strict", "--quiet", good))

	r = command(t, "", "enrich", "--strict", "--drop-invalid", good)
	assert.Equal(t, exitUsage, r.code)
	assert.Contains(t, r.err, "drop-invalid strict")
}

type fault struct{ err error }

func (f fault) Write([]byte) (int, error) { return 0, f.err }

func TestOutputThatCannotBeWritten(t *testing.T) {
	for _, args := range [][]string{{"enrich"}, {"catalog"}, {"catalog", "--format", "json"},
		{"explain", "50126"}, {"explain", "--json", "50126"}, {"version"}, {"check", write(t, "mine.csv", "code\n")}} {
		run := func(err error) result {
			var told bytes.Buffer
			a := &app{in: strings.NewReader(record), out: fault{err}, err: &told, terminal: func(any) bool { return false }, getenv: os.Getenv}
			return result{code: a.run(context.Background(), args), err: told.String()}
		}
		assert.Equal(t, result{}, run(syscall.EPIPE), "%v: a reader that has seen enough", args)
		full := run(syscall.ENOSPC)
		assert.Equal(t, exitFailed, full.code, args)
		assert.NotContains(t, full.err, "--help", "the command line was right")
		assert.Contains(t, full.err, "no space left on device", args)
	}
}

func TestInputFaults(t *testing.T) {
	var told bytes.Buffer
	var out bytes.Buffer
	in := io.MultiReader(strings.NewReader(record+"\n"), iotest.ErrReader(errors.New("cable pulled")))
	a := &app{in: in, out: &out, err: &told, terminal: func(any) bool { return false }, getenv: os.Getenv}
	assert.Equal(t, exitFailed, a.run(context.Background(), []string{"enrich"}))
	assert.Equal(t, enriched, out.String())
	assert.Contains(t, told.String(), "standard input: after line 1: cable pulled")
}

func TestProgressIsForFilesThatTakeLong(t *testing.T) {
	file, empty := write(t, "file", strings.Repeat(record, 100)), write(t, "empty", "")
	var told bytes.Buffer
	draws := func(wait time.Duration, terminals []any, files ...string) bool {
		told.Reset()
		a := &app{out: io.Discard, err: &told, terminal: func(s any) bool {
			for _, is := range terminals {
				if is == s {
					return true
				}
			}
			return false
		}}
		synctest.Test(t, func(*testing.T) {
			add, done := a.progress("enriching", files)
			add(100)
			time.Sleep(wait)
			add(100)
			time.Sleep(150 * time.Millisecond) // the bar is drawn ten times a second
			add(100)
			done()
			add(100) // a read may end late
		})
		return told.Len() > 0
	}
	const long = 2 * progressAfter
	assert.True(t, draws(long, []any{&told}, file, file))
	assert.False(t, draws(progressAfter/2, []any{&told}, file), "no time to look at it")
	assert.False(t, draws(long, nil, file), "standard error is no terminal")
	assert.True(t, draws(long, []any{&told, io.Discard}, file), "a report is written at the end, to the same terminal")
	assert.False(t, draws(long, []any{&told}, empty))
	assert.False(t, draws(long, []any{&told}, file, stdin), "nobody knows how much is to come")
	assert.False(t, draws(long, []any{&told}, t.TempDir()))
	assert.False(t, draws(long, []any{&told}, "no/such/file"))
}

func TestEnrichSaysThatNothingMatched(t *testing.T) {
	input := `{"level":"info","msg":"secret"}` + "\n" + `{"other":1}` + "\n"
	r := command(t, input, "enrich")
	assert.Contains(t, r.err, "no record has an error code; the first has the keys level, msg (--code-key names another place)\n")
	assert.NotContains(t, r.err, "secret")
	r = command(t, input+`{"status":{"errorCode":0}}`, "enrich")
	assert.NotContains(t, r.err, "no record has")
}
