package deploy

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"fluent-bit-entra-signin/sink/sinktest"
)

const compose = "deploy/compose/"

// project reads the file as docker compose does, which checks it against the schema.
func project(t *testing.T) *types.Project {
	t.Helper()
	options, err := cli.NewProjectOptions([]string{filepath.Join(root, compose, "compose.yaml")}, cli.WithoutEnvironmentResolution)
	require.NoError(t, err)
	p, err := options.LoadProject(context.Background())
	require.NoError(t, err)
	return p
}

func TestComposeFile(t *testing.T) {
	p := project(t)
	assert.Len(t, p.Services, 5)
	published := map[string]bool{}
	used := map[string]bool{}
	for name, service := range p.Services {
		for _, v := range service.Volumes {
			if v.Type == "bind" {
				_, err := os.Stat(v.Source)
				assert.NoError(t, err, "%s mounts what is not there", name)
				assert.True(t, v.ReadOnly, "%s: %s", name, v.Source)
			} else {
				used[v.Source] = true
			}
		}
		for _, port := range service.Ports {
			assert.Equal(t, "127.0.0.1", port.HostIP, "%s: nobody else should see it", name)
			assert.False(t, published[port.Published], port.Published)
			published[port.Published] = true
		}
		if service.Build != nil {
			assert.FileExists(t, filepath.Join(service.Build.Context, "Dockerfile"))
		} else {
			assert.Regexp(t, `:v?\d+\.\d+`, service.Image, "a version")
		}
	}
	for name := range p.Volumes {
		assert.True(t, used[name], "nobody uses the volume %s", name)
	}
	assert.True(t, published["3000"])
}

// The services name each other by their names and ports.
func TestComposeServicesFindEachOther(t *testing.T) {
	services := project(t).Services
	type fluentBit struct {
		Service  map[string]any
		Plugins  []string
		Parsers  []map[string]any
		Pipeline struct{ Inputs, Filters, Outputs []map[string]any }
	}
	var bit fluentBit
	require.NoError(t, yaml.UnmarshalStrict(read(t, compose+"fluent-bit.yaml"), &bit))
	var prometheus struct {
		Global        map[string]string `json:"global"`
		RuleFiles     []string          `json:"rule_files"`
		ScrapeConfigs []struct {
			Job     string `json:"job_name"`
			Path    string `json:"metrics_path"`
			Targets []struct {
				Targets []string          `json:"targets"`
				Labels  map[string]string `json:"labels"`
			} `json:"static_configs"`
		} `json:"scrape_configs"`
	}
	require.NoError(t, yaml.UnmarshalStrict(read(t, compose+"prometheus.yml"), &prometheus))
	targets := map[string]string{}
	for _, scrape := range prometheus.ScrapeConfigs {
		targets[scrape.Targets[0].Targets[0]] = scrape.Path
	}
	_, metrics, _ := strings.Cut(bit.Pipeline.Filters[0]["metrics_listen"].(string), ":")
	assert.Contains(t, targets, "fluent-bit:"+metrics)
	assert.Equal(t, "/api/v2/metrics/prometheus", targets[fmt.Sprintf("fluent-bit:%v", bit.Service["http_port"])])
	assert.Equal(t, "loki", bit.Pipeline.Outputs[0]["host"])
	for _, rule := range prometheus.RuleFiles {
		assert.Equal(t, "/etc/prometheus/"+rule, targetOf(services["prometheus"], "deploy/prometheus/"+rule))
	}

	var loki map[string]any
	require.NoError(t, yaml.UnmarshalStrict(read(t, compose+"loki.yaml"), &loki))
	port := loki["server"].(map[string]any)["http_listen_port"]
	assert.Equal(t, bit.Pipeline.Outputs[0]["port"], port)
	rules := loki["ruler"].(map[string]any)["storage"].(map[string]any)["local"].(map[string]any)["directory"].(string)
	assert.Equal(t, rules+"/fake/entra-signin.rules.yml", targetOf(services["loki"], "deploy/loki/entra-signin.rules.yml"))

	var sources struct {
		APIVersion  int `json:"apiVersion"`
		Datasources []struct {
			Name, UID, Type, Access, URL string
			IsDefault                    bool
			JSONData                     map[string]any
		}
	}
	require.NoError(t, yaml.UnmarshalStrict(read(t, compose+"grafana/provisioning/datasources/datasources.yaml"), &sources))
	types := map[string]string{}
	for _, s := range sources.Datasources {
		types[s.Type] = s.URL
	}
	assert.Equal(t, map[string]string{"loki": fmt.Sprintf("http://loki:%v", port), "prometheus": "http://prometheus:9090"}, types)
	var providers struct {
		APIVersion int `json:"apiVersion"`
		Providers  []struct {
			Name, Folder, Type string
			AllowUIUpdates     bool `json:"allowUiUpdates"`
			Options            struct{ Path string }
		}
	}
	require.NoError(t, yaml.UnmarshalStrict(read(t, compose+"grafana/provisioning/dashboards/dashboards.yaml"), &providers))
	folder := providers.Providers[0].Options.Path
	assert.Equal(t, folder, targetOf(services["grafana"], "deploy/grafana"))
	home := services["grafana"].Environment["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
	require.NotNil(t, home)
	assert.FileExists(t, filepath.Join(root, "deploy/grafana", strings.TrimPrefix(*home, folder)))
	for uid, d := range dashboards(t) {
		for _, v := range d.Templating.List {
			if v.Type == "datasource" {
				assert.Contains(t, types, v.Query, uid)
			}
		}
	}
}

// targetOf returns where a service sees a file of the project; "" if it does not.
func targetOf(service types.ServiceConfig, path string) string {
	for _, v := range service.Volumes {
		if strings.HasSuffix(filepath.ToSlash(v.Source), "/"+path) {
			return v.Target
		}
	}
	return ""
}

func TestComposePrometheus(t *testing.T) {
	promtool := tool(t, "promtool", "PROMTOOL")
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "prometheus.yml"), read(t, compose+"prometheus.yml"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "entra-signin.rules.yml"), read(t, prometheusRules), 0o600))
	out, err := exec.Command(promtool, "check", "config", filepath.Join(dir, "prometheus.yml")).CombinedOutput()
	assert.NoError(t, err, "%s", out)
}

