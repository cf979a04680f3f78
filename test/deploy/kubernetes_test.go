package deploy

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// A manifest is what one file has.
type manifest struct {
	configs    map[string]*core.ConfigMap
	accounts   map[string]*core.ServiceAccount
	services   map[string]*core.Service
	workloads  []workload
	budgets    []*policy.PodDisruptionBudget
	networks   []*networking.NetworkPolicy
	podMonitor []*monitoring.PodMonitor
}

// A workload is what makes pods.
type workload struct {
	name     string
	selector *meta.LabelSelector
	pod      core.PodTemplateSpec
	claims   []core.PersistentVolumeClaim
	service  string
}

// decode reads a file as the API server does with fieldValidation=Strict.
func decode(t *testing.T, path string) (m manifest) {
	t.Helper()
	m.configs, m.accounts, m.services = map[string]*core.ConfigMap{}, map[string]*core.ServiceAccount{}, map[string]*core.Service{}
	for _, document := range bytes.Split(read(t, path), []byte("\n---\n")) {
		var kind meta.TypeMeta
		require.NoError(t, yaml.Unmarshal(document, &kind), path)
		into := func(object any) {
			require.NoError(t, yaml.UnmarshalStrict(document, object), "%s: %s", path, kind.Kind)
		}
		switch kind.APIVersion + " " + kind.Kind {
		case "v1 ConfigMap":
			var c core.ConfigMap
			into(&c)
			m.configs[c.Name] = &c
		case "v1 ServiceAccount":
			var a core.ServiceAccount
			into(&a)
			m.accounts[a.Name] = &a
		case "v1 Service":
			var s core.Service
			into(&s)
			m.services[s.Name] = &s
		case "apps/v1 StatefulSet":
			var s apps.StatefulSet
			into(&s)
			m.workloads = append(m.workloads, workload{s.Name, s.Spec.Selector, s.Spec.Template, s.Spec.VolumeClaimTemplates, s.Spec.ServiceName})
		case "apps/v1 DaemonSet":
			var d apps.DaemonSet
			into(&d)
			m.workloads = append(m.workloads, workload{d.Name, d.Spec.Selector, d.Spec.Template, nil, ""})
		case "apps/v1 Deployment":
			var d apps.Deployment
			into(&d)
			m.workloads = append(m.workloads, workload{d.Name, d.Spec.Selector, d.Spec.Template, nil, ""})
		case "policy/v1 PodDisruptionBudget":
			var b policy.PodDisruptionBudget
			into(&b)
			m.budgets = append(m.budgets, &b)
		case "networking.k8s.io/v1 NetworkPolicy":
			var n networking.NetworkPolicy
			into(&n)
			m.networks = append(m.networks, &n)
		case "monitoring.coreos.com/v1 PodMonitor":
			var p monitoring.PodMonitor
			into(&p)
			m.podMonitor = append(m.podMonitor, &p)
		default:
			t.Fatalf("%s: no type for %s %s", path, kind.APIVersion, kind.Kind)
		}
	}
	return m
}

func manifests(t *testing.T) map[string]manifest {
	t.Helper()
	all := map[string]manifest{}
	files, err := filepath.Glob(filepath.Join(root, "deploy/kubernetes/*.yaml"))
	require.NoError(t, err)
	for _, file := range files {
		if name := filepath.Base(file); name != "helm-values.yaml" {
			all[name] = decode(t, "deploy/kubernetes/"+name)
		}
	}
	require.Len(t, all, 4)
	return all
}

// matches tells whether a selector takes the pods of a workload.
func matches(t *testing.T, selector *meta.LabelSelector, pod core.PodTemplateSpec) bool {
	t.Helper()
	s, err := meta.LabelSelectorAsMap(selector)
	require.NoError(t, err)
	require.NotEmpty(t, s, "an empty selector takes every pod")
	for name, value := range s {
		if pod.Labels[name] != value {
			return false
		}
	}
	return true
}

func TestManifestsHoldTogether(t *testing.T) {
	all := manifests(t)
	for name, m := range all {
		t.Run(name, func(t *testing.T) {
			for _, w := range m.workloads {
				assert.True(t, matches(t, w.selector, w.pod), "the selector of %s", w.name)
				checkPod(t, m, w)
				if w.service != "" {
					require.Contains(t, m.services, w.service)
					assert.True(t, matches(t, &meta.LabelSelector{MatchLabels: m.services[w.service].Spec.Selector}, w.pod))
				}
			}
			for _, b := range m.budgets {
				assert.True(t, matches(t, b.Spec.Selector, m.workloads[0].pod))
			}
			for _, n := range m.networks {
				assert.True(t, matches(t, &n.Spec.PodSelector, m.workloads[0].pod))
				for _, rule := range n.Spec.Ingress {
					for _, port := range rule.Ports {
						assert.Contains(t, portsOf(m.workloads[0].pod.Spec), port.Port.StrVal)
					}
				}
			}
			for _, p := range m.podMonitor {
				pod := all["event-hub.yaml"].workloads[0].pod
				assert.True(t, matches(t, &p.Spec.Selector, pod))
				for _, endpoint := range p.Spec.PodMetricsEndpoints {
					assert.Contains(t, portsOf(pod.Spec), *endpoint.Port)
				}
			}
		})
	}
	m := all["event-hub.yaml"]
	assert.Len(t, m.budgets, 1)
	assert.Len(t, m.networks, 1)
	assert.Len(t, m.accounts, 1)
	require.Len(t, m.workloads[0].claims, 1, "what is committed must outlive the pod")
}

