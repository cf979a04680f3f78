package filter

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/catalog/rules"
)

// graphRecord is a decoded record with the keys of Microsoft Graph.
type graphRecord = map[string]any

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// rename changes every key of a value.
func rename(v any, to func(string) string) any {
	switch v := v.(type) {
	case graphRecord:
		renamed := make(graphRecord)
		for key, inner := range v {
			renamed[to(key)] = rename(inner, to)
		}
		return renamed
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = rename(v[i], to)
		}
		return list
	}
	return v
}

func snakeCase(key string) string {
	var b strings.Builder
	for _, r := range key {
		if unicode.IsUpper(r) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return strings.NewReplacer("during_sign_in", "during_signin", "event_types_v2", "event_types_v2").Replace(b.String())
}

func flat(prefix string, v any, into graphRecord) {
	if m, ok := v.(graphRecord); ok && len(m) > 0 {
		for key, inner := range m {
			flat(prefix+"."+key, inner, into)
		}
		return
	}
	into[prefix] = v
}

// contextShapes make of a record of Microsoft Graph the same record as others write it.
var contextShapes = map[string]func(r graphRecord) string{
	"Microsoft Graph": func(r graphRecord) string { return text(r) },
	"Azure Monitor": func(r graphRecord) string {
		return text(graphRecord{"category": "SignInLogs", "resourceId": "/tenants/x/providers/Microsoft.aadiam", "resultType": fmt.Sprint(code(r)), "properties": r})
	},
	"Azure Monitor, properties as text": func(r graphRecord) string { return text(graphRecord{"category": "SignInLogs", "properties": text(r)}) },
	"Log Analytics": func(r graphRecord) string {
		row := graphRecord{"Type": "SigninLogs", "ResourceId": "/tenants/x/providers/Microsoft.aadiam"}
		for key, v := range r {
			if key == "resourceId" {
				key = "resourceIdentity"
			}
			row[strings.ToUpper(key[:1])+key[1:]] = v
		}
		return text(row)
	},
	"Log Analytics, as text": func(r graphRecord) string {
		row := graphRecord{"Type": "AADNonInteractiveUserSignInLogs"}
		for key, v := range r {
			switch v.(type) {
			case graphRecord, []any:
				v = text(v)
			}
			if key == "resourceId" {
				key = "resourceIdentity"
			}
			row[strings.ToUpper(key[:1])+key[1:]] = v
		}
		return text(row)
	},
	"Elastic": func(r graphRecord) string {
		return text(graphRecord{"azure": graphRecord{"signinlogs": graphRecord{"properties": rename(r, snakeCase)}}})
	},
	"Elastic, dots in keys": func(r graphRecord) string {
		row := make(graphRecord)
		flat("azure.signinlogs.properties", rename(r, snakeCase), row)
		return text(row)
	},
	"in a string": func(r graphRecord) string { return text(graphRecord{"log": text(r)}) },
	"in a string in a string": func(r graphRecord) string {
		return text(graphRecord{"log": text(graphRecord{"message": text(graphRecord{"category": "SignInLogs", "properties": r})})})
	},
	"in an envelope": func(r graphRecord) string {
		return text(graphRecord{"records": []any{graphRecord{"category": "SignInLogs", "properties": r}}})
	},
	"in an envelope in a string": func(r graphRecord) string {
		return text(graphRecord{"payload": text(graphRecord{"records": []any{graphRecord{"category": "SignInLogs", "properties": r}}})})
	},
}

func code(r graphRecord) int { return int(r["status"].(graphRecord)["errorCode"].(float64)) }

func decoded(t testing.TB, record string) graphRecord {
	var r graphRecord
	require.NoError(t, json.Unmarshal([]byte(record), &r), record)
	return r
}

func contextEngine(t testing.TB, settings ...string) *Engine {
	o := DefaultOptions()
	set(t, &o, append([]string{"Context", "on", "Fields", "severity,severity_base,reason,technique,credential,description"}, settings...)...)
	e, err := New(o, catalog.Embedded())
	require.NoError(t, err)
	return e
}

// said is what stands in an enriched record.
func said(t testing.TB, record string) (severity, base, reason string) {
	var r struct {
		Severity, Reason string
		Base             string `json:"severity_base"`
	}
	require.NoError(t, json.Unmarshal([]byte(record), &r), record)
	return r.Severity, r.Base, r.Reason
}

// nearMisses fire no rule.
var nearMisses = []string{
	`{"status":{"errorCode":0},"riskState":"atRisk"}`,
	`{"status":{"errorCode":0},"riskState":5}`,
	`{"status":{"errorCode":0},"riskLevelDuringSignIn":"low"}`,
	`{"status":{"errorCode":0},"riskLevelAggregated":"high"}`,
	`{"status":{"errorCode":50126},"riskLevelDuringSignIn":"high"}`,
	`{"status":{"errorCode":500121,"additionalDetails":"MFA denied; user is blocked"}}`,
	`{"status":{"errorCode":50076,"additionalDetails":"MFA denied; Phone App Reported Fraud"}}`,
	`{"status":{"errorCode":50053,"failureReason":"Other."}}`,
	`{"status":{"errorCode":0},"authenticationProtocol":"oAuth2"}`,
	`{"status":{"errorCode":0},"authenticationProtocol":"ropc","authenticationRequirement":"multiFactorAuthentication","userType":"member"}`,
	`{"status":{"errorCode":0},"riskEventTypes_v2":["unfamiliarFeatures"]}`,
	`{"status":{"errorCode":0},"riskEventTypes_v2":[]}`,
	`{"status":{"errorCode":0},"clientAppUsed":"Browser"}`,
	`{"status":{"errorCode":0},"userAgent":"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36"}`,
	`{"status":{"errorCode":50057},"isInteractive":true}`,
	`{"status":{"errorCode":0},"riskState":"atRisk","authenticationRequirement":"singleFactorAuthentication","deviceDetail":{"trustType":"Azure AD joined"}}`,
	`{"status":{"errorCode":0},"riskState":"atRisk","authenticationRequirement":"singleFactorAuthentication","deviceDetail":{"trustType":7}}`,
	`{"status":{"errorCode":50126},"riskLevelDuringSignIn":"none","crossTenantAccessType":"serviceProvider"}`,
	`{"status":{"errorCode":700016},"authenticationProtocol":"ropc","appDisplayName":"Payroll"}`,
	`{"status":{"errorCode":0},"appId":"4765445b-32c6-49b0-83e6-1d93765276ca","userAgent":"Mozilla/5.0 node"}`,
	`{"status":{"errorCode":0},"resourceId":"01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9","authenticationRequirement":"multiFactorAuthentication","conditionalAccessStatus":"success"}`,
}

// The examples of docs/context.md are true, in every shape and both encodings.
func TestContextExamplesInEveryShape(t *testing.T) {
	doc, err := os.ReadFile("../docs/context.md")
	require.NoError(t, err)
	examples := regexp.MustCompile("(?m)^\\| `(\\{.*\\})` \\| (\\w+) \\| (\\w+) \\|$").FindAllStringSubmatch(string(doc), -1)
	require.GreaterOrEqual(t, len(examples), rules.Embedded().Len())
	for _, record := range nearMisses {
		examples = append(examples, []string{"", record, "", ""})
	}
	for name, shape := range contextShapes {
		e := contextEngine(t)
		for _, x := range examples {
			record := shape(decoded(t, x[1]))
			for _, got := range []string{enriched(t, e, record), lineOf(t, e, record)} {
				severity, base, reason := said(t, got)
				if x[2] == "" {
					assert.Equal(t, base, severity, "%s: %s", name, record)
					assert.Empty(t, reason, "%s: %s", name, record)
					continue
				}
				assert.Equal(t, x[2], base, "%s: %s", name, record)
				assert.Equal(t, x[3], severity, "%s: %s", name, record)
				assert.Equal(t, x[2] == x[3], reason == "", "%s: %s", name, record)
			}
		}
		if name == "Microsoft Graph" {
			for i := range rules.Embedded().Len() {
				assert.NotZero(t, e.Rules()[rules.Embedded().At(i).Name], rules.Embedded().At(i).Name)
			}
		}
	}
}

// A plainRecord is the second implementation of how facts are found: everything is decoded, and each path is looked up.
type plainRecord struct {
	doc    any
	fields []rules.Field
}

func (p *plainRecord) All() (present uint64) { return ^uint64(0) }

func (p *plainRecord) Read(field int, to *rules.Answer) {
	f := p.fields[field]
	for _, place := range f.Places {
		values, broken := plainFind(p.doc, strings.Split(place, "."), false)
		says := broken
		for _, v := range values {
			says = says || !plainNothing(v)
		}
		if !says {
			continue
		}
		if broken {
			to.Other()
		}
		for _, v := range values {
			plainTell(v, f, to)
		}
		return
	}
}

func plainNothing(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return rules.SaysNothing(v)
	case []any:
		return len(v) == 0
	case graphRecord:
		return len(v) == 0
	}
	return false
}

