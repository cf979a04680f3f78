package rules

import (
	"maps"
	"math/bits"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/catalog"
)

const (
	registration = "01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9"
	broker       = "29d9ed98-a469-4536-ade2-f981bc1d605e"
	officeHome   = "4765445b-32c6-49b0-83e6-1d93765276ca"
	graph        = "00000003-0000-0000-c000-000000000000"
)

// with returns facts of pairs of a field and a value.
func with(pairs ...any) facts {
	f := make(facts)
	for i := 0; i < len(pairs); i += 2 {
		f[pairs[i].(string)] = append(f[pairs[i].(string)], pairs[i+1])
	}
	return f
}

// cases has for every built-in rule records that fire it and near misses. want is the severity afterwards, with "" for the code's;
// rule is the one that has a part, "" for none.
var cases = []struct {
	rule string
	code uint32
	f    facts
	want string
}{
	{"confirmed_compromise", 0, with("riskState", "confirmedCompromised"), "critical"},
	{"confirmed_compromise", 50126, with("riskState", "ConfirmedCompromised"), "critical"},
	{"confirmed_compromise", 4242, with("riskDetail", "adminConfirmedUserCompromised"), "critical"},
	{"confirmed_compromise", 0, with("riskDetail", "adminConfirmedServicePrincipalCompromised", "riskState", "dismissed"), "critical"},
	{"", 0, with("riskState", "atRisk"), ""},
	{"", 0, with("riskState", "confirmedCompromised2"), ""},
	{"", 0, with("riskDetail", "adminConfirmedSigninSafe"), ""},
	{"", 0, with("riskState", 5), ""},

	{"risk_settled", 0, with("riskLevelDuringSignIn", "high", "riskState", "dismissed"), ""},
	{"risk_settled", 0, with("riskLevelDuringSignIn", "high", "riskDetail", "userPassedMFADrivenByRiskBasedPolicy"), ""},
	{"risk_settled", 50076, with("riskLevelDuringSignIn", "high", "riskState", "Remediated"), ""},
	{"", 0, with("riskState", "dismissed"), ""},

	{"risk_high_success", 0, with("riskLevelDuringSignIn", "high"), "high"},
	{"risk_high_success", 0, with("riskLevelDuringSignIn", "HIGH", "riskState", "atRisk"), "high"},
	{"", 0, with("riskLevelAggregated", "high"), ""},
	{"", 50126, with("riskLevelDuringSignIn", "high"), ""},
	{"", 0, with("riskLevelDuringSignIn", "low"), ""},
	{"", 0, with("riskLevelDuringSignIn", "hidden"), ""},
	{"", 0, with("riskLevelDuringSignIn", 100), ""},
	{"risk_medium_success", 0, with("riskLevelDuringSignIn", "medium"), "medium"},

	{"risk_high_interrupted", 50076, with("riskLevelDuringSignIn", "high"), "high"},
	{"risk_high_interrupted", 53003, with("riskLevelDuringSignIn", "high"), "high"},
	{"", 50126, with("riskLevelDuringSignIn", "high"), ""},
	{"", 50034, with("riskLevelDuringSignIn", "high"), ""},
	{"risk_medium_interrupted", 50076, with("riskLevelDuringSignIn", "medium"), "medium"},
	{"", 50076, with("riskLevelDuringSignIn", "low"), ""},

	{"mfa_fraud", 500121, with("status.additionalDetails", "MFA denied; Phone App Reported Fraud"), "high"},
	{"mfa_fraud", 500121, with("authenticationDetails.authenticationStepResultDetail", "Correct password", "authenticationDetails.authenticationStepResultDetail", "MFA denied; fraud code entered"), "high"},
	{"", 500121, with("status.additionalDetails", "MFA denied; user is blocked"), ""},
	{"", 50074, with("status.additionalDetails", "MFA denied; Phone App Reported Fraud"), ""},
	{"mfa_declined", 500121, with("status.additionalDetails", "MFA denied; user declined the authentication"), ""},
	{"mfa_declined", 500121, with("authenticationDetails.authenticationStepResultDetail", "MFA denied; user did not select the correct number"), ""},
	{"", 50076, with("status.additionalDetails", "MFA denied; user declined the authentication"), ""},
	{"mfa_no_response", 500121, with("status.additionalDetails", "MFA denied; user did not respond to mobile app notification"), "low"},
	{"mfa_declined", 500121, with("status.additionalDetails", "MFA denied; user declined the authentication", "authenticationDetails.authenticationStepResultDetail", "MFA denied; user did not respond"), ""},
	{"", 500121, with("status.additionalDetails", "MFA denied; user responded late"), ""},

	{"blocked_address", 50053, with("status.failureReason", "Sign-in was blocked because it came from an IP address with malicious activity"), ""},
	{"locked_account", 50053, with("status.failureReason", "The account is locked, you've tried to sign in too many times with an incorrect user ID or password."), ""},
	{"blocked_risk", 50053, with("status.failureReason", "Sign-in was blocked by built-in protections due to high confidence of risk."), ""},
	{"", 50053, with("status.failureReason", "Other."), ""},
	{"", 50126, with("status.failureReason", "an IP address with malicious activity"), ""},

	{"device_code", 0, with("authenticationProtocol", "deviceCode"), "medium"},
	{"device_code", 0, with("originalTransferMethod", "deviceCodeFlow"), "medium"},
	{"device_code", 0, with("authenticationProtocol", "deviceCode", "resourceId", graph), "medium"},
	{"", 0, with("authenticationProtocol", "oAuth2"), ""},
	{"", 50199, with("authenticationProtocol", "deviceCode"), ""},
	{"device_code_registration", 0, with("authenticationProtocol", "deviceCode", "resourceId", registration), "high"},
	{"device_code_registration", 0, with("originalTransferMethod", "deviceCodeFlow", "resourceId", strings.ToUpper(registration)), "high"},
	{"", 0, with("resourceId", registration), ""},
	{"device_code_broker", 0, with("authenticationProtocol", "deviceCode", "appId", broker, "resourceId", graph, "isInteractive", true), "high"},
	{"device_code", 0, with("authenticationProtocol", "deviceCode", "appId", broker, "resourceId", graph, "isInteractive", false), "medium"},

	{"ropc", 0, with("authenticationProtocol", "ropc", "authenticationRequirement", "singleFactorAuthentication", "userType", "Member"), "medium"},
	{"ropc", 50076, with("authenticationProtocol", "ropc"), "medium"},
	{"ropc", 50076, with("userAgent", "BAV2ROPC"), "medium"},
	{"", 0, with("authenticationProtocol", "ropc", "authenticationRequirement", "multiFactorAuthentication", "userType", "Member"), ""},
	{"", 0, with("authenticationProtocol", "ropc", "authenticationRequirement", "singleFactorAuthentication", "userType", "Guest"), ""},
	{"", 50126, with("authenticationProtocol", "ropc"), ""},

	{"leaked_credentials", 0, with("riskEventTypes_v2", "unfamiliarFeatures", "riskEventTypes_v2", "leakedCredentials"), "high"},
	{"leaked_credentials", 50076, with("riskEventTypes_v2", "investigationsThreatIntelligence"), "high"},
	{"", 50126, with("riskEventTypes_v2", "leakedCredentials"), ""},
	{"", 0, with("riskEventTypes_v2", "unfamiliarFeatures"), ""},
	{"risk_settled", 0, with("riskEventTypes_v2", "leakedCredentials", "riskState", "remediated"), ""},

	{"legacy_client", 0, with("clientAppUsed", "IMAP4"), "medium"},
	{"legacy_client", 0, with("clientAppUsed", "Outlook Anywhere (RPC over HTTP)"), "medium"},
	{"", 0, with("clientAppUsed", "Browser"), ""},
	{"", 0, with("clientAppUsed", "Mobile Apps and Desktop clients"), ""},
	{"", 50126, with("clientAppUsed", "IMAP4"), ""},
	{"legacy_agent", 0, with("userAgent", "BAV2ROPC"), "medium"},
	{"legacy_agent", 0, with("userAgent", "cbainprod"), "medium"},
	{"", 50126, with("userAgent", "CBAInPROD"), ""},

	{"stale_token", 50057, with("isInteractive", false), "low"},
	{"stale_token", 500571, with("isInteractive", "False"), "low"},
	{"stale_token", 500341, with("incomingTokenType", "refreshToken"), "low"},
	{"", 50057, with("isInteractive", true), ""},
	{"", 50057, with("incomingTokenType", "none"), ""},
	{"", 50053, with("isInteractive", false), ""},

	{"risk_unknown_device", 0, with("riskState", "atRisk", "authenticationRequirement", "singleFactorAuthentication"), "high"},
	{"risk_unknown_device", 0, with("riskState", "atRisk", "authenticationRequirement", "singleFactorAuthentication", "deviceDetail.trustType", ""), "high"},
	{"", 0, with("riskState", "atRisk", "authenticationRequirement", "singleFactorAuthentication", "deviceDetail.trustType", "Azure AD joined"), ""},
	{"", 0, with("riskState", "atRisk", "authenticationRequirement", "singleFactorAuthentication", "deviceDetail.trustType", 7), ""},
	{"", 0, with("riskState", "atRisk", "authenticationRequirement", "multiFactorAuthentication"), ""},
	{"", 0, with("authenticationRequirement", "singleFactorAuthentication"), ""},

	{"risk_partner", 50126, with("crossTenantAccessType", "serviceProvider", "riskLevelDuringSignIn", "medium"), "high"},
	{"risk_partner", 0, with("crossTenantAccessType", "serviceProvider", "riskLevelDuringSignIn", "high"), "high"},
	{"", 50126, with("crossTenantAccessType", "b2bCollaboration", "riskLevelDuringSignIn", "medium"), ""},
	{"", 50126, with("crossTenantAccessType", "serviceProvider"), ""},

	{"ropc_unknown_app", 700016, with("authenticationProtocol", "ropc"), ""},
	{"ropc_unknown_app", 700016, with("authenticationProtocol", "ropc", "appDisplayName", ""), ""},
	{"", 700016, with("authenticationProtocol", "ropc", "appDisplayName", "Payroll"), ""},
	{"", 700016, with("authenticationProtocol", "oAuth2"), ""},

	{"attack_tool_accepted", 0, with("userAgent", "azurehound/v2.1.9"), "high"},
	{"attack_tool_accepted", 50076, with("userAgent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Teams/1.3.00.30866 Chrome/80.0.3987.165 Electron/8.5.1 Safari/537.36"), "high"},
	{"attack_tool", 50058, with("userAgent", "AzureHound/v2.1.9"), "medium"},
	{"attack_tool", 50059, with("userAgent", "Kali365-live/1"), "medium"},
	{"", 0, with("userAgent", "hound of the Baskervilles"), ""},
	{"", 0, with("userAgent", "Mozilla/5.0 Teams/1.3.00.30866 Chrome/80.0.3987.165 Electron/8.5.2"), ""},

	{"aitm_agent", 0, with("appId", officeHome, "userAgent", "node"), "high"},
	{"aitm_agent", 0, with("appId", officeHome, "userAgent", "axios/1.7.9"), "high"},
	{"aitm_agent", 0, with("appId", broker, "resourceId", graph, "userAgent", "undici"), "high"},
	{"", 0, with("appId", broker, "userAgent", "undici"), ""},
	{"", 0, with("appId", officeHome, "userAgent", "Mozilla/5.0 node"), ""},
	{"", 50126, with("appId", officeHome, "userAgent", "node"), ""},

	{"device_registration_one_factor", 0, with("resourceId", registration, "authenticationRequirement", "singleFactorAuthentication", "conditionalAccessStatus", "success"), "medium"},
	{"", 0, with("resourceId", registration, "authenticationRequirement", "multiFactorAuthentication", "conditionalAccessStatus", "success"), ""},
	{"", 0, with("resourceId", graph, "authenticationRequirement", "singleFactorAuthentication", "conditionalAccessStatus", "success"), ""},
}

