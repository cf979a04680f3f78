package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// explain shows the rules that concern a code, the user's among them.
func TestExplainShowsRules(t *testing.T) {
	r := command(t, "", "explain", "50053")
	assert.Contains(t, r.out, "  in context  The sign-in was blocked because it came from an IP address known for malicious activity. (blocked_address)\n"+
		"              The account was locked after too many failed sign-ins. (locked_account)\n")
	assert.NotContains(t, command(t, "", "explain", "50126").out, "in context")

	own := write(t, "rules.csv", "rule,condition,effect,reason\nspray,code = 50126 & userAgent contains python,set high,a script guesses passwords\n")
	r = command(t, "", "explain", "--context-rules", own, "50126")
	assert.Contains(t, r.out, "  in context  high: a script guesses passwords (spray)\n")
	r = command(t, "", "explain", "--json", "--context-rules", own, "50126")
	assert.Contains(t, r.out, `"context":[{"rule":"spray","effect":"set high","reason":"a script guesses passwords"}]`)

	for file, want := range map[string]string{
		"no/such.csv": "the rules were not loaded\nno/such.csv: no such file or directory\n",
		write(t, "bad.csv", "rule,condition,effect\nx,code = ,cap low\n"): "bad.csv:2:10: a value is missing",
	} {
		r := command(t, "", "explain", "--context-rules", file, "50126")
		assert.Equal(t, exitFailed, r.code)
		assert.Empty(t, r.out)
		assert.Contains(t, r.err, want)
	}
}

func TestCheckTakesRules(t *testing.T) {
	good := write(t, "rules.csv", "Rule,condition,effect\nlegacy_client,,off\nropc,,floor high\ndesk,appId = x & code = 0,cap low\ndesk,appId = y & code = 0,\n")
	codes := write(t, "codes.csv", "code,severity\n50126,high\n")
	bad := write(t, "bad.csv", "\ufeff\"rule\",condition,effect\nx,\"code = 0 & trustType = none\",cap low\nlegacy,,off\n")
	r := command(t, "", "check", good, codes, bad)
	assert.Equal(t, exitFailed, r.code)
	assert.Equal(t, good+": ok, 1 rule changed, 1 switched off, 1 added\n"+codes+": ok, 1 code changed, 0 codes added\n", r.out)
	assert.Equal(t, bad+`:2:15: no field is called "trustType" (did you mean deviceDetail.trustType?): docs/context.md lists the fields
`+bad+":3:1: no built-in rule is called \"legacy\", and a rule of your own needs a condition\n", r.err)
	assert.Equal(t, "-: ok, 0 rules changed, 1 switched off, 0 added\n", command(t, "rule,effect\nropc,off\n", "check", "-").out)
}

func TestEnrichWithContext(t *testing.T) {
	in := `{"status":{"errorCode":0},"riskLevelDuringSignIn":"high"}
{"records":[{"status":{"errorCode":0},"clientAppUsed":"IMAP4","category":"SignInLogs"},{"status":{"errorCode":50126},"category":"SignInLogs"}]}
`
	r := command(t, in, "enrich", "--context", "on", "--fields", "severity,severity_base,reason")
	assert.Zero(t, r.code)
	assert.Contains(t, r.out, `"severity":"high","severity_base":"info","reason":"sign-in risk was high"}`)
	assert.Contains(t, r.out, `"severity":"medium","severity_base":"medium"}`)
	assert.Contains(t, r.err, "records by rule of the context: legacy_client 1, risk_high_success 1\n")

	own := write(t, "rules.csv", "rule,effect\nlegacy_client,off\n")
	r = command(t, in, "enrich", "--context", "on", "--context-rules", own, "--severity", "medium+")
	assert.NotContains(t, r.out, "IMAP4")
	assert.Contains(t, r.err, "records by rule of the context: risk_high_success 1\n", "each record counts once")

	assert.NotContains(t, command(t, in, "enrich").err, "context")
	assert.Contains(t, command(t, in, "enrich", "--context-rules", own).err, "--context-rules needs --context on")
	assert.Contains(t, command(t, in, "enrich", "--fields", "reason").err, "reason needs Context on")
}

func TestReportWithContext(t *testing.T) {
	in := write(t, "in.jsonl", `{"status":{"errorCode":0},"riskLevelDuringSignIn":"high"}
{"records":[{"status":{"errorCode":0},"clientAppUsed":"IMAP4","category":"SignInLogs"},{"status":{"errorCode":50126},"category":"SignInLogs"}]}
`)
	r := command(t, "", "report", "--context", "on", "--json", in)
	assert.Zero(t, r.code, r.err)
	assert.Contains(t, r.out, `"rule": "risk_high_success"`)
	assert.Contains(t, r.out, `"records_raised": 2`)
	assert.Equal(t, r, command(t, "", "report", "--context=on", "--json", in), "the same bytes")

	own := write(t, "rules.csv", "rule,effect\nlegacy_client,off\n")
	r = command(t, "", "report", "--context", "on", "--context-rules", own, in)
	assert.Contains(t, r.out, "1 record above the severity of the code alone, 0 below")
	assert.NotContains(t, r.out, "legacy_client")
	assert.NotContains(t, command(t, "", "report", in).out, "CONTEXT")

	for want, args := range map[string][]string{
		"--context-rules needs --context on":     {"--context-rules", own},
		"must be on or off":                      {"--context", "maybe"},
		"no/such.csv: no such file or directory": {"--context", "on", "--context-rules", "no/such.csv"},
		":2:10: a value is missing":              {"--context", "on", "--context-rules", write(t, "bad.csv", "rule,condition,effect\nx,code = ,cap low\n")},
	} {
		r := command(t, "", append([]string{"report", in}, args...)...)
		assert.NotZero(t, r.code)
		assert.Empty(t, r.out)
		assert.Contains(t, r.err, want)
	}
}
