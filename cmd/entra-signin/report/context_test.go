package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/catalog/rules"
)

// risky are records whose severity follows their other fields: alone, in an envelope, and in a string.
const risky = `{"status":{"errorCode":0},"riskLevelDuringSignIn":"high","userPrincipalName":"ana@contoso.com","ipAddress":"192.0.2.1"}
{"records":[{"status":{"errorCode":0},"clientAppUsed":"IMAP4","category":"SignInLogs"},{"status":{"errorCode":50126},"category":"SignInLogs"}]}
{"log":"{\"status\":{\"errorCode\":500121,\"additionalDetails\":\"MFA denied; user did not respond to mobile app notification\"}}"}
{"status":{"errorCode":98765432},"riskLevelDuringSignIn":"high"}
{"status":{"errorCode":50053,"failureReason":"The account is locked, you've tried to sign in too many times"}}
`

func TestContext(t *testing.T) {
	o := DefaultOptions()
	without := reportOf(t, o, 1, risky)
	assert.Nil(t, without.Context)
	assert.NotContains(t, jsonOf(t, without), `"context"`)

	o.Rules = rules.Embedded()
	r := reportOf(t, o, 1, risky)
	assert.Equal(t, jsonOf(t, r), jsonOf(t, reportOf(t, o, 3, risky)), "whatever the number of workers")
	text := jsonOf(t, r)
	assert.JSONEq(t, `{"records_raised":2,"records_lowered":1,"rules":[
		{"rule":"legacy_client","effect":"floor medium","reason":"a legacy client cannot be asked for a second factor","records":1},
		{"rule":"locked_account","effect":"keep","reason":"The account was locked after too many failed sign-ins.","records":1},
		{"rule":"mfa_no_response","effect":"cap low","reason":"nobody responded to the MFA prompt","records":1},
		{"rule":"risk_high_success","effect":"floor high","reason":"sign-in risk was high","records":1}]}`, gjson.Get(text, "context").Raw)
	severities := func(r *Report) (n []uint64) {
		for _, s := range r.Severities {
			n = append(n, s.Records)
		}
		return n
	}
	assert.Equal(t, []uint64{0, 0, 3, 0, 2, 1}, severities(without))
	assert.Equal(t, []uint64{0, 1, 3, 1, 0, 1}, severities(r), "critical to unknown")
	assert.EqualValues(t, 1, r.Accounts.Rows[0].High)
	assert.Equal(t, "high", r.Accounts.Rows[0].Worst)
	assert.Equal(t, "high", r.Addresses.Rows[0].Worst)
	for _, c := range r.Codes {
		if c.Code == 0 {
			assert.Equal(t, "info", c.Severity, "the code alone")
		}
	}

	for _, width := range []int{60, 100} {
		shown := textOf(t, r, false, width)
		assert.Contains(t, shown, "IN CONTEXT\n  2 records above the severity of the code alone, 1 below\n")
		assert.Contains(t, strings.Join(strings.Fields(shown), " "), "risk_high_success 1 at least high: sign-in risk was high")
		assert.NotContains(t, textOf(t, without, false, width), "CONTEXT")
	}
	var page, plain bytes.Buffer
	require.NoError(t, r.WriteHTML(&page))
	require.NoError(t, without.WriteHTML(&plain))
	assert.Contains(t, page.String(), `<th scope="row"><code>risk_high_success</code></th><td class="n" data-v="1">1</td><td class="wide">at least high: sign-in risk was high</td>`)
	assert.Contains(t, page.String(), `<a href="#context">`)
	assert.NotContains(t, plain.String(), "context")
}

// The user's rules count too, and those that had no part are not named.
func TestContextOfOwnRules(t *testing.T) {
	set, err := rules.Embedded().Overlay("own.csv", strings.NewReader("rule,condition,effect,reason\nrisk_high_success,,off,\nvip,code = 0 & userPrincipalName = ana@contoso.com,set critical,<b>Ana</b>\n"))
	require.NoError(t, err)
	o := DefaultOptions()
	o.Rules = set
	r := reportOf(t, o, 2, risky)
	require.Len(t, r.Context.Rules, 4)
	assert.Equal(t, catalog.Critical.String(), r.Accounts.Rows[0].Worst)
	var page bytes.Buffer
	require.NoError(t, r.WriteHTML(&page))
	assert.Contains(t, page.String(), `critical: &lt;b&gt;Ana&lt;/b&gt;`)
	assert.NotContains(t, page.String(), "risk_high_success")

	none := reportOf(t, o, 1, `{"status":{"errorCode":50126}}`)
	assert.Equal(t, &Context{Rules: []RuleCount{}}, none.Context)
	assert.Contains(t, textOf(t, none, false, 80), "  0 records above the severity of the code alone, 0 below\n")
}
