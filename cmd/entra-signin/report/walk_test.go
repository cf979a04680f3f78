package report

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/catalog/rules"
	"fluent-bit-entra-signin/cmd/entra-signin/input"
	"fluent-bit-entra-signin/filter"
)

// extractors are one that looks for nothing but the code, one with the rules of the context, and one with a code in an odd place.
func extractors(t testing.TB) (all []*Extractor) {
	t.Helper()
	for _, set := range []func(*filter.Options){
		func(*filter.Options) {},
		func(o *filter.Options) { o.Context = true },
		func(o *filter.Options) { o.CodeKey = []string{"location.code", "list[1]", "status"} },
	} {
		o := filter.DefaultOptions()
		set(&o)
		x, err := NewExtractor(o, catalog.Embedded(), rules.Embedded())
		require.NoError(t, err)
		all = append(all, x)
	}
	return all
}

// assertSame requires that a record says the same by its excerpt as the whole record does to the engine.
func assertSame(t testing.TB, x *Extractor, text []byte) {
	t.Helper()
	one, other := &Part{Batch: &input.Batch{}}, &Part{Batch: &input.Batch{}}
	_, _, err := x.engine.EnrichJSON(nil, text)
	require.Equal(t, err == nil, x.record(one, bytes.Clone(text)), "%s", text)
	if err != nil {
		return
	}
	require.True(t, x.whole(other, bytes.Clone(text)))
	require.Equal(t, other.Events, one.Events, "%s", text)
	require.Equal(t, other.Counts, one.Counts, "%s", text)
}

var walked = []string{
	`{}`, `[]`, ``, `{"a"}`, `{"a":}`, `{"a":1,}`, `{"a":1`, `{"status":{"errorCode":5`, `{"status":{"errorCode":50126},"x":tru}`,
	` { "status" : { "errorCode" : 50126 , "more" : [ 1 , { } ] } , "id" : "x" } `,
	"{\r\n \"status\": {\n\"errorCode\": 50126\n}\n}",
	`{"status":"{\"errorCode\":50126,\"failureReason\":\"r\"}","userPrincipalName":"A@b"}`,
	`{"status":"{\"errorCode\":"}`, `{"properties":"{\"status\":{\"errorCode\":50074}}"}`,
	`{"PROPERTIES":{"Status":{"ERRORCODE":50126}}}`, `{"st\u0061tus":{"errorCode":50126}}`,
	`{"status":{"errorCode":0},"resultType":"50126"}`, `{"resultType":"0","category":"SignInLogs"}`, `{"resultType":"0"}`,
	`{"status":{"errorCode":0},"status":{"errorCode":50126}}`, `{"status":{"errorCode":123456789}}`,
	`{"status":{"errorCode":50126},"log":"{\"status\":{\"errorCode\":0}}"}`, `{"log":"{\"status\":{\"errorCode\":50126},\"id\":\"x\"}"}`,
	`{"message":"AADSTS50126: no","userAgent":"AADSTS50057"}`, `{"error_codes":[50126],"error_description":"AADSTS50126: no"}`,
	`{"records":[{"status":{"errorCode":50126}},{"status":{"errorCode":0},"category":"SignInLogs"}],"tenant":"x","time":"2026-03-02T09:07:13Z"}`,
	`{"value":[{"status":{"errorCode":50126}}],"@odata.context":"x"}`, `{"payload":"{\"records\":[{\"status\":{\"errorCode\":50126}}]}"}`,
	`{"status":{"errorCode":50126},"records":[{"status":{"errorCode":0}}]}`,
	`{"_source":{"status":{"errorCode":50126}}}`, `{"_source":{"a":1}}`, `{"_source":1,"status":{"errorCode":50126}}`,
	`{"entra_signin_report_code":50057,"status":{"errorCode":50126}}`, `{"entra_signin_report_code":50057}`,
	`{"entra_signin_report_severity":"critical","status":{"errorCode":50126}}`,
	`{"x":{"entra_signin_report_code":50057},"status":{"errorCode":50126,"entra_signin_report_code":1}}`,
	`{"value":[{"entra_signin_report_code":1,"status":{"errorCode":50126}},{"x":{"entra_signin_report_code":2},"status":{"errorCode":0}}]}`,
	`{"status":{"errorCode":0},"riskLevelDuringSignIn":"high","riskState":"atRisk"}`,
	`{"properties":{"status":{"errorCode":0},"riskLevelDuringSignIn":"high","clientAppUsed":"IMAP4","userAgent":"BAV2ROPC"}}`,
	`{"status":{"errorCode":500121},"authenticationDetails":[{"authenticationStepResultDetail":"MFA denied; Phone App Reported Fraud"}]}`,
	`{"status":{"errorCode":0},"deviceDetail":"{\"trustType\":\"x\"}","location":{"code":50126,"countryOrRegion":"FR"},"list":[1,50057]}`,
	`{"azure":{"signinlogs":{"result_type":"50126","properties":{"status":{"error_code":50126},"user_principal_name":"x"}}}}`,
	`{"azure.signinlogs.properties.status.error_code":50126,"azure":{"signinlogs.result_type":"0"},"azure.signinlogs":{"properties.id":"x"}}`,
	`{"":1,"status":{"":2,"errorCode":50126}}`, `{"status":{"errorCode":50126}}x`, `{"status":{"errorCode":50126}}{}`,
}

