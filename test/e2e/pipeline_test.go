package e2e

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The contents of test/data/signins.jsonl: 53 lines, of which 3 are envelopes with 7 records.
const (
	allRecords   = 57
	withSeverity = 51
)

func TestMakeRunUsesFluentBit(t *testing.T) {
	program := fluentBit(t)
	cmd := exec.Command(root+"/test/run.sh", object(t))
	cmd.Env = append(os.Environ(), "FLUENT_BIT="+program)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, stderr.String())
	assertEnriched(t, decode(t, out))
	lines := strings.Split(strings.TrimSpace(stderr.String()), "\n")
	assert.Regexp(t, `(?m)^[a-z]+ +50053 +2  \S`, stderr.String())
	assert.Regexp(t, `^host=fluent-bit \d+\.\d+\.\d+ records=57 matched=49 unknown=2 no_code=6 `, lines[len(lines)-1])
}

func TestOutputOfTheShippedPipelineIsChosenByTheEnvironment(t *testing.T) {
	since(t, "4.2.5", "${NAME:-default} in a configuration")
	program := fluentBit(t)
	var received atomic.Int64
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		received.Add(int64(bytes.Count(body, []byte("conditionalAccessStatus"))))
	}))
	defer receiver.Close()
	host, port, err := net.SplitHostPort(receiver.Listener.Addr().String())
	require.NoError(t, err)
	cmd := exec.Command(root+"/test/run.sh", object(t))
	cmd.Env = append(os.Environ(), "FLUENT_BIT="+program, "ENTRA_STDOUT=off", "ENTRA_OUTPUT=http",
		"ENTRA_OUTPUT_HOST="+host, "ENTRA_OUTPUT_PORT="+port)
	out, err := cmd.Output()
	require.NoError(t, err)
	assert.Empty(t, out)
	assert.Positive(t, received.Load())
}

// assertEnriched checks the records of test/data/signins.jsonl after they were enriched with description and severity.
func assertEnriched(t *testing.T, all []map[string]any) {
	t.Helper()
	assert.Len(t, all, allRecords)
	described := 0
	for _, record := range all {
		if severity, ok := record["severity"]; ok {
			described++
			assert.Contains(t, []any{"info", "low", "medium", "high", "unknown"}, severity)
			assert.NotEmpty(t, record["description"])
		} else {
			assert.NotContains(t, record, "description")
		}
	}
	assert.Equal(t, withSeverity, described)
}

const service = `
[SERVICE]
    flush 0.2
    grace 3
    hot_reload on
    plugins_file plugins.conf
    parsers_file DIR/parsers.conf
`

const parser = "[PARSER]\n    name json_as_it_is\n    format json\n"

// classic is start with a [SERVICE] section, and the parser file that it names.
func classic(t *testing.T, config string, args ...string) *process {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "parsers.conf"), []byte(parser), 0o600))
	return start(t, "fluent-bit.conf", strings.ReplaceAll(service, "DIR", dir)+config, args...)
}

// tail is an input that reads a file of JSON lines from its beginning. more are further lines of the section.
func tail(tag, path string, more ...string) string {
	lines := append([]string{"\n[INPUT]", "name tail", "tag " + tag, "path " + path, "parser json_as_it_is", "read_from_head on"}, more...)
	return strings.Join(lines, "\n    ") + "\n"
}

// toFile is an output that writes every record as a line of out.jsonl.
const toFile = `[OUTPUT]
    name  file
    match *
    path  DIR
    file  out.jsonl
    format plain
`

func TestFilterOnParsedRecords(t *testing.T) {
	p := classic(t, tail("entra.signin", "RECORDS", "exit_on_eof on")+`[FILTER]
    Name  entra_signin
    Match entra.*
`+toFile)
	require.NoError(t, p.wait())
	assertEnriched(t, p.lines("out.jsonl"))
	assert.Contains(t, p.log.String(), "records=57 matched=49 unknown=2 no_code=6")
}

func TestFilterOnUnparsedLines(t *testing.T) {
	p := classic(t, `
[INPUT]
    name tail
    tag  entra.signin
    path RECORDS
    read_from_head on
    exit_on_eof on
[FILTER]
    Name  entra_signin
    Match entra.*
    Fields severity,outcome,code
`+toFile)
	require.NoError(t, p.wait())
	all := p.lines("out.jsonl")
	severities, codes := 0, 0
	for _, record := range all {
		if record["severity"] != nil {
			severities++
		}
		if record["code"] != nil {
			codes++
		}
	}
	assert.Len(t, all, allRecords)
	assert.Equal(t, withSeverity, severities)
	assert.Equal(t, withSeverity, codes)
}

func TestOutputDeliversByItself(t *testing.T) {
	p := classic(t, tail("entra.signin", "RECORDS", "exit_on_eof on")+`[OUTPUT]
    Name  entra_signin
    Match *
    Sink  file
    Path  DIR/file.jsonl
[OUTPUT]
    Name  entra_signin
    Match *
    Sink  stdout
`)
	require.NoError(t, p.wait())
	assertEnriched(t, p.lines("file.jsonl"))
	assertEnriched(t, decode(t, []byte(p.out.String())))
}

