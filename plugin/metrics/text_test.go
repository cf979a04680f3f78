package metrics

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/filter"
	"fluent-bit-entra-signin/sink"
)

// parsed reads a text as Prometheus does.
func parsed(t *testing.T, text string) map[string]*dto.MetricFamily {
	t.Helper()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	require.NoError(t, err, text)
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	require.NoError(t, err)
	assert.Empty(t, problems)
	return families
}

// values returns a family by its labels, as in outcome=failure,severity=low.
func values(f *dto.MetricFamily) map[string]float64 {
	all := make(map[string]float64)
	for _, m := range f.GetMetric() {
		var labels []string
		for _, l := range m.GetLabel() {
			labels = append(labels, l.GetName()+"="+l.GetValue())
		}
		all[strings.Join(labels, ",")] = m.GetCounter().GetValue() + m.GetGauge().GetValue()
	}
	return all
}

func twoSamples() []Sample {
	one := Sample{
		Records: filter.Counts{Records: 20, Matched: 14, Unknown: 2, NoCode: 4, Malformed: 3, Split: 1},
		Codes:   map[uint32]uint64{50126: 10, 0: 4}, Chunks: &Histogram{}, Catalog: Catalog{Codes: 1549},
	}
	one.Records.Judged[catalog.Failure][catalog.Medium] = 10
	one.Records.Judged[catalog.Success][catalog.Info] = 4
	one.Records.Judged[catalog.NoOutcome][catalog.Unknown] = 2
	two := one
	two.Codes = map[uint32]uint64{50126: 5, 7000215: 9}
	two.Catalog = Catalog{File: "0123456789ab", Codes: 1551}
	two.Chunks = &Histogram{}
	two.Reloads, two.Refusals = 7, 2
	two.Sink, two.Delivered = "loki", sink.Stats{Delivered: 12, Existing: 3, Refused: 2, Retried: 5}
	return []Sample{one, two}
}

func TestTextIsWhatPrometheusReads(t *testing.T) {
	samples := twoSamples()
	samples[0].Chunks.Observe(15 * time.Microsecond)
	samples[0].Chunks.Observe(10 * time.Microsecond)
	samples[1].Chunks.Observe(3 * time.Second)
	samples[0].Rules = map[string]uint64{"mfa_fraud": 2, "stale_token": 1}
	samples[1].Rules = map[string]uint64{"mfa_fraud": 3}
	families := parsed(t, string(render(`v1 "a\b"`+"\n", samples)))

	records := values(families["entra_signin_records_total"])
	assert.Equal(t, 20.0, records["outcome=failure,severity=medium"])
	assert.Equal(t, 8.0, records["outcome=success,severity=info"])
	assert.Equal(t, 4.0, records["outcome=unknown,severity=unknown"])
	assert.Equal(t, 8.0, records["outcome=none,severity=none"])
	assert.Len(t, records, 17, "what cannot be yet is there with 0, for rate()")
	sum := 0.0
	for _, n := range records {
		sum += n
	}
	assert.Equal(t, 40.0, sum, "each record once")
	assert.Equal(t, map[string]float64{"code=0": 4, "code=50126": 15, "code=7000215": 9}, values(families["entra_signin_codes_total"]))
	assert.Equal(t, map[string]float64{"rule=mfa_fraud": 5, "rule=stale_token": 1}, values(families["entra_signin_context_total"]))
	assert.Equal(t, map[string]float64{"": 4}, values(families["entra_signin_unknown_total"]))
	assert.Equal(t, map[string]float64{"": 6}, values(families["entra_signin_malformed_total"]))
	assert.Equal(t, map[string]float64{"": 2}, values(families["entra_signin_split_total"]))
	assert.Equal(t, map[string]float64{"file_sha256=": 1549, "file_sha256=0123456789ab": 1551}, values(families["entra_signin_catalog_codes"]))
	assert.Equal(t, map[string]float64{"result=ok": 7, "result=refused": 2}, values(families["entra_signin_catalog_reloads_total"]))
	assert.Equal(t, map[string]float64{
		"sink=loki,result=delivered": 9, "sink=loki,result=existing": 3, "sink=loki,result=refused": 2, "sink=loki,result=retried": 5,
	}, values(families["entra_signin_deliveries_total"]))
	info := families["entra_signin_build_info"].GetMetric()[0].GetLabel()
	assert.Equal(t, `v1 "a\b"`+"\n", info[0].GetValue())
	assert.Positive(t, values(families["go_goroutines"])[""])
	assert.Positive(t, values(families["go_memstats_heap_alloc_bytes"])[""])

	chunks := families["entra_signin_chunk_duration_seconds"].GetMetric()[0].GetHistogram()
	assert.EqualValues(t, 3, chunks.GetSampleCount())
	assert.InDelta(t, 3.000025, chunks.GetSampleSum(), 1e-9)
	buckets := chunks.GetBucket()
	require.Len(t, buckets, len(bounds)+1)
	assert.EqualValues(t, 1, buckets[0].GetCumulativeCount(), "a bound is part of its bucket")
	assert.EqualValues(t, 2, buckets[1].GetCumulativeCount())
	assert.EqualValues(t, 2, buckets[len(bounds)-1].GetCumulativeCount())
	assert.EqualValues(t, 3, buckets[len(bounds)].GetCumulativeCount())
}

func TestMeaningsOfCodes(t *testing.T) {
	samples := twoSamples()
	assert.Empty(t, values(parsed(t, string(render("v1", samples)))["entra_signin_code_info"]), "no catalog, no meaning")

	changed, err := catalog.Embedded().Overlay("mine.csv", strings.NewReader("code,severity,description\n50126,high,Mine.\n"))
	require.NoError(t, err)
	samples[0].Meanings, samples[1].Meanings = changed, catalog.Embedded()
	assert.Equal(t, map[string]float64{
		"code=0,description=The sign-in succeeded.,outcome=success,severity=info,credential=accepted":                                1,
		"code=50126,description=Mine.,outcome=failure,severity=high,credential=rejected":                                             1,
		"code=7000215,description=The client secret that the app sent is wrong.,outcome=failure,severity=medium,credential=rejected": 1,
	}, values(parsed(t, string(render("v1", samples)))["entra_signin_code_info"]), "one meaning for each code")
}

// An instance that has seen nothing shows its families all the same.
func TestTextOfNothing(t *testing.T) {
	families := parsed(t, string(render("v1", []Sample{{Chunks: &Histogram{}, Catalog: Catalog{Codes: 1}}})))
	assert.Len(t, values(families["entra_signin_records_total"]), 17)
	assert.Contains(t, families, "entra_signin_chunk_duration_seconds")
}

func TestNumber(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 7000215: "7000215", 1 << 53: "9007199254740992", 2.5e-05: "2.5e-05", 0.1: "0.1"} {
		assert.Equal(t, want, number(v))
	}
}
