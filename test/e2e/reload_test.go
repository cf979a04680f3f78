package e2e

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What a process holds, from /proc.
type held struct{ threads, files, kilobytes int }

func (p *process) held() held {
	p.t.Helper()
	dir := fmt.Sprintf("/proc/%d/", p.cmd.Process.Pid)
	status, err := os.ReadFile(dir + "status")
	require.NoError(p.t, err)
	files, err := os.ReadDir(dir + "fd")
	require.NoError(p.t, err)
	number := func(name string) int {
		m := regexp.MustCompile(`(?m)^` + name + `:\s+(\d+)`).FindSubmatch(status)
		require.NotNil(p.t, m, name)
		n, err := strconv.Atoi(string(m[1]))
		require.NoError(p.t, err)
		return n
	}
	return held{number("Threads"), len(files), number("VmRSS")}
}

// reloads is the number of reloads in the test below. docs/reliability.md has the results of RELOADS=200.
func reloads(t *testing.T) int {
	n := 20
	if text := os.Getenv("RELOADS"); text != "" {
		var err error
		n, err = strconv.Atoi(text)
		require.NoError(t, err)
	}
	return n
}

// A filter, a processor and an output with metrics live through one hot reload after the other while records come, and nothing grows.
func TestManyHotReloads(t *testing.T) {
	address := freeAddress(t)
	p := start(t, "fluent-bit.yaml", strings.ReplaceAll(`
service:
  flush: 0.2
  grace: 1
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
  filters:
    - name: entra_signin
      match: entra.*
      metrics_listen: ADDRESS
  outputs:
    - name: entra_signin
      match: '*'
      metrics_listen: ADDRESS
      sink: file
      path: DIR/out.jsonl
`, "ADDRESS", address))
	written := 0
	write := func() {
		for range 50 {
			written++
			p.append("in.jsonl", fmt.Sprintf(`{"id":"%06d","status":{"errorCode":50126}}`, written))
		}
	}
	arrived := func() int {
		content, err := os.ReadFile(filepath.Join(p.dir, "out.jsonl"))
		if err != nil {
			return 0
		}
		return bytes.Count(content, []byte("\n"))
	}
	write()
	p.eventually("the first records", func() bool { return arrived() == written })
	many := reloads(t)
	var early held
	for i := range many {
		write()
		p.signal(syscall.SIGHUP)
		write()
		// A signal that comes before is ignored.
		p.eventually("the end of the reload", func() bool {
			return strings.Count(p.log.String(), "successful reload done") == i+1
		})
		p.eventually("all records", func() bool { return arrived() >= written })
		if i == many/4 {
			early = p.held()
		}
	}
	assert.Equal(t, 2*(many+1), strings.Count(p.log.String(), "metrics for Prometheus at http://"+address))
	answer, err := http.Get("http://" + address + "/metrics")
	require.NoError(t, err)
	answer.Body.Close()
	assert.Equal(t, http.StatusOK, answer.StatusCode)
	late := p.held()
	t.Logf("%d reloads: after a quarter of them %+v, at the end %+v", many, early, late)
	p.stop()
	all := p.lines("out.jsonl")
	assertIDsOnce(t, written, all)
	for _, record := range all {
		assert.Equal(t, "medium", record["severity"])
	}
	assert.LessOrEqual(t, late.threads, early.threads+4)
	assert.LessOrEqual(t, late.files, early.files+4)
	assert.LessOrEqual(t, late.kilobytes, early.kilobytes+early.kilobytes/4+8<<10)
}

func TestMetricsPortInUseIsAnErrorAtStart(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	for _, section := range []string{
		"[FILTER]\n    name entra_signin\n    match *\n    Metrics_Listen %s\n[OUTPUT]\n    name null\n    match *\n",
		"[OUTPUT]\n    name entra_signin\n    match *\n    Metrics_Listen %s\n",
	} {
		p := classic(t, "[INPUT]\n    name dummy\n"+fmt.Sprintf(section, l.Addr()))
		assert.Error(t, p.wait(), "Fluent Bit started")
		assert.Contains(t, p.log.String(), `option Metrics_Listen: "`+l.Addr().String()+`": another program listens there`)
	}
}

// Somebody else has taken the port. The filter refuses it before the reload. Fluent Bit does not ask an output before a reload, so the
// output runs without metrics.
func TestReloadWithATakenPortKeepsAPipeline(t *testing.T) {
	since(t, "3.2.3", "a Go output that flushes after a refused reload (fluent-bit#9734)")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	for _, c := range []struct{ option, says string }{
		{"metrics_listen", "another program listens there"},              // of the filter
		{"Metrics_Listen", "until the next reload there are no metrics"}, // of the output
	} {
		t.Run(c.says, func(t *testing.T) {
			p := classic(t, tail("entra.a", "DIR/in.jsonl", "refresh_interval 1", "db DIR/tail.db")+`[FILTER]
    name  entra_signin
    match *
    metrics_listen off
[OUTPUT]
    name  entra_signin
    match *
    Metrics_Listen off
    Sink  file
    Path  DIR/out.jsonl
`)
			records := 0
			works := func() {
				t.Helper()
				records++
				p.append("in.jsonl", `{"status":{"errorCode":50126}}`)
				p.eventually("the record", func() bool { return len(p.lines("out.jsonl")) == records })
			}
			works()
			file := filepath.Join(p.dir, "fluent-bit.conf")
			config, err := os.ReadFile(file)
			require.NoError(t, err)
			changed := strings.Replace(string(config), c.option+" off", c.option+" "+l.Addr().String(), 1)
			require.NoError(t, os.WriteFile(file, []byte(changed), 0o600))
			p.signal(syscall.SIGHUP)
			p.eventually(c.says, func() bool { return strings.Contains(p.log.String(), c.says) })
			works()
			p.stop()
		})
	}
}