// everything is a configuration with two instances of each kind: filters, processors (one on an input, one on an output) and
// outputs. Every record passes all of them on the way to its file.
const everything = `
service:
  flush: 0.2
  grace: 3
  hot_reload: on
plugins:
  - SO
  - OUT_SO
parsers:
  - name: json_as_it_is
    format: json
pipeline:
  inputs:
    - name: tail
      tag: entra.a
      path: DIR/in.jsonl
      parser: json_as_it_is
      read_from_head: on
      refresh_interval: 1
      db: DIR/tail.db
      processors:
        logs:
          - name: entra_signin
            fields: name
            description_key: never_used
  filters:
    - name: entra_signin
      match: entra.*
    - name: entra_signin
      match: entra.*
      fields: outcome,code
      prefix: entra_
  outputs:
    - name: file
      match: '*'
      path: DIR
      file: native.jsonl
      format: plain
      processors:
        logs:
          - name: entra_signin
            fields: category
    - name: entra_signin
      match: '*'
      sink: file
      path: DIR/first.jsonl
    - name: entra_signin
      match: '*'
      sink: file
      path: DIR/second.jsonl
      fields: action,technique
`

func TestEveryKindTwiceThroughHotReload(t *testing.T) {
	p := start(t, "fluent-bit.yaml", everything)
	const batch, rounds = 500, 4
	written := 0
	for range rounds {
		for range batch {
			written++
			p.append("in.jsonl", fmt.Sprintf(`{"id":"%06d","userPrincipalName":"a@contoso.com","status":{"errorCode":50126}}`, written))
		}
		// A signal before the pipeline runs would end the process: Fluent Bit has no handler yet.
		p.eventually("a sign of life", func() bool { return len(p.lines("first.jsonl")) > 0 })
		p.signal(syscall.SIGHUP)
	}
	files := []string{"native.jsonl", "first.jsonl", "second.jsonl"}
	p.eventually("all records in all files", func() bool {
		for _, name := range files {
			if len(p.lines(name)) < written {
				return false
			}
		}
		return true
	})
	p.stop()
	for _, name := range files {
		t.Run(name, func(t *testing.T) {
			all := p.lines(name)
			assertIDsOnce(t, written, all)
			for _, record := range all {
				assert.Equal(t, "InvalidUserNameOrPassword", record["name"], "the processor of the input")
				assert.Equal(t, "medium", record["severity"], "the first filter")
				assert.Equal(t, "failure", record["entra_outcome"], "the second filter")
				assert.EqualValues(t, 50126, record["entra_code"], "the second filter")
			}
		})
	}
	assert.Equal(t, "credential", p.lines("native.jsonl")[0]["category"], "the processor of the output")
	assert.NotEmpty(t, p.lines("second.jsonl")[0]["technique"])
	assert.GreaterOrEqual(t, strings.Count(p.log.String(), "records="), 2*rounds, "an instance that ends says what it has seen")
}

// Four inputs, each on a thread of its own with a processor on it, run into one filter and an output with four workers.
func TestThreadedInputsAndWorkers(t *testing.T) {
	var inputs strings.Builder
	const many, each = 4, 2000
	dir := t.TempDir()
	for i := range many {
		var lines strings.Builder
		for n := range each {
			fmt.Fprintf(&lines, `{"id":"%d-%d","status":{"errorCode":50126}}`+"\n", i, n)
		}
		path := fmt.Sprintf("%s/in%d.jsonl", dir, i)
		require.NoError(t, os.WriteFile(path, []byte(lines.String()), 0o600))
		fmt.Fprintf(&inputs, `
    - name: tail
      tag: entra.%d
      path: %s
      parser: json_as_it_is
      threaded: on
      read_from_head: on
      processors:
        logs:
          - name: entra_signin
            fields: name
`, i, path)
	}
	p := start(t, "fluent-bit.yaml", `
service:
  flush: 0.2
  grace: 3
plugins:
  - SO
  - OUT_SO
parsers:
  - name: json_as_it_is
    format: json
pipeline:
  inputs:`+inputs.String()+`
  filters:
    - name: entra_signin
      match: entra.*
      fields: code
  outputs:
    - name: entra_signin
      match: '*'
      workers: 4
      sink: file
      path: DIR/out.jsonl
`)
	p.eventually("all records", func() bool { return len(p.lines("out.jsonl")) >= many*each })
	p.stop()
	all := p.lines("out.jsonl")
	assertIDsOnce(t, many*each, all)
	for _, record := range all {
		assert.Equal(t, "InvalidUserNameOrPassword", record["name"], "the processor")
		assert.EqualValues(t, 50126, record["code"], "the filter")
		assert.Equal(t, "medium", record["severity"], "the output")
	}
}
