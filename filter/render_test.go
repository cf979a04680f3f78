package filter

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tinylib/msgp/msgp"
)

// A fieldCase is one record with what becomes of it, the same in both encodings.
type fieldCase struct {
	settings     []string
	record, want string
}

func checkFieldCases(t *testing.T, cases map[string]fieldCase) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			e := engine(t, c.settings...)
			assert.Equal(t, c.want, lineOf(t, e, c.record))
			assert.Equal(t, c.want, enriched(t, e, c.record))
			assert.Equal(t, c.want, enriched(t, e, c.want), "a second time changes nothing")
			assert.Equal(t, c.want, lineOf(t, e, c.want))
			_, r := enrich(t, e, eventOf(t, c.want))
			assert.False(t, r.Changed)
		})
	}
}

func TestFields(t *testing.T) {
	const all = "description,severity,name,outcome,category,action,technique,code"
	checkFieldCases(t, map[string]fieldCase{
		"all": {[]string{"Fields", all}, `{"resultType":"50126"}`,
			`{"resultType":"50126","description":"Wrong password.","severity":"medium","name":"InvalidUserNameOrPassword","outcome":"failure","category":"credential","action":"Try again.","technique":"T1110","code":50126}`},
		"in the order of the option": {[]string{"Fields", "code severity"}, `{"resultType":"50126"}`,
			`{"resultType":"50126","code":50126,"severity":"medium"}`},
		"what an entry has not": {[]string{"Fields", all}, `{"status":{"errorCode":0}}`,
			`{"status":{"errorCode":0},"description":"Signed in.","severity":"info","outcome":"success","category":"success","code":0}`},
		"nothing that an entry has": {[]string{"Fields", "action"}, `{"status":{"errorCode":0}}`,
			`{"status":{"errorCode":0}}`},
		"renamed": {[]string{"Description_Key", "what", "Severity_Key", "how bad"}, `{"resultType":"50126","severity":1}`,
			`{"resultType":"50126","severity":1,"what":"Wrong password.","how bad":"medium"}`},
		"prefixed": {[]string{"Prefix", "entra_", "Description_Key", "what"}, `{"resultType":"50126","severity":1}`,
			`{"resultType":"50126","severity":1,"entra_what":"Wrong password.","entra_severity":"medium"}`},
		"a key with quotes": {[]string{"Description_Key", `"\`}, `{"resultType":"50126"}`,
			`{"resultType":"50126","\"\\":"Wrong password.","severity":"medium"}`},
		"replaced": {nil, `{"severity":"x","resultType":"50126","description":{"a":[1]}}`,
			`{"severity":"medium","resultType":"50126","description":"Wrong password."}`},
		"one replaced, one appended": {nil, `{"severity":null,"resultType":"50126"}`,
			`{"severity":"medium","resultType":"50126","description":"Wrong password."}`},
		"kept": {[]string{"Overwrite", "off"}, `{"severity":"x","resultType":"50126","description":7}`,
			`{"severity":"x","resultType":"50126","description":7}`},
		"one kept, one appended": {[]string{"Overwrite", "off"}, `{"description":"x","resultType":"50126"}`,
			`{"description":"x","resultType":"50126","severity":"medium"}`},
		"twice in the record": {nil, `{"severity":1,"resultType":"50126","severity":2,"description":3}`,
			`{"severity":"medium","resultType":"50126","severity":"medium","description":"Wrong password."}`},
		"another case is another key": {nil, `{"Severity":1,"resultType":"50126"}`,
			`{"Severity":1,"resultType":"50126","description":"Wrong password.","severity":"medium"}`},
		"deeper down is another key": {nil, `{"status":{"errorCode":50126,"severity":1}}`,
			`{"status":{"errorCode":50126,"severity":1},"description":"Wrong password.","severity":"medium"}`},
		"in an empty map": {[]string{"Code_Key", "a"}, `{"a":"50126"}`,
			`{"a":"50126","description":"Wrong password.","severity":"medium"}`},
	})
}

func TestECS(t *testing.T) {
	ecs := []string{"Schema", "ecs"}
	const (
		event  = `"event":{"severity":47,"outcome":"failure","reason":"Wrong password."}`
		fault  = `"error":{"code":"50126","message":"Wrong password."}`
		level  = `"log":{"level":"medium"}`
		threat = `"threat":{"technique":{"id":["T1110"]}}`
	)
	checkFieldCases(t, map[string]fieldCase{
		"new maps": {ecs, `{"resultType":"50126"}`,
			`{"resultType":"50126",` + event + `,` + fault + `,` + level + `,` + threat + `}`},
		"a success": {ecs, `{"status":{"errorCode":0}}`,
			`{"status":{"errorCode":0},"event":{"severity":1,"outcome":"success","reason":"Signed in."},"log":{"level":"info"}}`},
		"an interrupt": {ecs, `{"status":{"errorCode":50076}}`,
			`{"status":{"errorCode":50076},"event":{"severity":1,"outcome":"unknown","reason":"MFA asked for."},"error":{"code":"50076","message":"MFA asked for."},"log":{"level":"info"}}`},
		"maps that exist": {ecs, `{"event":{"dataset":"x","outcome":"unknown"},"resultType":"50126","threat":{"technique":{"name":"y"}},"log":{},"z":1}`,
			`{"event":{"dataset":"x","outcome":"failure","severity":47,"reason":"Wrong password."},"resultType":"50126","threat":{"technique":{"name":"y","id":["T1110"]}},"log":{"level":"medium"},"z":1,` + fault + `}`},
		"values that are no maps stay": {ecs, `{"event":"x","resultType":"50126","threat":{"technique":[1]},"log":"line"}`,
			`{"event":"x","resultType":"50126","threat":{"technique":[1]},"log":"line",` + fault + `}`},
		"kept": {append(ecs, "Overwrite", "off"), `{"resultType":"50126","event":{"outcome":"x"},"error":{"code":1,"message":2},"log":{"level":3},"threat":{"technique":{"id":4}}}`,
			`{"resultType":"50126","event":{"outcome":"x","severity":47,"reason":"Wrong password."},"error":{"code":1,"message":2},"log":{"level":3},"threat":{"technique":{"id":4}}}`},
		"several techniques": {ecs, `{"resultType":"50053","event":{"severity":1,"outcome":2,"reason":3},"error":1,"log":1}`,
			`{"resultType":"50053","event":{"severity":73,"outcome":"failure","reason":"Locked."},"error":1,"log":1,"threat":{"technique":{"id":["T1110","T1110.003"]}}}`},
	})
}

func TestOCSF(t *testing.T) {
	checkFieldCases(t, map[string]fieldCase{
		"failure": {[]string{"Schema", "ocsf"}, `{"resultType":"50053"}`,
			`{"resultType":"50053","severity_id":4,"severity":"High","status_id":2,"status_code":"50053","status_detail":"Locked.","class_uid":3002}`},
		"interrupt": {[]string{"Schema", "ocsf"}, `{"resultType":"50140","class_uid":1}`,
			`{"resultType":"50140","class_uid":3002,"severity_id":1,"severity":"Informational","status_id":99,"status_code":"50140","status_detail":"Stay signed in?"}`},
		"success": {[]string{"Schema", "ocsf"}, `{"status":{"errorCode":0}}`,
			`{"status":{"errorCode":0},"severity_id":1,"severity":"Informational","status_id":1,"status_code":"0","status_detail":"Signed in.","class_uid":3002}`},
	})
}

// The header of a map keeps its width as long as the count fits.
func TestHeaders(t *testing.T) {
	e := engine(t)
	fields := pack(t, plus("{}", "Wrong password.", "medium"))[1:]
	pairs := func(n int) []byte { // n pairs, the first of which is the code
		b := msgp.AppendInt(msgp.AppendString(nil, "resultType"), 50126)
		for i := 1; i < n; i++ {
			b = msgp.AppendInt(msgp.AppendString(b, fmt.Sprint(i)), i)
		}
		return b
	}
	map16 := func(n int) []byte { return []byte{0xde, byte(n >> 8), byte(n)} }
	map32 := func(n int) []byte { return []byte{0xdf, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)} }
	for _, c := range []struct {
		pairs        int
		before, want []byte
	}{
		{1, []byte{0x81}, []byte{0x83}},
		{13, []byte{0x8d}, []byte{0x8f}},
		{14, []byte{0x8e}, map16(16)},
		{15, []byte{0x8f}, map16(17)},
		{1, map16(1), map16(3)},
		{16, map16(16), map16(18)},
		{65533, map16(65533), map16(65535)},
		{65534, map16(65534), map32(65536)},
		{65535, map16(65535), map32(65537)},
		{1, map32(1), map32(3)},
		{65536, map32(65536), map32(65538)},
	} {
		t.Run(fmt.Sprintf("%d pairs, %x", c.pairs, c.before[0]), func(t *testing.T) {
			out, _ := enrich(t, e, join(newHead, c.before, pairs(c.pairs)))
			require.Equal(t, join(newHead, c.want), out[:len(newHead)+len(c.want)])
			assert.Equal(t, join(newHead, c.want, pairs(c.pairs), fields), out)
		})
	}
}

func TestInnerHeaders(t *testing.T) {
	record := `{"resultType":"50126","error":{`
	for i := range 14 {
		record += fmt.Sprintf(`"k%d":1,`, i)
	}
	record += `"z":1},"event":{"severity":47,"outcome":"failure","reason":"Wrong password."},"log":1,"threat":1}`
	out := enriched(t, engine(t, "Schema", "ecs"), record)
	assert.Equal(t, strings.Replace(record, `"z":1}`, `"z":1,"code":"50126","message":"Wrong password."}`, 1), out)
}

func TestUnknownCode(t *testing.T) {
	for name, c := range map[string]struct{ record, description string }{
		"no reason":             {`{"status":{"errorCode":999999}}`, "The catalog has no entry for code 999999."},
		"Graph":                 {`{"status":{"errorCode":999999,"failureReason":"Odd."}}`, "The catalog has no entry for code 999999; the record says: Odd."},
		"Graph, Other":          {`{"status":{"errorCode":999999,"failureReason":"Other."}}`, "The catalog has no entry for code 999999."},
		"Azure Monitor":         {`{"category":"SignInLogs","resultType":"999999","resultDescription":"Odd."}`, "The catalog has no entry for code 999999; the record says: Odd."},
		"Log Analytics":         {`{"Type":"SigninLogs","ResultType":"999999","Status":"{\"failureReason\":\"Odd.\"}"}`, "The catalog has no entry for code 999999; the record says: Odd."},
		"token endpoint":        {`{"error_description":"AADSTS999999: Odd."}`, "The catalog has no entry for code 999999; the record says: AADSTS999999: Odd."},
		"Office 365":            {`{"Operation":"UserLoginFailed","ErrorNumber":"999999","LogonError":"Odd"}`, "The catalog has no entry for code 999999; the record says: Odd"},
		"a mark of a principal": {`{"resultType":"999999","userPrincipalName":"a@contoso.com"}`, "The catalog has no entry for code 999999."},
	} {
		t.Run(name, func(t *testing.T) {
			e := engine(t)
			out, r := enrich(t, e, eventOf(t, c.record))
			assert.Equal(t, plus(c.record, c.description, "unknown"), bodies(t, out))
			assert.Equal(t, plus(c.record, c.description, "unknown"), lineOf(t, e, c.record))
			assert.Equal(t, Counts{Records: 1, Unknown: 1}, plain(r.Counts))
			assert.Equal(t, []uint32{999999}, r.Unknown)
			again, r := enrich(t, e, out)
			assert.Equal(t, out, again)
			assert.False(t, r.Changed)
		})
	}
}

func TestUnknownCodeInSchemas(t *testing.T) {
	const text = `The catalog has no entry for code 999999.`
	assert.Equal(t, `{"status":{"errorCode":999999},"event":{"severity":0,"outcome":"unknown","reason":"`+text+`"},"error":{"code":"999999","message":"`+text+`"},"log":{"level":"unknown"}}`,
		enriched(t, engine(t, "Schema", "ecs"), `{"status":{"errorCode":999999}}`))
	assert.Equal(t, `{"status":{"errorCode":999999},"severity_id":0,"severity":"Unknown","status_id":0,"status_code":"999999","status_detail":"`+text+`","class_uid":3002}`,
		enriched(t, engine(t, "Schema", "ocsf"), `{"status":{"errorCode":999999}}`))
}

func TestLongReasonIsCut(t *testing.T) {
	reason := strings.Repeat("é", 400)
	record := `{"status":{"errorCode":999999,"failureReason":"x` + reason + `"}}`
	out := enriched(t, engine(t), record)
	assert.Contains(t, out, `the record says: x`+strings.Repeat("é", 255)+`","severity":"unknown"}`)
}
