package deploy

import (
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/filter"
	"fluent-bit-entra-signin/plugin/metrics"
)

// families are metrics with the labels that each has.
type families map[string]map[string]bool

var sampleLine = regexp.MustCompile(`(?m)^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? \S+$`)
var labelName = regexp.MustCompile(`([a-zA-Z_][a-zA-Z0-9_]*)="(?:[^"\\]|\\.)*"`)

// add reads a text in the format of Prometheus.
func (f families) add(text string) {
	for _, found := range sampleLine.FindAllStringSubmatch(text, -1) {
		if f[found[1]] == nil {
			f[found[1]] = map[string]bool{"job": true, "instance": true}
		}
		for _, label := range labelName.FindAllStringSubmatch(found[2], -1) {
			f[found[1]][label[1]] = true
		}
	}
}

// ofThePlugin returns what the plugin shows.
var ofThePlugin = sync.OnceValues(func() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	address := l.Addr().String()
	_ = l.Close()
	stop, url, err := metrics.Serve(address, "v1", func() metrics.Sample {
		return metrics.Sample{Records: filter.Counts{Records: 1}, Codes: map[uint32]uint64{50126: 1}, Meanings: catalog.Embedded(),
			Chunks: &metrics.Histogram{}, Sink: "loki"}
	})
	if err != nil {
		return "", err
	}
	defer stop()
	answer, err := http.Get(url)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return string(text), err
})

// ofFluentBit are the metrics of Fluent Bit 5.1.1 that the files use; TestMetricsOfFluentBit compares them with those of a real one.
const ofFluentBit = `
fluentbit_input_ingestion_paused{name="x"} 0
fluentbit_input_records_total{name="x"} 0
fluentbit_output_dropped_records_total{name="x"} 0
fluentbit_output_errors_total{name="x"} 0
fluentbit_output_latency_seconds_bucket{le="1",input="x",output="x"} 0
fluentbit_output_proc_records_total{name="x"} 0
fluentbit_output_retries_total{name="x"} 0
fluentbit_storage_chunks 0
fluentbit_storage_fs_chunks_down 0
`

func known(t *testing.T) families {
	t.Helper()
	text, err := ofThePlugin()
	require.NoError(t, err)
	all := families{}
	all.add(text)
	require.Contains(t, all, "entra_signin_code_info")
	require.True(t, all["entra_signin_records_total"]["severity"])
	all.add(ofFluentBit)
	return all
}

// checkQuery parses a query and checks that its metrics and their labels exist. Recorded are the names that rules record, with their labels.
func checkQuery(t *testing.T, query string, known families) {
	t.Helper()
	expr, err := parser.NewParser(parser.Options{}).ParseExpr(query)
	if !assert.NoError(t, err, query) {
		return
	}
	// Labels that an aggregation or a join names must be those of a metric in it.
	within := func(node parser.Node) map[string]bool {
		all := map[string]bool{}
		parser.Inspect(node, func(n parser.Node, _ []parser.Node) error {
			if selector, ok := n.(*parser.VectorSelector); ok {
				for label := range known[selector.Name] {
					all[label] = true
				}
			}
			return nil
		})
		return all
	}
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		switch n := node.(type) {
		case *parser.VectorSelector:
			if !assert.Contains(t, known, n.Name, "no such metric in: %s", query) {
				return nil
			}
			for _, m := range n.LabelMatchers {
				if m.Name != labels.MetricName {
					assert.Contains(t, known[n.Name], m.Name, "%s has no such label: %s", n.Name, query)
				}
			}
		case *parser.AggregateExpr:
			for _, label := range n.Grouping {
				assert.Contains(t, within(n.Expr), label, "no metric in %s has the label", n.Expr)
			}
		case *parser.BinaryExpr:
			if n.VectorMatching != nil {
				for _, label := range append(n.VectorMatching.MatchingLabels, n.VectorMatching.Include...) {
					assert.Contains(t, within(n), label, "no metric in %s has the label", n)
				}
			}
		}
		return nil
	})
}

// What the check is for: it finds the names that do not exist.
func TestCheckQueryFindsMistakes(t *testing.T) {
	for _, wrong := range []string{
		`sum(rate(entra_signin_record_total[5m]))`,
		`entra_signin_records_total{colour="red"}`,
		`sum by (colour) (entra_signin_records_total)`,
		`entra_signin_codes_total * on (code) group_left (colour) entra_signin_code_info`,
		`sum(rate(entra_signin_records_total[5m])`,
	} {
		inner := &testing.T{}
		checkQuery(inner, wrong, known(t))
		assert.True(t, inner.Failed(), wrong)
	}
}

// variables of Grafana with a value that fits.
var variables = strings.NewReplacer("$__rate_interval", "5m", "$__range", "1h", "$__auto", "5m", "$instance", ".+")