func plainTell(v any, f rules.Field, to *rules.Answer) {
	switch v := v.(type) {
	case nil:
	case string:
		var list []any
		if f.Kind == rules.List && json.Unmarshal([]byte(v), &list) == nil {
			for _, one := range list {
				plainTell(one, f, to)
			}
			return
		}
		to.Text(v)
	case bool:
		to.Bool(v)
	case float64:
		if v == float64(int64(v)) {
			to.Number(int64(v))
		} else {
			to.Other()
		}
	case []any:
		for _, one := range v {
			plainTell(one, f, to)
		}
	default:
		to.Other()
	}
}

// plainFind returns the values at a path. broken says that something else stands on the way.
func plainFind(v any, path []string, within bool) (values []any, broken bool) {
	if len(path) == 0 {
		return []any{v}, false
	}
	switch v := v.(type) {
	case graphRecord:
		for n := 1; n <= len(path); n++ {
			for _, key := range slices.Sorted(keysOf(v)) {
				if strings.EqualFold(key, strings.Join(path[:n], ".")) {
					more, bad := plainFind(v[key], path[n:], true)
					values, broken = append(values, more...), broken || bad
				}
			}
		}
	case []any:
		for _, one := range v {
			more, bad := plainFind(one, path, within)
			values, broken = append(values, more...), broken || bad
		}
	case string:
		var inner any
		if strings.TrimSpace(v) == "" || !within {
			return nil, false
		}
		if json.Unmarshal([]byte(v), &inner) != nil {
			return nil, len(path) == 1
		}
		return plainFind(inner, path, within)
	case nil:
	default:
		return nil, len(path) == 1
	}
	return values, broken
}

