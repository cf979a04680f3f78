package sink

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/internal/keypath"
	"fluent-bit-entra-signin/internal/msgpack"
	"fluent-bit-entra-signin/sink/sinktest"
)

// longSignIn is a record of about 2 kB, the size of those that Entra ID exports.
func longSignIn(n int) Record {
	policies := []any{}
	for i := range 4 {
		policies = append(policies, pairs{
			"id", fmt.Sprintf("44444444-0000-4000-8000-%012d", i), "displayName", "Require multifactor authentication for administrators",
			"enforcedGrantControls", []any{"Mfa"}, "result", "notApplied", "conditionsSatisfied", 3, "conditionsNotSatisfied", 0,
		})
	}
	return Record{Sec: 1_700_000_000, Nsec: uint32(n), Body: pack(pairs{
		"time", "2026-03-01T12:00:00.1234567Z", "category", "SignInLogs", "operationName", "Sign-in activity",
		"resultType", "50126", "tenantId", "11111111-0000-4000-8000-000000000000", "callerIpAddress", "192.0.2.7", "Level", 4,
		"properties", pairs{
			"id", fmt.Sprintf("00000000-0000-4000-8000-%012d", n),
			"createdDateTime", "2026-03-01T11:59:58.7654321Z",
			"userDisplayName", "Zoë Example", "userPrincipalName", "zoe@example.com", "userId", "22222222-0000-4000-8000-000000000000",
			"appId", "33333333-0000-4000-8000-000000000000", "appDisplayName", "Office 365 Exchange Online",
			"ipAddress", "192.0.2.7", "isInteractive", true, "riskScore", 0.25,
			"userAgent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
			"status", pairs{"errorCode", 50126, "failureReason", "Invalid username or password or \"Invalid on-premise username or password\"."},
			"deviceDetail", pairs{"deviceId", "", "operatingSystem", "Linux", "browser", "Chrome 120.0.0"},
			"location", pairs{"city", "Utrecht", "countryOrRegion", "NL", "geoCoordinates", pairs{"latitude", 52.09, "longitude", 5.12}},
			"appliedConditionalAccessPolicies", policies,
		},
		"description", "Error validating credentials due to invalid username or password.", "severity", "medium", "outcome", "failure",
	})}
}

func longChunk(n int) (c *Chunk, bytes int64) {
	c = &Chunk{Tag: "entra"}
	for i := range n {
		c.Records = append(c.Records, longSignIn(i))
		bytes += int64(len(c.Records[i].Body))
	}
	return c, bytes
}

// decode makes of MessagePack what a decoder makes of it: maps and slices of any.
func decode(b []byte) (any, []byte) {
	var t msgpack.Token
	end, _ := t.Read(b, 0)
	rest := b[end:]
	switch t.Kind {
	case msgpack.KindMap:
		m := make(map[string]any, t.N)
		for range t.N {
			var key msgpack.Token
			end, _ := key.Read(rest, 0)
			m[string(key.Data)], rest = decode(rest[end:])
		}
		return m, rest
	case msgpack.KindArray:
		list := make([]any, t.N)
		for i := range list {
			list[i], rest = decode(rest)
		}
		return list, rest
	case msgpack.KindString:
		return string(t.Data), rest
	case msgpack.KindInt, msgpack.KindUint:
		return int64(t.N), rest
	case msgpack.KindFloat64:
		v, _ := t.Float()
		return v, rest
	case msgpack.KindTrue, msgpack.KindFalse:
		return t.Kind == msgpack.KindTrue, rest
	}
	return nil, rest
}

// BenchmarkEncode compares writing a record for Elasticsearch, action and all, with what encoding/json takes for the
// document alone, decoded beforehand.
func BenchmarkEncode(b *testing.B) {
	r := longSignIn(1)
	v, _ := decode(r.Body)
	b.Run("encoding-json", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(r.Body)))
		for b.Loop() {
			if _, err := json.Marshal(v); err != nil {
				b.Fatal(err)
			}
		}
	})
	o := DefaultOptions()
	labels, err := parseLabels(o.Labels, maxLabels)
	require.NoError(b, err)
	idKeys, err := keypath.ParseAll(o.IDKey)
	require.NoError(b, err)
	for name, w := range map[string]wire{
		"elasticsearch": newElasticsearchWire(nil, defaultIndex, idKeys),
		"loki":          &lokiWire{labels: labels},
		"http":          &httpWire{},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(r.Body)))
			var buf []byte
			e := w.newEncoder()
			for b.Loop() {
				var err error
				if buf, _, err = e.encode(buf[:0], &r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("logfmt", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(r.Body)))
		var line []byte
		for b.Loop() {
			line, _ = appendLogfmtLine(line[:0], &r)
		}
	})
}

// drain answers at once, as fast as a receiver can be.
func drain(kind string, records int) sinktest.Fault {
	reply := sinktest.Reply{Status: 204}
	if kind == Elasticsearch {
		text := `{"errors":false,"items":[`
		for i := range records {
			if i > 0 {
				text += ","
			}
			text += `{"create":{"status":201}}`
		}
		reply = sinktest.Reply{Status: 200, ContentType: "application/json", Body: text + "]}"}
	}
	return sinktest.Say(reply)
}

// BenchmarkDeliver delivers chunks of 1,000 records of 2 kB, one batch each, to receivers on loopback that read everything and look
// at nothing. Their work is part of the figures.
func BenchmarkDeliver(b *testing.B) {
	const records = 1000
	c, size := longChunk(records)
	run := func(name string, d *Delivery) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(size)
			for b.Loop() {
				if v := d.Deliver(b.Context(), c); v.Delivered != records {
					b.Fatal(v)
				}
			}
			b.ReportMetric(float64(b.N*records)/b.Elapsed().Seconds(), "records/s")
		})
	}
	for _, kind := range []string{Elasticsearch, Loki, HTTP} {
		for _, compress := range []string{"none", "gzip"} {
			r := startRig(b, kind, map[string]string{"Batch_Bytes": "15M", "Compress": compress})
			r.server.SetFault(drain(kind, records))
			run(kind+"/"+compress, r.Delivery)
		}
	}
	path := filepath.Join(b.TempDir(), "out")
	quiet := func(Level, string) {}
	run("file", open(b, map[string]string{"Sink": File, "Path": path}, quiet))
	null, err := syscall.Open("/dev/null", syscall.O_WRONLY, 0)
	require.NoError(b, err)
	b.Cleanup(func() { _ = syscall.Close(null) })
	w, err := duplicate(null)
	require.NoError(b, err)
	run("stdout", newDelivery(newLineSink(w, JSON), "sink stdout", nil, quiet))
}