func TestBuiltInRules(t *testing.T) {
	c := catalog.Embedded()
	p := Embedded().Compile(c)
	var a Answer
	tested := make(map[string]bool)
	for _, one := range cases {
		tested[one.rule] = true
		v, parts := decide(p, c, &a, one.code, one.f)
		want := one.want
		if want == "" {
			want = v.Base.String()
		}
		assert.Equal(t, want, v.Severity.String(), "%d %v", one.code, one.f)
		if one.rule == "" {
			assert.Empty(t, parts, "%d %v", one.code, one.f)
		} else {
			assert.Contains(t, parts, one.rule, "%d %v", one.code, one.f)
		}
		same, again := reference(Embedded(), entry(c, one.code), one.f)
		assert.Equal(t, same, v)
		assert.Equal(t, sorted(again), sorted(parts))
	}
	for i := range Embedded().Len() {
		assert.True(t, tested[Embedded().At(i).Name], "no record fires %s", Embedded().At(i).Name)
	}
}

func entry(c *catalog.Catalog, code uint32) *catalog.Entry {
	if e, ok := c.Lookup(code); ok {
		return e
	}
	return &catalog.Entry{Code: code, Description: "No entry."}
}

func TestWhatRulesSay(t *testing.T) {
	c := catalog.Embedded()
	p := Embedded().Compile(c)
	var a Answer
	v, _ := decide(p, c, &a, 0, with("riskLevelDuringSignIn", "high"))
	assert.Equal(t, "risk_high_success", v.Rule)
	assert.Equal(t, "sign-in risk was high", v.Reason)
	assert.Equal(t, catalog.Info, v.Base)

	v, _ = decide(p, c, &a, 500121, with("status.additionalDetails", "MFA denied; user did not respond"))
	assert.Empty(t, v.Technique)
	v, _ = decide(p, c, &a, 500121, with("status.additionalDetails", "MFA denied; user did not respond", "riskLevelDuringSignIn", "high"))
	assert.Equal(t, "T1621", v.Technique, "a cap that a floor makes void takes nothing away")

	v, _ = decide(p, c, &a, 50053, with("status.failureReason", "blocked because it came from an IP address with malicious activity"))
	assert.Equal(t, "The sign-in was blocked because it came from an IP address known for malicious activity.", v.Description)
	assert.Empty(t, v.Reason)

	v, _ = decide(p, c, &a, 700016, with("authenticationProtocol", "ropc"))
	assert.Equal(t, catalog.Accepted, v.Credential)
	assert.Equal(t, "T1110.003", v.Technique)

	v, _ = decide(p, c, &a, 0, with("crossTenantAccessType", "serviceProvider", "riskLevelDuringSignIn", "high"))
	assert.Equal(t, "T1199", v.Technique, "a floor that is not the reason has its technique all the same")
	assert.Equal(t, "sign-in risk was high", v.Reason)
}

