package rules

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/internal/csvfile"
)

func TestOverlaySwitchesOff(t *testing.T) {
	s := mustOverlay(t, "rule,effect\nLegacy_Client,off\n")
	assert.Equal(t, Embedded().Len()-1, s.Len())
	_, ok := s.Named("legacy_client")
	assert.False(t, ok)
	_, ok = Embedded().Named("legacy_client")
	assert.True(t, ok, "the set underneath does not change")
	changed, removed, added := Embedded().Compare(s)
	assert.Equal(t, [3]int{0, 1, 0}, [3]int{changed, removed, added})
}

func TestOverlayChangesInPlace(t *testing.T) {
	s := mustOverlay(t, "reason,rule,effect\nIMAP again,legacy_client,set low\n")
	at := func(s *Set) int {
		return slices.IndexFunc(s.rules, func(r Rule) bool { return r.Name == "legacy_client" })
	}
	assert.Equal(t, at(Embedded()), at(s))
	r, was := s.At(at(s)), Embedded().At(at(Embedded()))
	assert.Equal(t, Effect{Kind: Fixed, Severity: catalog.Low}, r.Effect)
	assert.Equal(t, "IMAP again", r.Reason)
	assert.Equal(t, was.When, r.When)
	assert.False(t, r.Own)
	changed, removed, added := Embedded().Compare(s)
	assert.Equal(t, [3]int{1, 0, 0}, [3]int{changed, removed, added})
}

func TestOverlayAdds(t *testing.T) {
	s := mustOverlay(t, "rule,condition,effect,technique,credential\n"+
		"desk,\"appId = 0a1b & code = 0\",cap low,\"t1078.004, T1199\",Accepted\n"+
		"desk,userPrincipalName = desk@contoso.com,,,\n")
	r := s.At(s.Len() - 1)
	assert.Equal(t, Rule{Name: "desk", Own: true, Effect: Effect{Kind: Cap, Severity: catalog.Low}, Reason: "rule desk",
		Technique: "T1078.004 T1199", Credential: catalog.Accepted, When: [][]Comparison{
			{{"appId", Is, []string{"0a1b"}}, {"code", Is, []string{"0"}}},
			{{"userPrincipalName", Is, []string{"desk@contoso.com"}}},
		}}, *r)
	assert.Equal(t, []string{"appId = 0a1b & code = 0", "userPrincipalName = desk@contoso.com"}, r.Conditions())
	assert.Equal(t, "cap low", r.Effect.String())
}

// A rule of the user's that has the name of a built-in one stands in its stead.
func TestOverlayReplaces(t *testing.T) {
	s := mustOverlay(t, "rule,condition,effect\ndevice_code,authenticationProtocol = deviceCode,floor high\n")
	assert.Equal(t, Embedded().Len(), s.Len())
	r := s.At(s.Len() - 1)
	assert.Equal(t, "device_code", r.Name)
	assert.True(t, r.Own)
}

// The user's rules come last and have the last word.
func TestOwnRulesHaveTheLastWord(t *testing.T) {
	c := catalog.Embedded()
	var a Answer
	f := with("authenticationProtocol", "deviceCode", "appId", "Desk", "riskLevelDuringSignIn", "high")
	for file, want := range map[string]string{
		"rule,condition,effect\ndesk,appId = desk & code = 0,cap low\n":                                               "low",
		"rule,condition,effect\ndesk,appId = desk & code = 0,cap low\nrisk,riskLevelDuringSignIn = high,floor high\n": "high",
		"rule,condition,effect\ndesk,appId = desk & code = 0,ignore device_code\n":                                    "high",
		"rule,condition,effect\ndesk,appId = desk & code = 0,ignore device_code risk\n":                               "info",
		"rule,condition,effect\ndesk,appId = desk & code = 0,set info\n":                                              "info",
		"rule,condition,effect\ndesk,appId = desk & code = 0,floor medium\n":                                          "high",
		"rule,condition,effect\ndesk,appId != desk,cap low\n":                                                         "high",
	} {
		s := mustOverlay(t, file)
		v, parts := decide(s.Compile(c), c, &a, 0, f)
		assert.Equal(t, want, v.Severity.String(), file)
		same, again := reference(s, entry(c, 0), f)
		assert.Equal(t, same, v, file)
		assert.Equal(t, sorted(again), sorted(parts), file)
	}
}

func TestOverlayRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"rule,effect\nlegacy_clients,off\n":                           `own.csv:2:1: no built-in rule is called "legacy_clients" (did you mean legacy_client?), and a rule of your own needs a condition`,
		"rule,effect\nlegacy_client,low\n":                            `own.csv:2:15: effect "low": use floor SEVERITY, cap SEVERITY, set SEVERITY, keep, ignore RULE or off`,
		"rule,effect\nlegacy_client,cap lowest\n":                     `own.csv:2:15: severity "lowest": must be info, low, medium, high or critical`,
		"rule,effect\nlegacy_client,cap\n":                            `own.csv:2:15: effect "cap": use cap and one severity`,
		"rule,effect\nlegacy_client,off now\n":                        `own.csv:2:15: effect "off now": nothing may follow off`,
		"rule,effect\nlegacy_client,off\nlegacy_client,off\n":         `own.csv:3:1: rule legacy_client is in the file twice, first in line 2`,
		"rule,condition,effect\nx,code = 0,\n":                        `own.csv:2: rule x needs an effect: use floor SEVERITY`,
		"rule,condition,effect\nx,code = 0,keep\n":                    `own.csv:2:12: rule x keeps everything`,
		"rule,condition,effect\n,code = 0,cap low\n":                  `own.csv:2:1: a row needs the name of its rule`,
		"rule,condition,effect\nx y,code = 0,cap low\n":               `own.csv:2:1: rule "x y": use letters, digits, hyphens and underscores only`,
		"rule,condition,effect\nx,code = 0,ignore risks\n":            `own.csv:2:12: no rule and no topic is called "risks" (did you mean risk?)`,
		"rule,condition,effect\nx,code = 0,ignore\n":                  `own.csv:2:12: effect "ignore": name the rules or topics after it`,
		"rule,condition,effect\nx,code = 0,cap low\nx,code = 1,off\n": `own.csv:3:12: rule x has the effect "cap low" in line 2: leave the cell empty`,
		"rule,condition,effect\nropc,,off\nropc,code = 1,cap low\n":   `own.csv:3:6: rule ropc has a condition here and none in line 2`,
		"rule,technique\nropc,T1\n":                                   `own.csv:2:6: technique "T1": must be MITRE ATT&CK ids`,
		"rule,credential\nropc,right\n":                               `own.csv:2:6: credential "right": must be accepted, rejected or no_account`,
		"condition\ncode = 0\n":                                       `own.csv:1: the column rule is missing`,
		"code,severity\n50126,high\n":                                 `own.csv:1:1: unknown column "code": use rule,condition,effect`,
		strings.Repeat("x", 5000) + "\n":                              `is this a rule file?`,
	} {
		_, err := overlay(text)
		require.Error(t, err, text)
		assert.Contains(t, err.Error(), want, text)
		var at *csvfile.Error
		require.ErrorAs(t, err, &at, text)
	}
	_, err := overlay("rule,effect\na,off\nb,cap x\n")
	require.Error(t, err)
	assert.Len(t, strings.Split(err.Error(), "\n"), 2, "all that is wrong")
	_, err = Embedded().Overlay("own.csv", iotest.ErrReader(os.ErrDeadlineExceeded))
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	_, err = Parse("all.csv", strings.NewReader(strings.Join(Columns, ",")+"\nx,,cap low,r,,,,,\n"))
	require.EqualError(t, err, "all.csv:2: rule x needs a condition")
	_, err = Parse("all.csv", strings.NewReader(strings.Join(Columns, ",")+"\nx,code = 0,cap low,,,,,,\n"))
	require.EqualError(t, err, "all.csv:2: rule x needs a reason")
}