func keysOf(m graphRecord) func(func(string) bool) {
	return func(yield func(string) bool) {
		for key := range m {
			if !yield(key) {
				return
			}
		}
	}
}

// The engine says of generated records, in every shape and both encodings, what the second implementation says.
func TestContextAgreesWithPlainDecoding(t *testing.T) {
	c := catalog.Embedded()
	program := rules.Embedded().Compile(c)
	r := rand.New(rand.NewPCG(3, 50126))
	one := func(of ...any) any { return of[r.IntN(len(of))] }
	values := func() graphRecord {
		m := graphRecord{"status": graphRecord{"errorCode": one(0.0, 0.0, 0.0, 50076.0, 50126.0, 50053.0, 50057.0, 500121.0, 700016.0)}}
		put := func(key string, of ...any) {
			if r.IntN(3) == 0 {
				m[key] = one(append(of, nil, "none", "", "x", 7.0, true)...)
			}
		}
		put("riskState", "atRisk", "confirmedCompromised", "dismissed", "hidden")
		put("riskDetail", "adminConfirmedUserCompromised", "aiConfirmedSigninSafe")
		put("riskLevelDuringSignIn", "high", "medium", "HIGH", "low")
		put("riskEventTypes_v2", []any{"leakedCredentials"}, []any{"x", nil, "investigationsThreatIntelligence"}, []any{}, []any{7.0}, "leakedCredentials")
		put("authenticationProtocol", "deviceCode", "ropc")
		put("originalTransferMethod", "deviceCodeFlow")
		put("resourceId", "01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9", "00000003-0000-0000-c000-000000000000")
		put("appId", "29d9ed98-a469-4536-ade2-f981bc1d605e", "4765445b-32c6-49b0-83e6-1d93765276ca")
		put("appDisplayName", "Payroll")
		put("isInteractive", true, false, "False")
		put("userType", "Member", "guest")
		put("clientAppUsed", "IMAP4", "Browser", "other clients")
		put("userAgent", "BAV2ROPC", "azurehound/v2", "axios/1.7", "node", strings.Repeat("x", 5000))
		put("authenticationRequirement", "singleFactorAuthentication", "multiFactorAuthentication")
		put("incomingTokenType", "refreshToken")
		put("crossTenantAccessType", "serviceProvider")
		put("conditionalAccessStatus", "success")
		put("deviceDetail", graphRecord{"trustType": ""}, graphRecord{"trustType": "AzureAD"}, graphRecord{"trustType": 1.0}, graphRecord{}, graphRecord{"deviceId": "x"})
		put("authenticationDetails", []any{graphRecord{"authenticationStepResultDetail": "MFA denied; user did not respond"}, graphRecord{"authenticationStepResultDetail": "fraud"}},
			[]any{graphRecord{"authenticationStepResultDetail": "MFA denied; user did not respond"}}, []any{}, []any{graphRecord{"authenticationMethod": "Password"}})
		status := m["status"].(graphRecord)
		if r.IntN(2) == 0 {
			status["additionalDetails"] = one("MFA denied; Phone App Reported Fraud", "MFA denied; user declined the authentication", "did not respond", nil, "", 5.0)
		}
		if r.IntN(2) == 0 {
			status["failureReason"] = one("an IP address with malicious activity", "The account is locked, ü", nil, "Other.")
		}
		return m
	}
	e := contextEngine(t)
	changed, n := 0, 400
	if testing.Short() {
		n = 60
	}
	for range n {
		record := values()
		at, ok := c.Find(uint32(code(record)))
		require.True(t, ok)
		for name, shape := range contextShapes {
			doc := shape(record)
			plain := plainRecord{fields: program.Fields()}
			plain.doc = unwrapped(t, doc)
			var a rules.Answer
			d := program.Decide(&a, at, c.At(at), program.Early(), 0, &plain)
			want := rules.Verdict{Entry: *c.At(at), Base: c.At(at).Severity}
			if change, ok := d.Change(); ok {
				want = program.Verdict(c.At(at), change)
				changed++
			}
			for _, got := range []string{enriched(t, e, doc), lineOf(t, e, doc)} {
				var have struct{ Severity, Reason, Technique, Credential, Description string }
				require.NoError(t, json.Unmarshal([]byte(got), &have), got)
				require.Equal(t, []string{want.Severity.String(), want.Reason, want.Technique, want.Credential.String(), want.Description},
					[]string{have.Severity, have.Reason, have.Technique, have.Credential, have.Description}, "%s: %s", name, doc)
			}
		}
	}
	assert.Greater(t, changed, n, "rules fire")
}