// The files that people read have every rule.
func TestDocs(t *testing.T) {
	text, err := os.ReadFile("../../docs/context.md")
	require.NoError(t, err)
	for i := range Embedded().Len() {
		r := Embedded().At(i)
		assert.Contains(t, string(text), "`"+r.Name+"`", "docs/context.md")
		assert.NotEmpty(t, r.Source, r.Name)
		assert.False(t, strings.HasSuffix(r.Reason, "."), "%s: a reason is half a sentence", r.Name)
	}
	for _, f := range Fields() {
		assert.Contains(t, string(text), "`"+f.Name+"`", "docs/context.md")
	}
}

func TestFields(t *testing.T) {
	assert.LessOrEqual(t, len(Fields()), 64, "a bit each")
	places := func(name string) []string { return Fields()[fieldNamed(name)].Places }
	assert.Equal(t, []string{"riskState", "properties.riskState", "azure.signinlogs.properties.risk_state"}, places("RISKSTATE"))
	assert.Contains(t, places("deviceDetail.trustType"), "azure.signinlogs.properties.device_detail.trust_type")
	assert.Contains(t, places("riskEventTypes_v2"), "azure.signinlogs.properties.risk_event_types_v2")
	assert.Equal(t, "properties.resourceId", places("resourceId")[0], "before the resource that an Azure Monitor record is about")
}