func TestConditions(t *testing.T) {
	for text, want := range map[string]string{
		"code=0":                     "code = 0",
		"  CODE =  AADSTS50126|\t0 ": "code = AADSTS50126 | 0",
		"riskstate != none":          "riskState != none",
		"userAgent CONTAINS node | undici&code = 0":        "userAgent contains node | undici & code = 0",
		`appDisplayName = "A & B" | "x | y" | "a = b"`:     `appDisplayName = "A & B" | "x | y" | "a = b"`,
		"clientAppUsed = Outlook Anywhere (RPC over HTTP)": "clientAppUsed = Outlook Anywhere (RPC over HTTP)",
		"deviceDetail.isManaged = False":                   "deviceDetail.isManaged = False",
		"autonomousSystemNumber = 8075":                    "autonomousSystemNumber = 8075",
		"credential = none & outcome != success":           "credential = none & outcome != success",
		"userPrincipalName = 李@contoso.com":                "userPrincipalName = 李@contoso.com",
	} {
		when, bad := parseCondition(text)
		require.Nil(t, bad, text)
		assert.Equal(t, want, conditionText(when))
		again, bad := parseCondition(conditionText(when))
		require.Nil(t, bad, text)
		assert.Equal(t, when, again, text)
	}
}

func TestConditionsRefused(t *testing.T) {
	for _, c := range []struct {
		text string
		at   int
		want string
	}{
		{"code = 0 &", 10, "a field is missing"},
		{"= 0", 0, "a field is missing"},
		{"trustType = none", 0, `no field is called "trustType" (did you mean deviceDetail.trustType?)`},
		{"code = 0 & riskLvelDuringSignIn = high", 11, "(did you mean riskLevelDuringSignIn?)"},
		{"colour = red", 0, `no field is called "colour"`},
		{"code", 4, "no operator behind code"},
		{"code > 0", 5, "no operator behind code"},
		{"code == 0", 5, "== is written ="},
		{"code contains 50", 5, "contains is for texts, and code is none"},
		{"isInteractive contains true", 14, "contains is for texts"},
		{"code = x", 7, `code "x": must be a whole number`},
		{"code = 0 | ", 11, "a value is missing"},
		{"code = 0 | & code = 1", 11, "a value is missing"},
		{"outcome = ok", 10, `outcome "ok": must be success`},
		{"isInteractive = 1", 16, `isInteractive "1": use true or false`},
		{"autonomousSystemNumber = x", 25, "must be a whole number"},
		{"riskState = atRisk code = 0", 24, `"=" inside a value: use & between two conditions`},
		{`appDisplayName = "x`, 17, "a quotation mark that is not closed"},
		{`appDisplayName = "x" y`, 21, "something stands behind a value in quotation marks"},
		{`appDisplayName = x"y`, 18, "inside a value"},
		{"riskState = hidden", 12, `"hidden" says nothing, as a missing field does: use none`},
		{"userAgent contains none", 19, "use userAgent = none"},
		{"userAgent contains ab", 19, "use at least 3 letters"},
		{"userAgent = " + strings.Repeat("x", 256), 12, "a value of 256 bytes"},
	} {
		_, bad := parseCondition(c.text)
		require.NotNil(t, bad, c.text)
		assert.ErrorContains(t, bad.err, c.want, c.text)
		assert.Equal(t, c.at, bad.at, c.text)
	}
	_, err := overlay("rule,condition,effect\nx,\"code = 0\n & appDisplayName = \"\"a\"\" & riskStat = a\",cap low\n")
	assert.ErrorContains(t, err, "own.csv:3:29: no field is called", "a place inside a cell of two lines with doubled quotes")
	assert.False(t, errors.Is(err, csvfile.ErrTooMany))
}