func TestExcerpts(t *testing.T) {
	texts := [][]byte{}
	for _, text := range walked {
		texts = append(texts, []byte(text))
	}
	for _, name := range []string{"../../../test/data/signins.jsonl", data + "graph.json", data + "elastic.ndjson", data + "loganalytics.json"} {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		texts = append(texts, bytes.Split(text, []byte{'\n'})...)
		for _, r := range gjson.ParseBytes(text).Array() {
			texts = append(texts, []byte(r.Raw))
		}
	}
	for _, n := range []int{60, 63, 64, 65} {
		nested := strings.Repeat(`{"status":`, n) + "1" + strings.Repeat("}", n)
		lists := strings.Repeat(`[`, n-1) + strings.Repeat("]", n-1)
		texts = append(texts, []byte(nested), []byte(`{"status":{"errorCode":50126},"x":`+lists+`}`), []byte(`{"properties":{"x":`+lists+`,"status":{"errorCode":50126}}}`))
	}
	for _, x := range extractors(t) {
		for range 2 { // the second time, the keys are known
			for _, text := range texts {
				assertSame(t, x, text)
			}
		}
	}
}

func FuzzExcerpts(f *testing.F) {
	for _, text := range walked {
		f.Add([]byte(text))
	}
	all := extractors(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, x := range all {
			assertSame(t, x, text)
		}
	})
}

// What records say takes no memory without bound.
func TestKeysAreBounded(t *testing.T) {
	x := extractors(t)[0]
	p := &Part{Batch: &input.Batch{}}
	for i := range 3000 {
		require.True(t, x.record(p, fmt.Appendf(nil, `{"key%d":1,"%s":2,"a\"b":3,"status":{"errorCode":50126}}`, i, strings.Repeat("x", 100+i))))
	}
	assert.Len(t, x.root.keys, mostKeys)
	assert.Len(t, p.Events, 3000)
}

// An excerpt has what the engine asks for, and little else.
func TestExcerptIsShort(t *testing.T) {
	x := extractors(t)[0]
	require.True(t, x.walk.record(x.root, []byte(`{"Time":"2026-03-02T09:07:13Z","userAgent":"x","properties":{"id":"1","location":{"city":"Lyon"},"status":{"errorCode":0,"more":[{}]}}}`)))
	assert.Equal(t, `{"properties":{"status":{"errorCode":0}}}`, string(x.walk.excerpt))
}

func BenchmarkExtract(b *testing.B) {
	text, err := os.ReadFile("../../../test/data/signins.jsonl")
	require.NoError(b, err)
	line := text[:bytes.IndexByte(text, '\n')]
	for name, i := range map[string]int{"code": 0, "context": 1} {
		x := extractors(b)[i]
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(line)))
			b.ReportAllocs()
			p := &Part{Batch: &input.Batch{}}
			for b.Loop() {
				p.Events = p.Events[:0]
				x.record(p, line)
			}
		})
	}
}
