package logql

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/grafana/loki/v3/pkg/logql/syntax"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

const root = "../.."

// A query is one of a panel or of a rule.
type query struct {
	where, text string
	instant     bool
	labels      []string // that its annotations use
}

// variables of Grafana with a value that fits.
var variables = strings.NewReplacer("$__range", "6h", "$__auto", "5m", "$severity", ".*", "$user", "", "$address", "")

func queries(t *testing.T, job string) (all []query) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "deploy/grafana/entra-signin-logs.json"))
	require.NoError(t, err)
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr, QueryType string }
		}
	}
	require.NoError(t, json.Unmarshal(text, &dashboard))
	for _, p := range dashboard.Panels {
		for _, target := range p.Targets {
			expr := variables.Replace(strings.ReplaceAll(target.Expr, "$job", job))
			all = append(all, query{where: "panel " + p.Title, text: expr, instant: target.QueryType == "instant"})
		}
	}
	text, err = os.ReadFile(filepath.Join(root, "deploy/loki/entra-signin.rules.yml"))
	require.NoError(t, err)
	var rules struct {
		Groups []struct {
			Name, Interval string
			Rules          []struct {
				Alert, Expr         string
				For                 string
				Labels, Annotations map[string]string
			}
		}
	}
	require.NoError(t, yaml.UnmarshalStrict(text, &rules))
	for _, group := range rules.Groups {
		for _, rule := range group.Rules {
			q := query{where: "rule " + rule.Alert, text: strings.ReplaceAll(rule.Expr, `job="entra_signin"`, `job="`+job+`"`), instant: true}
			for _, annotation := range rule.Annotations {
				for _, label := range regexp.MustCompile(`\$labels\.(\w+)`).FindAllStringSubmatch(annotation, -1) {
					q.labels = append(q.labels, label[1])
				}
			}
			all = append(all, q)
		}
	}
	require.Greater(t, len(all), 10)
	return all
}

const fields = "description,severity,outcome,credential,code"

// streamLabels are what the shipped pipelines send as labels.
var streamLabels = []string{"job", "severity", "outcome"}

// enriched returns the records of the project, as the plugin makes them.
var enriched = sync.OnceValues(func() ([]map[string]any, error) {
	out, err := exec.Command("go", "-C", root, "run", "./cmd/entra-signin", "enrich", "--fields", fields, "test/data/signins.jsonl").Output()
	var all []map[string]any
	for line := range strings.Lines(string(out)) {
		var record map[string]any
		if json.Unmarshal([]byte(line), &record) == nil {
			all = append(all, record)
		}
	}
	return all, err
})

// hasField tells whether a record has a value at a path of Loki's json stage.
func hasField(records []map[string]any, path string) bool {
	for _, record := range records {
		var at any = record
		for key := range strings.SplitSeq(path, ".") {
			m, _ := at.(map[string]any)
			at = m[key]
		}
		if at != nil {
			return true
		}
	}
	return false
}

var templateField = regexp.MustCompile(`\.([a-z]\w*)`)

func TestQueriesParseAndNameWhatRecordsHave(t *testing.T) {
	records, err := enriched()
	require.NoError(t, err)
	require.NotEmpty(t, records)
	for _, q := range queries(t, "entra_signin") {
		t.Run(q.where, func(t *testing.T) {
			expr, err := syntax.ParseExpr(q.text)
			require.NoError(t, err, q.text)
			labels := map[string]bool{}
			for _, label := range streamLabels {
				labels[label] = true
			}
			var names, grouped []string
			expr.Walk(func(e syntax.Expr) bool {
				switch e := e.(type) {
				case *syntax.JSONExpressionParserExpr:
					for _, x := range e.Expressions {
						labels[x.Identifier] = true
						assert.True(t, hasField(records, x.Expression), "no record has %s", x.Expression)
					}
				case *syntax.LabelFmtExpr:
					for _, f := range e.Formats {
						labels[f.Name] = true
						for _, name := range templateField.FindAllStringSubmatch(f.Value, -1) {
							names = append(names, name[1])
						}
					}
				case *syntax.LineFmtExpr:
					for _, name := range templateField.FindAllStringSubmatch(e.Value, -1) {
						names = append(names, name[1])
					}
				case *syntax.LabelFilterExpr:
					names = append(names, e.RequiredLabelNames()...)
				case *syntax.VectorAggregationExpr:
					if e.Grouping != nil {
						names = append(names, e.Grouping.Groups...)
						grouped = append(grouped, e.Grouping.Groups...)
					}
				case *syntax.RangeAggregationExpr:
					if e.Left.Unwrap != nil {
						names = append(names, e.Left.Unwrap.Identifier)
					}
				}
				return true
			})
			for _, name := range names {
				assert.True(t, labels[name], "nothing gives the label %s: %s", name, q.text)
			}
			for _, label := range q.labels {
				assert.Contains(t, grouped, label, "an annotation uses a label that the result does not have")
			}
		})
	}
}