func portsOf(spec core.PodSpec) (names []string) {
	for _, c := range slices.Concat(spec.InitContainers, spec.Containers) {
		for _, port := range c.Ports {
			names = append(names, port.Name)
		}
	}
	return names
}

// checkPod checks the references of a pod, and that it runs without rights.
func checkPod(t *testing.T, m manifest, w workload) {
	t.Helper()
	spec := w.pod.Spec
	volumes := map[string]bool{}
	for _, v := range spec.Volumes {
		volumes[v.Name] = true
		if v.ConfigMap != nil {
			assert.Contains(t, m.configs, v.ConfigMap.Name)
		}
	}
	for _, claim := range w.claims {
		volumes[claim.Name] = true
	}
	if spec.ServiceAccountName != "" {
		assert.Contains(t, m.accounts, spec.ServiceAccountName)
	}
	require.NotNil(t, spec.AutomountServiceAccountToken)
	assert.False(t, *spec.AutomountServiceAccountToken)
	assert.Equal(t, core.SeccompProfileTypeRuntimeDefault, spec.SecurityContext.SeccompProfile.Type)
	mounted := map[string]bool{}
	for _, c := range slices.Concat(spec.InitContainers, spec.Containers) {
		t.Run(w.name+"/"+c.Name, func(t *testing.T) {
			rights := c.SecurityContext
			require.NotNil(t, rights)
			assert.True(t, *rights.ReadOnlyRootFilesystem)
			assert.False(t, *rights.AllowPrivilegeEscalation)
			assert.Equal(t, []core.Capability{"ALL"}, rights.Capabilities.Drop)
			var ports []string
			for _, port := range c.Ports {
				ports = append(ports, port.Name)
			}
			for _, probe := range []*core.Probe{c.LivenessProbe, c.ReadinessProbe, c.StartupProbe} {
				if probe != nil {
					assert.Contains(t, ports, probe.HTTPGet.Port.StrVal)
				}
			}
			if c.LivenessProbe != nil {
				assert.Equal(t, "/", c.LivenessProbe.HTTPGet.Path, "a receiver that is down must not restart the pod")
			}
			for _, mount := range c.VolumeMounts {
				assert.True(t, volumes[mount.Name], "no volume %s", mount.Name)
				mounted[mount.Name] = true
			}
			for _, from := range c.EnvFrom {
				if from.ConfigMapRef != nil {
					assert.Contains(t, m.configs, from.ConfigMapRef.Name)
				}
			}
			if c.Name == "fluent-bit" {
				assert.NotNil(t, c.LivenessProbe)
				assert.NotEmpty(t, c.Resources.Limits.Memory().String())
				assert.Equal(t, "fluent/fluent-bit:"+fluentBitVersion(t), c.Image)
			}
		})
	}
	for name := range volumes {
		assert.True(t, mounted[name], "nobody mounts %s", name)
	}
}

// fluentBitVersion is that of the Dockerfile.
func fluentBitVersion(t *testing.T) string {
	t.Helper()
	_, rest, _ := strings.Cut(string(read(t, "Dockerfile")), "ARG FLUENT_BIT_VERSION=")
	version, _, _ := strings.Cut(rest, "\n")
	return version
}

// The Event Hub pipeline is the one of the examples, plus health and metrics.
func TestEventHubPipelineIsThatOfTheExamples(t *testing.T) {
	type pipeline struct {
		Service  map[string]any
		Plugins  []string
		Pipeline struct{ Inputs, Outputs []map[string]any }
	}
	var example, deployed pipeline
	require.NoError(t, yaml.UnmarshalStrict(read(t, "examples/event-hub/fluent-bit.yaml"), &example))
	require.NoError(t, yaml.UnmarshalStrict([]byte(decode(t, "deploy/kubernetes/event-hub.yaml").configs["entra-signin-config"].Data["fluent-bit.yaml"]), &deployed))
	for _, key := range []string{"http_server", "http_listen", "http_port", "health_check", "storage.metrics"} {
		assert.Contains(t, deployed.Service, key)
		delete(deployed.Service, key)
	}
	assert.Contains(t, deployed.Pipeline.Outputs[0], "metrics_listen")
	delete(deployed.Pipeline.Outputs[0], "metrics_listen")
	assert.Equal(t, example, deployed)
	var environment []string
	for _, e := range decode(t, "deploy/kubernetes/event-hub.yaml").workloads[0].pod.Spec.Containers[0].Env {
		environment = append(environment, e.Name)
	}
	for name := range decode(t, "deploy/kubernetes/event-hub.yaml").configs["entra-signin-hosts"].Data {
		environment = append(environment, name)
	}
	assert.ElementsMatch(t, []string{"EVENT_HUB_HOST", "EVENT_HUB_CONNECTION_STRING", "ELASTICSEARCH_URL", "ELASTICSEARCH_API_KEY"}, environment)
}

