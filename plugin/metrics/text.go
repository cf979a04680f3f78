package metrics

import (
	"maps"
	"runtime"
	runtimemetrics "runtime/metrics"
	"slices"
	"strconv"
	"strings"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/filter"
	"fluent-bit-entra-signin/sink"
)

// contentType is that of the text format of Prometheus.
const contentType = "text/plain; version=0.0.4; charset=utf-8"

// A text is in the text format of Prometheus.
type text []byte

func (t *text) family(name, kind, help string) {
	*t = append(*t, "# HELP "+name+" "+help+"\n# TYPE "+name+" "+kind+"\n"...)
}

var labelEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// point writes one value; labels are names and values in turn.
func (t *text) point(name string, value float64, labels ...string) {
	*t = append(*t, name...)
	mark := "{"
	for pair := range slices.Chunk(labels, 2) {
		*t = append(*t, mark+pair[0]+`="`+labelEscapes.Replace(pair[1])+`"`...)
		mark = ","
	}
	if len(labels) > 0 {
		*t = append(*t, '}')
	}
	*t = append(*t, " "+number(value)+"\n"...)
}

func number(v float64) string {
	if v == float64(int64(v)) {
		return strconv.FormatInt(int64(v), 10) // all digits of large counts, without an exponent
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// counter writes a family of one value without labels.
func (t *text) counter(name, help string, value uint64) {
	t.family(name, "counter", help)
	t.point(name, float64(value))
}

// render writes the sums of all samples.
func render(version string, samples []Sample) []byte {
	var t text
	t.family("entra_signin_build_info", "gauge", "The version of the plugin and of Go; always 1.")
	t.point("entra_signin_build_info", 1, "version", version, "goversion", runtime.Version())
	t.records(samples)
	t.chunks(samples)
	t.catalogs(samples)
	t.deliveries(samples)
	t.process()
	return t
}

func (t *text) records(samples []Sample) {
	var (
		sum   filter.Counts
		codes = make(map[uint32]uint64)
		rules = make(map[string]uint64)
	)
	for i := range samples {
		sum.Add(&samples[i].Records)
		for code, n := range samples[i].Codes {
			codes[code] += n
		}
		for rule, n := range samples[i].Rules {
			rules[rule] += n
		}
	}
	const records = "entra_signin_records_total"
	t.family(records, "counter", "Records by what their code means; unknown: a code that is not in the catalog, none: no code.")
	for i, bySeverity := range sum.Judged {
		for j, n := range bySeverity {
			o, s := catalog.Outcome(i), catalog.Severity(j)
			// Parse makes catalogs in which outcome and severity are both unknown or neither is.
			if n > 0 || (o == catalog.NoOutcome) == (s == catalog.Unknown) {
				t.point(records, float64(n), "outcome", o.String(), "severity", s.String())
			}
		}
	}
	t.point(records, float64(sum.NoCode), "outcome", "none", "severity", "none")
	t.family("entra_signin_codes_total", "counter", "Records by their code, of codes in the catalog that were seen.")
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		t.point("entra_signin_codes_total", float64(codes[code]), "code", strconv.FormatUint(uint64(code), 10))
	}
	t.meanings(samples, slices.Sorted(maps.Keys(codes)))
	t.family("entra_signin_context_total", "counter", "Records in whose severity, description, technique or credential a rule of Context had a part, by rule.")
	for _, rule := range slices.Sorted(maps.Keys(rules)) {
		t.point("entra_signin_context_total", float64(rules[rule]), "rule", rule)
	}
	t.counter("entra_signin_unknown_total", "Records with a code that is not in the catalog.", sum.Unknown)
	t.counter("entra_signin_malformed_total", "Strings that begin like JSON and are not, and places where a chunk was damaged.", sum.Malformed)
	t.counter("entra_signin_split_total", "Envelopes of several records that were split.", sum.Split)
	t.counter("entra_signin_unsplit_total", "Envelopes with sign-ins that were passed on whole.", sum.Unsplit)
	t.counter("entra_signin_over_limit_total", "Records passed on without fields because their chunk had grown to its limit.", sum.OverLimit)
}

// meanings writes what the codes that were seen mean, to be joined with their counts. It is a family of its own because a reload of the
// catalog may change a meaning, and a counter must not change its labels. A code has one meaning, or a join would be ambiguous: where instances
// have different catalogs, that of the first that knows the code.
func (t *text) meanings(samples []Sample, codes []uint32) {
	const name = "entra_signin_code_info"
	t.family(name, "gauge", "What the codes that were seen mean; always 1.")
	for _, code := range codes {
		for i := range samples {
			if samples[i].Meanings == nil {
				continue
			}
			if e, ok := samples[i].Meanings.Lookup(code); ok {
				t.point(name, 1, "code", strconv.FormatUint(uint64(code), 10), "description", e.Description, "outcome", e.Outcome.String(),
					"severity", e.Severity.String(), "credential", e.Credential.String())
				break
			}
		}
	}
}

func (t *text) chunks(samples []Sample) {
	const name = "entra_signin_chunk_duration_seconds"
	t.family(name, "histogram", "Time to find the codes of one chunk and work out what to append.")
	var (
		buckets [len(bounds) + 1]uint64
		sum     float64
		n       uint64
	)
	for _, s := range samples {
		for i := range s.Chunks.buckets {
			buckets[i] += s.Chunks.buckets[i].Load()
		}
		sum += float64(s.Chunks.sum.Load()) / 1e9
	}
	for i, bound := range bounds {
		n += buckets[i]
		t.point(name+"_bucket", float64(n), "le", number(bound))
	}
	n += buckets[len(bounds)]
	t.point(name+"_bucket", float64(n), "le", "+Inf")
	t.point(name+"_sum", sum)
	t.point(name+"_count", float64(n))
}

func (t *text) catalogs(samples []Sample) {
	const codes, reloads = "entra_signin_catalog_codes", "entra_signin_catalog_reloads_total"
	t.family(codes, "gauge", "Codes in the catalog; file_sha256 tells which file of the user lies over the built-in one.")
	written := make(map[Catalog]bool)
	var done, refused uint64
	for _, s := range samples {
		if !written[s.Catalog] {
			t.point(codes, float64(s.Catalog.Codes), "file_sha256", s.Catalog.File)
		}
		written[s.Catalog] = true
		done += s.Reloads
		refused += s.Refusals
	}
	t.family(reloads, "counter", "Changes of the files of Catalog and Context_Rules; refused: the file was broken or missing.")
	t.point(reloads, float64(done), "result", "ok")
	t.point(reloads, float64(refused), "result", "refused")
}

func (t *text) deliveries(samples []Sample) {
	const name = "entra_signin_deliveries_total"
	t.family(name, "counter", "Records by sink and what became of them; existing: the receiver had them, retried: left for another attempt, each time.")
	bySink := make(map[string]sink.Stats)
	for _, s := range samples {
		if s.Sink == "" {
			continue
		}
		sum := bySink[s.Sink]
		sum.Delivered += s.Delivered.Delivered
		sum.Existing += s.Delivered.Existing
		sum.Refused += s.Delivered.Refused
		sum.Retried += s.Delivered.Retried
		bySink[s.Sink] = sum
	}
	for _, kind := range slices.Sorted(maps.Keys(bySink)) {
		s := bySink[kind]
		t.point(name, float64(s.Delivered-s.Existing), "sink", kind, "result", "delivered")
		t.point(name, float64(s.Existing), "sink", kind, "result", "existing")
		t.point(name, float64(s.Refused), "sink", kind, "result", "refused")
		t.point(name, float64(s.Retried), "sink", kind, "result", "retried")
	}
}

// process writes the values in which a leak of the plugin would show, under the names that every Go program uses.
func (t *text) process() {
	heap := []runtimemetrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	runtimemetrics.Read(heap)
	t.family("go_goroutines", "gauge", "Goroutines of the plugin.")
	t.point("go_goroutines", float64(runtime.NumGoroutine()))
	t.family("go_memstats_heap_alloc_bytes", "gauge", "Bytes of the plugin's objects in Go, those not yet collected included.")
	t.point("go_memstats_heap_alloc_bytes", float64(heap[0].Value.Uint64()))
}
