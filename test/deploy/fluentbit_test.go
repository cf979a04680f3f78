package deploy

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The metrics that the files use are those that Fluent Bit shows, with these labels.
func TestMetricsOfFluentBit(t *testing.T) {
	program := tool(t, "fluent-bit", "FLUENT_BIT")
	port := freePort(t)
	dir := t.TempDir()
	config := filepath.Join(dir, "fluent-bit.conf")
	require.NoError(t, os.WriteFile(config, fmt.Appendf(nil, `[SERVICE]
    flush 0.2
    http_server on
    http_listen 127.0.0.1
    http_port %s
    storage.path %s/storage
    storage.metrics on
[INPUT]
    name dummy
    storage.type filesystem
[OUTPUT]
    name null
    match *
`, port, dir), 0o600))
	cmd := exec.Command(program, "-c", config)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	want := families{}
	want.add(ofFluentBit)
	got := families{}
	assert.Eventually(t, func() bool {
		answer, err := http.Get(fmt.Sprintf("http://127.0.0.1:%s/api/v2/metrics/prometheus", port))
		if err != nil {
			return false
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		got.add(string(text))
		return err == nil && got["fluentbit_output_latency_seconds_bucket"] != nil && got["fluentbit_storage_chunks"] != nil
	}, 30*time.Second, 200*time.Millisecond)
	for name, labels := range want {
		if assert.Contains(t, got, name) {
			for label := range labels {
				assert.Contains(t, got[name], label, name)
			}
		}
	}
}