// unwrapped returns the record itself of a shape, decoded.
func unwrapped(t testing.TB, doc string) any {
	r := decoded(t, doc)
	for _, key := range []string{"log", "message", "payload"} {
		if inner, ok := r[key].(string); ok {
			return unwrapped(t, inner)
		}
	}
	if list, ok := r["records"].([]any); ok {
		return list[0]
	}
	return r
}

func TestContextOffIsAsBefore(t *testing.T) {
	record := `{"status":{"errorCode":0},"riskLevelDuringSignIn":"high"}`
	e := engine(t)
	assert.Contains(t, enriched(t, e, record), `"severity":"info"`)
	assert.Empty(t, e.Rules())
	e.SetRules(rules.Embedded())
	assert.Contains(t, enriched(t, e, record), `"severity":"info"`)
	for _, field := range []string{"severity_base", "reason"} {
		o := DefaultOptions()
		set(t, &o, "Fields", field)
		_, err := New(o, catalog.Embedded())
		assert.EqualError(t, err, fmt.Sprintf("option Fields: %q: %s needs Context on", field, field))
	}
}

func TestContextInSchemas(t *testing.T) {
	record := `{"status":{"errorCode":0},"riskLevelDuringSignIn":"high"}`
	ecs := DefaultOptions()
	set(t, &ecs, "Context", "on", "Schema", "ecs")
	e, err := New(ecs, catalog.Embedded())
	require.NoError(t, err)
	got := enriched(t, e, record)
	assert.Contains(t, got, `"rule":{"name":"risk_high_success","description":"sign-in risk was high"}`)
	assert.Contains(t, got, `"severity":73`)
	assert.NotContains(t, enriched(t, e, `{"status":{"errorCode":0}}`), `"rule"`)

	ocsf := DefaultOptions()
	set(t, &ocsf, "Context", "on", "Schema", "ocsf")
	e, err = New(ocsf, catalog.Embedded())
	require.NoError(t, err)
	got = enriched(t, e, record)
	assert.Contains(t, got, `"severity_id":4`)
	assert.Contains(t, got, `"risk_level_id":3,"risk_level":"High","risk_details":"sign-in risk was high"`)
	assert.NotContains(t, enriched(t, e, `{"status":{"errorCode":0}}`), `risk_`)
}

