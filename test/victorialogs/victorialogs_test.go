package victorialogs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	root         = "../.."
	allRecords   = 57 // of the shipped file, envelopes split
	withSeverity = 51
)

func fluentBit(t *testing.T) string {
	t.Helper()
	program := os.Getenv("FLUENT_BIT")
	if program == "" {
		program, _ = exec.LookPath("fluent-bit")
	}
	if program == "" {
		t.Skip("no fluent-bit on PATH and FLUENT_BIT is not set")
	}
	return program
}

func object(t *testing.T) string {
	t.Helper()
	if so := os.Getenv("ENTRA_SIGNIN_SO"); so != "" {
		return so
	}
	out, err := exec.Command("make", "-C", root, "-s", "build").CombinedOutput()
	require.NoError(t, err, "%s", out)
	so, err := filepath.Abs(root + "/build/flb-filter_entra_signin.so")
	require.NoError(t, err)
	return so
}

// start builds VictoriaLogs and runs it on a free port, or skips the test where it cannot be built.
func start(t *testing.T) (address string) {
	t.Helper()
	dir := t.TempDir()
	program := filepath.Join(dir, "victoria-logs")
	if out, err := exec.Command("go", "build", "-o", program, "github.com/VictoriaMetrics/VictoriaLogs/app/victoria-logs").CombinedOutput(); err != nil {
		t.Skipf("VictoriaLogs cannot be built: %s", bytes.TrimSpace(out))
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address = l.Addr().String()
	require.NoError(t, l.Close())
	var log bytes.Buffer
	cmd := exec.Command(program, "-storageDataPath", filepath.Join(dir, "data"), "-httpListenAddr", address, "-retentionPeriod", "100y")
	cmd.Stdout, cmd.Stderr = &log, &log
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("log of VictoriaLogs:\n%s", &log)
		}
	})
	require.Eventually(t, func() bool {
		answer, err := http.Get("http://" + address + "/health")
		if err != nil {
			return false
		}
		_ = answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	}, time.Minute, 100*time.Millisecond)
	return address
}

// query returns the records of a tenant; each sink has one of its own.
func query(t *testing.T, address, tenant, text string) (all []map[string]any) {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, "http://"+address+"/select/logsql/query", strings.NewReader(url.Values{"query": {text}}.Encode()))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("AccountID", tenant)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.StatusCode, "%s", body)
	for line := range bytes.Lines(body) {
		var record map[string]any
		require.NoError(t, json.Unmarshal(line, &record))
		all = append(all, record)
	}
	return all
}

func TestVictoriaLogsTakesWhatTheSinksSend(t *testing.T) {
	program, so := fluentBit(t), object(t)
	address := start(t)
	dir := t.TempDir()
	records, err := filepath.Abs(root + "/test/data/signins.jsonl")
	require.NoError(t, err)
	config := `[SERVICE]
    flush 0.2
    daemon off
    plugins_file DIR/plugins.conf
    parsers_file DIR/parsers.conf
[INPUT]
    name tail
    tag entra.signin
    path RECORDS
    parser json
    read_from_head on
    buffer_max_size 8M
`
	sinks := []struct{ name, settings string }{
		{"elasticsearch", "    url http://ADDRESS/insert/elasticsearch\n    header AccountID: TENANT | VL-Time-Field: @timestamp | VL-Msg-Field: description | VL-Stream-Fields: severity\n"},
		{"loki", "    url http://ADDRESS/insert\n    header AccountID: TENANT\n    compress gzip\n"},
		{"http", "    url http://ADDRESS/insert/jsonline?_time_field=@timestamp&_msg_field=description&_stream_fields=severity\n    header AccountID: TENANT\n    compress gzip\n"},
	}
	for n, s := range sinks {
		config += "[OUTPUT]\n    name entra_signin\n    match *\n    workers 1\n    retry_limit no_limits\n    fields description,severity,outcome,code\n    time_from_record on\n    dead_letter_file DIR/" +
			s.name + ".dead\n    sink " + s.name + "\n" + strings.ReplaceAll(s.settings, "TENANT", fmt.Sprint(n+1))
	}
	replace := strings.NewReplacer("DIR", dir, "RECORDS", records, "ADDRESS", address)
	for name, text := range map[string]string{
		"fluent-bit.conf": replace.Replace(config),
		"parsers.conf":    "[PARSER]\n    name json\n    format json\n",
		"plugins.conf":    "[PLUGINS]\n    path " + filepath.Join(filepath.Dir(so), "out_entra_signin.so") + "\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	var log bytes.Buffer
	cmd := exec.Command(program, "-c", filepath.Join(dir, "fluent-bit.conf"))
	cmd.Stderr = &log
	require.NoError(t, cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		if t.Failed() {
			t.Logf("log of Fluent Bit:\n%s", &log)
		}
	})
	for n, s := range sinks {
		tenant := fmt.Sprint(n + 1)
		assert.Eventually(t, func() bool { return len(query(t, address, tenant, "*")) == allRecords }, time.Minute, 300*time.Millisecond, s.name)
		assert.Len(t, query(t, address, tenant, `severity:*`), withSeverity, s.name)
		wrong := query(t, address, tenant, `code:=50126 severity:=medium`)
		if assert.NotEmpty(t, wrong, s.name) {
			text, err := json.Marshal(wrong[0])
			require.NoError(t, err)
			assert.Contains(t, string(text), "Invalid user name or password.", s.name)
			assert.Contains(t, wrong[0]["_time"], "2026-03-", "%s: the time of the record", s.name)
		}
	}
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, <-ended)
	assert.NotContains(t, log.String(), "[error]")
	dead, err := filepath.Glob(filepath.Join(dir, "*.dead"))
	require.NoError(t, err)
	for _, file := range dead {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Empty(t, string(text), file)
	}
}