func TestConcerning(t *testing.T) {
	names := func(code uint32) (names []string) {
		for _, r := range Embedded().Concerning(entry(catalog.Embedded(), code)) {
			names = append(names, r.Name)
		}
		return names
	}
	assert.Equal(t, []string{"blocked_address", "locked_account", "blocked_risk"}, names(50053))
	assert.Equal(t, []string{"risk_high_interrupted", "risk_medium_interrupted", "mfa_fraud", "mfa_declined", "mfa_no_response", "ropc", "leaked_credentials", "attack_tool_accepted"}, names(500121))
	assert.Contains(t, names(0), "device_code")
	assert.Empty(t, names(50126))
}

// A counted record counts how often all of its fields are asked for.
type counted struct {
	bound
	all int
}

func (c *counted) All() uint64 {
	c.all++
	return c.bound.All()
}

// Most records are decided by the early fields alone, and all fields are found once at most.
func TestEarlyFields(t *testing.T) {
	c := catalog.Embedded()
	p := Embedded().Compile(c)
	assert.Less(t, bits.OnesCount64(p.Early()), 12, "each costs something in every record")
	for _, x := range []struct {
		code uint32
		with facts
		all  int
	}{
		{0, nil, 0},
		{0, facts{"riskLevelDuringSignIn": {"high"}, "riskState": {"dismissed"}}, 0},
		{0, facts{"clientAppUsed": {"IMAP4"}}, 0},
		{50126, nil, 0},
		{50126, facts{"riskLevelDuringSignIn": {"high"}}, 0},
		{123, nil, 0}, // not in the catalog
		{123, facts{"userAgent": {"azurehound/v2"}}, 0},
		{0, facts{"authenticationProtocol": {"deviceCode"}}, 1},
		{500121, nil, 1},
		{50057, nil, 1},
	} {
		all := maps.Clone(ordinary)
		maps.Copy(all, x.with)
		record := counted{bound: all.bind(p)}
		at, ok := c.Find(x.code)
		e := &catalog.Entry{Code: x.code}
		if ok {
			e = c.At(at)
		} else {
			at = -1
		}
		var a Answer
		p.Decide(&a, at, e, record.bound.All()&p.Early(), record.plain(p), &record)
		assert.Equal(t, x.all, record.all, "%d %v", x.code, x.with)
	}
}