// helmValues are the values in use, named and typed as the chart has them.
type helmValues struct {
	Kind              string                    `json:"kind"`
	InitContainers    []core.Container          `json:"initContainers"`
	ExtraVolumes      []core.Volume             `json:"extraVolumes"`
	ExtraVolumeMounts []core.VolumeMount        `json:"extraVolumeMounts"`
	Args              []string                  `json:"args"`
	ExtraPorts        []map[string]any          `json:"extraPorts"`
	PodSecurity       core.PodSecurityContext   `json:"podSecurityContext"`
	Security          core.SecurityContext      `json:"securityContext"`
	Resources         core.ResourceRequirements `json:"resources"`
	ServiceMonitor    struct {
		Enabled             bool             `json:"enabled"`
		AdditionalEndpoints []map[string]any `json:"additionalEndpoints"`
	} `json:"serviceMonitor"`
	Config struct {
		Service       string `json:"service"`
		Inputs        string `json:"inputs"`
		Filters       string `json:"filters"`
		Outputs       string `json:"outputs"`
		CustomParsers string `json:"customParsers"`
	} `json:"config"`
}

func TestHelmValues(t *testing.T) {
	var v helmValues
	require.NoError(t, yaml.UnmarshalStrict(read(t, "deploy/kubernetes/helm-values.yaml"), &v))
	volumes := map[string]bool{}
	for _, volume := range v.ExtraVolumes {
		volumes[volume.Name] = true
	}
	for _, mount := range slices.Concat(v.ExtraVolumeMounts, v.InitContainers[0].VolumeMounts) {
		assert.True(t, volumes[mount.Name], mount.Name)
	}
	assert.Contains(t, v.Args, "--plugin=/opt/entra/flb-filter_entra_signin.so")
	assert.NotContains(t, v.Config.Service+v.Config.Inputs+v.Config.Filters+v.Config.Outputs+v.Config.CustomParsers, "{{", "the chart would take it for a template")
	dryRun(t, map[string]string{
		"custom_parsers.conf": v.Config.CustomParsers,
		"fluent-bit.conf":     v.Config.Service + "\n" + v.Config.Inputs + "\n" + v.Config.Filters + "\n" + v.Config.Outputs,
	}, "fluent-bit.conf", "--plugin=/opt/entra/flb-filter_entra_signin.so")
}

func TestConfigurationsInManifestsLoad(t *testing.T) {
	for name, m := range manifests(t) {
		for _, config := range m.configs {
			for file := range config.Data {
				if strings.HasPrefix(file, "fluent-bit.") {
					t.Run(name, func(t *testing.T) { dryRun(t, config.Data, file) })
				}
			}
		}
	}
}

// dryRun has Fluent Bit read a configuration with the plugin, its files in a folder. --dry-run checks names and values of the filter, and the
// names of the options of outputs.
func dryRun(t *testing.T, files map[string]string, main string, args ...string) {
	t.Helper()
	program, so := tool(t, "fluent-bit", "FLUENT_BIT"), object(t)
	dir := t.TempDir()
	replace := strings.NewReplacer("/opt/entra/", filepath.Dir(so)+"/", "/etc/entra/", dir+"/", "/fluent-bit/etc/conf/", dir+"/",
		"/var/lib/entra", dir, "/var/log/entra", dir)
	for name, text := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(replace.Replace(text)), 0o600))
	}
	for i := range args {
		args[i] = replace.Replace(args[i])
	}
	cmd := exec.Command(program, append([]string{"--dry-run", "-c", filepath.Join(dir, main)}, args...)...)
	cmd.Env = append(os.Environ(), "EVENT_HUB_HOST=contoso.servicebus.windows.net", "EVENT_HUB_CONNECTION_STRING=x", "ELASTICSEARCH_URL=http://127.0.0.1:9",
		"ELASTICSEARCH_API_KEY=x")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	assert.Contains(t, string(out), "configuration test is successful", fmt.Sprint(files))
	assert.NotContains(t, string(out), "[error]")
}