// Counts are by the final severity, and a change of the rules or the catalog loses none.
func TestContextCounts(t *testing.T) {
	e := contextEngine(t)
	record := `{"status":{"errorCode":0},"riskLevelDuringSignIn":"high"}`
	enriched(t, e, record)
	stats := e.Stats()
	assert.EqualValues(t, 1, stats.Severity(catalog.High))
	assert.Zero(t, stats.Severity(catalog.Info))
	own, err := rules.Embedded().Overlay("own.csv", strings.NewReader("rule,effect\nrisk_high_success,set critical\n"))
	require.NoError(t, err)
	e.SetRules(own)
	assert.Contains(t, enriched(t, e, record), `"severity":"critical"`)
	e.SetCatalog(catalog.Embedded())
	assert.Contains(t, enriched(t, e, record), `"severity":"critical"`, "the rules stay")
	assert.Equal(t, map[string]uint64{"risk_high_success": 3}, e.Rules())
	assert.Equal(t, map[uint32]uint64{0: 3}, e.Codes())
	got := enriched(t, e, `{"status":{"errorCode":98765432},"riskState":"confirmedCompromised"}`)
	assert.Contains(t, got, `"severity":"critical"`, "a code that the catalog lacks has a context too")
	assert.Contains(t, got, `"severity_base":"unknown"`)
}

// A record that was enriched is not changed again.
func TestContextTwice(t *testing.T) {
	e := contextEngine(t)
	for _, record := range []string{`{"status":{"errorCode":0},"riskLevelDuringSignIn":"high"}`, nearMisses[0]} {
		once := enriched(t, e, record)
		assert.Equal(t, once, enriched(t, e, once))
	}
}