// composePipeline runs the pipeline of compose, with other addresses and more outputs. It reads the files in the folder records of the
// folder that it returns.
func composePipeline(t *testing.T, loki, metrics, healthPort, outputs string) (dir string) {
	t.Helper()
	program, so := tool(t, "fluent-bit", "FLUENT_BIT"), object(t)
	host, port, err := net.SplitHostPort(strings.TrimPrefix(loki, "http://"))
	require.NoError(t, err)
	dir = t.TempDir()
	for _, name := range []string{"records", "state"} {
		require.NoError(t, os.Mkdir(filepath.Join(dir, name), 0o700))
	}
	config := strings.NewReplacer("/fluent-bit/plugins/", filepath.Dir(so)+"/", "/var/log/entra", filepath.Join(dir, "records"),
		"/fluent-bit/state", filepath.Join(dir, "state"), "host: loki", "host: "+host, "port: 3100", "port: "+port,
		"http_port: 2020", "http_port: "+healthPort, "0.0.0.0:2021", metrics, "http_listen: 0.0.0.0", "http_listen: 127.0.0.1",
		"plugins:\n", "plugins:\n  - "+filepath.Dir(so)+"/out_entra_signin.so\n").
		Replace(string(read(t, compose+"fluent-bit.yaml"))) + outputs
	require.NoError(t, os.WriteFile(filepath.Join(dir, "fluent-bit.yaml"), []byte(config), 0o600))
	start(t, dir, program, "-c", "fluent-bit.yaml")
	return dir
}

// start runs a program in a folder until the test ends.
func start(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	log, err := os.Create(filepath.Join(dir, filepath.Base(name)+".log"))
	require.NoError(t, err)
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if text, err := os.ReadFile(log.Name()); err == nil && t.Failed() {
			t.Logf("%s:\n%s", name, text)
		}
	})
}

// The sample records go through the pipeline to a stand-in for Loki, with the labels that the dashboard asks for.
func TestComposePipelineWithSampleRecords(t *testing.T) {
	loki := &sinktest.Loki{}
	server := sinktest.Start(t, loki)
	dir := composePipeline(t, server.URL(), "127.0.0.1:"+freePort(t), freePort(t), "")
	sample, err := filepath.Abs(filepath.Join(root, compose, "sample.sh"))
	require.NoError(t, err)
	out, err := exec.Command("sh", sample, filepath.Join(dir, "records"), "8").CombinedOutput()
	require.NoError(t, err, "%s", out)
	written, err := os.ReadFile(filepath.Join(dir, "records", "sample-1.json"))
	require.NoError(t, err)
	lines := strings.Count(string(written), "\n")
	require.Greater(t, lines, 40)
	require.Eventually(t, func() bool { return len(loki.Entries()) == lines }, time.Minute, 200*time.Millisecond)
	severities, text := map[string]int{}, ""
	for _, entry := range loki.Entries() {
		assert.Equal(t, "entra_signin", entry.Labels["job"])
		assert.NotEmpty(t, entry.Labels["outcome"])
		severities[entry.Labels["severity"]]++
		text += entry.Line + "\n"
	}
	assert.NotZero(t, severities["info"])
	assert.NotZero(t, severities["medium"])
	assert.Equal(t, 5, strings.Count(text, "tired@contoso.com"), "refused prompts, and a success")
	assert.GreaterOrEqual(t, strings.Count(text, "203.0.113.66"), 16, "a spray")
	assert.Contains(t, text, `"credential":"accepted"`)
	assert.Contains(t, text, `"credential":"no_account"`)
}
