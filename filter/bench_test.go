package filter

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/catalog"
)

// azureRecord is a record as Azure Monitor exports it, of about so many bytes (512, 2048 or 10240).
func azureRecord(i, size int) string {
	codes := []int{0, 50126, 0, 50076, 0, 50140, 0, 500121, 0, 7000215}
	code := codes[i%len(codes)]
	record := fmt.Sprintf(`{"time":"2026-03-02T09:%02d:%02d.1234567Z","resourceId":"/tenants/9d2f0c11-5b1e-4c57-b3b4-7f4f6a1c0de0/providers/Microsoft.aadiam","operationName":"Sign-in activity","category":"SignInLogs","resultType":"%d","resultSignature":"None","callerIpAddress":"203.0.113.%d","correlationId":"5a000003-7c3e-4d2b-8f10-%012d","Level":4,"properties":{"userPrincipalName":"user%d@contoso.com","status":{"errorCode":%d}`,
		i/60%60, i%60, code, i%250, i, i%997, code)
	if size > 512 {
		record += fmt.Sprintf(`,"id":"%036d","createdDateTime":"2026-03-02T09:07:13.1234567Z","userDisplayName":"User %d","appId":"1f2a9f50-1111-4c1e-9a57-0d6c1e0a0001","appDisplayName":"Contoso Portal","clientAppUsed":"Browser","userAgent":"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36","deviceDetail":{"deviceId":"","operatingSystem":"Windows 11","browser":"Edge 131.0.0"},"location":{"city":"Lyon","state":"Rhone","countryOrRegion":"FR","geoCoordinates":{"latitude":45.764,"longitude":4.8357}},"mfaDetail":{},"conditionalAccessStatus":"notApplied","appliedConditionalAccessPolicies":[],"authenticationDetails":[{"authenticationStepDateTime":"2026-03-02T09:07:13Z","authenticationMethod":"Password","authenticationMethodDetail":"Password in the cloud","succeeded":true,"authenticationStepResultDetail":"Correct password","StatusSequence":0,"RequestSequence":1}],"authenticationProcessingDetails":[{"key":"Legacy TLS (TLS 1.0, 1.1, 3DES)","value":"False"},{"key":"Is CAE Token","value":"False"}],"riskDetail":"none","riskLevelAggregated":"none","riskState":"none","riskEventTypes":[],"isInteractive":true,"tokenIssuerType":"AzureAD"`, i, i)
	}
	for n := 0; len(record) < size-200; n++ {
		record += fmt.Sprintf(`,"policy%d":{"id":"%036d","displayName":"Require MFA for all users %d","enforcedGrantControls":["Mfa"],"result":"notApplied","conditionsSatisfied":"application,users","conditionsNotSatisfied":"none"}`, n, n, n)
	}
	return record + "}}"
}

func azureChunk(b testing.TB, records, size int) []byte {
	kinds := make([][]byte, min(records, 100))
	for i := range kinds {
		kinds[i] = eventOf(b, azureRecord(i, size))
	}
	var chunk []byte
	for i := range records {
		chunk = append(chunk, kinds[i%len(kinds)]...)
	}
	return chunk
}

func shipped(b testing.TB) *Engine {
	e, err := New(DefaultOptions(), catalog.Embedded())
	require.NoError(b, err)
	return e
}

// run enriches a chunk again and again and copies the output to where Fluent Bit would get it.
func run(b *testing.B, e *Engine, chunk []byte, records int) {
	b.Helper()
	r := e.Enrich(chunk)
	require.NoError(b, r.Err)
	require.Equal(b, uint64(records), r.Counts.Matched)
	dst := make([]byte, r.Size)
	r.Release()
	b.SetBytes(int64(len(chunk)))
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		r := e.Enrich(chunk)
		r.CopyTo(dst)
		r.Release()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(records), "ns/record")
}

func BenchmarkEnrich(b *testing.B) {
	e := shipped(b)
	for _, size := range []int{512, 2048, 10240} {
		for _, records := range []int{1, 10, 100, 1000, 10_000} {
			b.Run(fmt.Sprintf("size=%d/records=%d", size, records), func(b *testing.B) {
				run(b, e, azureChunk(b, records, size), records)
			})
		}
	}
}

// BenchmarkEnrichFloor is a plain copy of the bytes that BenchmarkEnrich reads.
func BenchmarkEnrichFloor(b *testing.B) {
	for _, size := range []int{512, 2048, 10240} {
		for _, records := range []int{1, 100, 10_000} {
			b.Run(fmt.Sprintf("size=%d/records=%d", size, records), func(b *testing.B) {
				chunk := azureChunk(b, records, size)
				dst := make([]byte, len(chunk))
				b.SetBytes(int64(len(chunk)))
				b.ReportAllocs()
				b.ResetTimer()
				for range b.N {
					copy(dst, chunk)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(records), "ns/record")
			})
		}
	}
}

// BenchmarkEnrichString has each record as JSON in log, as tail ships it where no parser is set.
func BenchmarkEnrichString(b *testing.B) {
	var chunk []byte
	for i := range 1000 {
		chunk = append(chunk, eventOf(b, `{"log":`+quote(azureRecord(i, 2048))+`}`)...)
	}
	b.Run("beside", func(b *testing.B) { run(b, shipped(b), chunk, 1000) })
	b.Run("parsed", func(b *testing.B) {
		o := DefaultOptions()
		o.ParseJSON = true
		e, err := New(o, catalog.Embedded())
		require.NoError(b, err)
		run(b, e, chunk, 1000)
	})
}

// BenchmarkEnrichEnvelope has envelopes of 100 records, as maps and as a JSON string.
func BenchmarkEnrichEnvelope(b *testing.B) {
	records := make([]string, 100)
	for i := range records {
		records[i] = azureRecord(i, 2048)
	}
	envelope := `{"records":[` + strings.Join(records, ",") + `]}`
	for name, record := range map[string]string{"map": envelope, "string": `{"topic":"t","partition":0,"offset":1,"payload":` + quote(envelope) + `}`} {
		b.Run(name, func(b *testing.B) {
			chunk := eventOf(b, record)
			run(b, shipped(b), join(chunk, chunk, chunk, chunk, chunk, chunk, chunk, chunk, chunk, chunk), 1000)
		})
	}
}

func BenchmarkEnrichJSON(b *testing.B) {
	e := shipped(b)
	doc := []byte(azureRecord(1, 2048))
	require.True(b, json.Valid(doc))
	var dst []byte
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for range b.N {
		dst, _, _ = e.EnrichJSON(dst[:0], doc)
	}
}

func BenchmarkEnrichLookup(b *testing.B) {
	c := catalog.Embedded()
	b.ReportAllocs()
	for i := range b.N {
		if _, ok := c.Find([]uint32{0, 50126, 7000215, 4242}[i&3]); !ok && i&3 != 3 {
			b.Fatal("not found")
		}
	}
}

// BenchmarkEnrichStart is what an instance costs at its start, but for the catalog.
func BenchmarkEnrichStart(b *testing.B) {
	c := catalog.Embedded()
	b.ReportAllocs()
	for range b.N {
		if _, err := New(DefaultOptions(), c); err != nil {
			b.Fatal(err)
		}
	}
}
