package deploy

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/sink/sinktest"
)

// Sample records go through the pipeline of deploy/compose, a Prometheus reads the metrics, and every panel of the dashboard has data.
func TestHealthDashboardHasData(t *testing.T) {
	prometheus := tool(t, "prometheus", "PROMETHEUS")
	loki, collector := sinktest.Start(t, &sinktest.Loki{}), sinktest.Start(t, &sinktest.Collector{})
	address, filter, output, health := "127.0.0.1:"+freePort(t), freePort(t), freePort(t), freePort(t)
	// The output of the plugin beside that of Fluent Bit, so that there are deliveries to count.
	dir := composePipeline(t, loki.URL(), "127.0.0.1:"+filter, health, fmt.Sprintf(`    - name: entra_signin
      match: entra.*
      workers: 1
      sink: http
      url: %s
      metrics_listen: 127.0.0.1:%s
`, collector.URL(), output))
	scrape := strings.NewReplacer("15s", "1s", `["fluent-bit:2021"]`, fmt.Sprintf(`["127.0.0.1:%s"]
        labels: {instance: filter}
      - targets: ["127.0.0.1:%s"]`, filter, output), "fluent-bit:2020", "127.0.0.1:"+health).Replace(string(read(t, compose+"prometheus.yml")))
	for name, text := range map[string]string{"prometheus.yml": scrape, "entra-signin.rules.yml": string(read(t, prometheusRules))} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	sample, err := filepath.Abs(filepath.Join(root, compose, "sample.sh"))
	require.NoError(t, err)
	start(t, dir, "sh", sample, filepath.Join(dir, "records"), "60")
	start(t, dir, prometheus, "--config.file=prometheus.yml", "--storage.tsdb.path="+dir, "--web.listen-address="+address)

	fill := strings.NewReplacer("$__rate_interval", "15s", "$__range", "15s", "$instance", ".+")
	for _, panel := range dashboards(t)["entra-signin-health"].Panels {
		for _, target := range panel.Targets {
			query := fill.Replace(target.Expr)
			assert.Eventually(t, func() bool { return results(address, query) > 0 }, time.Minute, 300*time.Millisecond, "%s: no data: %s", panel.Title, query)
		}
	}
	answer, err := http.Get("http://" + address + "/api/v1/rules")
	require.NoError(t, err)
	defer answer.Body.Close()
	rules, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	assert.Contains(t, string(rules), "EntraSigninCritical")
	assert.NotContains(t, string(rules), `"health":"err"`, "a join that finds two series for one")
}

// results returns how many series Prometheus has for a query; 0 as well while it does not answer.
func results(address, query string) int {
	answer, err := http.Get("http://" + address + "/api/v1/query?" + url.Values{"query": {query}}.Encode())
	if err != nil {
		return 0
	}
	defer answer.Body.Close()
	var decoded struct {
		Data struct{ Result []json.RawMessage }
	}
	if json.NewDecoder(answer.Body).Decode(&decoded) != nil {
		return 0
	}
	return len(decoded.Data.Result)
}