// What a rule asks of every record is early.
func TestEarlyFieldsOfARuleWithoutTrigger(t *testing.T) {
	c := catalog.Embedded()
	p := mustOverlay(t, "rule,condition,effect,reason\nown,code = 0 & ipAddress != 203.0.113.7 & userId != x,cap low,elsewhere\n").Compile(c)
	record := counted{bound: facts{"ipAddress": {"203.0.113.8"}, "userId": {"y"}}.bind(p)}
	at, _ := c.Find(0)
	var a Answer
	d := p.Decide(&a, at, c.At(at), record.bound.All()&p.Early(), record.plain(p), &record)
	assert.Len(t, a.fired, 1)
	assert.Equal(t, catalog.Info, d.Severity)
	assert.Zero(t, record.all)
}

// A rule may be for a code that the catalog lacks.
func TestRuleForAnUnknownCode(t *testing.T) {
	c := catalog.Embedded()
	s := mustOverlay(t, "rule,condition,effect,reason\nown,code = 987654 & appId = x,floor critical,ours\nothers,code != 987654 & appId = y,floor high,not ours\n")
	var a Answer
	p := s.Compile(c)
	severity := func(code uint32, app string) string {
		v, _ := decide(p, c, &a, code, facts{"appId": {app}})
		return v.Severity.String()
	}
	assert.Equal(t, "critical", severity(987654, "x"))
	assert.NotEqual(t, "high", severity(987654, "y"))
	assert.Equal(t, "high", severity(987655, "y"))
	assert.Equal(t, "high", severity(50126, "y"))
	assert.NotEqual(t, "critical", severity(987655, "x"))
}
