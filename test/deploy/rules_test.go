package deploy

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/common/promslog"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

const prometheusRules = "deploy/prometheus/entra-signin.rules.yml"

func TestPrometheusRules(t *testing.T) {
	groups, problems := rulefmt.Parse(read(t, prometheusRules), false, model.UTF8Validation, parser.NewParser(parser.Options{}), promslog.NewNopLogger())
	require.Empty(t, problems)
	names := known(t)
	names["entra_signin:codes:increase10m"] = names["entra_signin_codes_total"]
	names["entra_signin:credentials:increase10m"] = map[string]bool{"credential": true, "outcome": true}
	tested := struct {
		Tests []struct {
			AlertRuleTest []struct {
				Alertname string           `json:"alertname"`
				ExpAlerts []map[string]any `json:"exp_alerts"`
			} `json:"alert_rule_test"`
		}
	}{}
	require.NoError(t, yaml.Unmarshal(read(t, "deploy/prometheus/entra-signin.test.yml"), &tested))
	fires := map[string]bool{}
	for _, test := range tested.Tests {
		for _, alert := range test.AlertRuleTest {
			fires[alert.Alertname] = fires[alert.Alertname] || len(alert.ExpAlerts) > 0
		}
	}
	for _, group := range groups.Groups {
		for _, rule := range group.Rules {
			checkQuery(t, rule.Expr, names)
			if rule.Alert != "" {
				assert.NotEmpty(t, rule.Annotations["summary"], rule.Alert)
				assert.Contains(t, []string{"info", "warning", "critical"}, rule.Labels["severity"], rule.Alert)
				assert.True(t, fires[rule.Alert], "no test in which %s fires", rule.Alert)
			}
		}
	}
}

// The unit tests of the rules themselves.
func TestPrometheusRulesWithPromtool(t *testing.T) {
	promtool := tool(t, "promtool", "PROMTOOL")
	for _, args := range [][]string{{"check", "rules", "entra-signin.rules.yml"}, {"test", "rules", "entra-signin.test.yml"}} {
		cmd := exec.Command(promtool, args...)
		cmd.Dir = filepath.Join(root, "deploy/prometheus")
		out, err := cmd.CombinedOutput()
		assert.NoError(t, err, "%s", out)
	}
}
