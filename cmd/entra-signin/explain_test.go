package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/catalog"
)

const explained50126 = `AADSTS50126  InvalidUserNameOrPassword
  Invalid user name or password.
  severity    medium
  outcome     failure
  category    credential
  credential  rejected: the credential was checked and refused
  what to do  Look for many failures from one IP address or against one user; if a success follows, reset the password.
  technique   T1110.001, T1110.003
  source      reference: Microsoft's reference page of error codes
`

func TestExplain(t *testing.T) {
	for _, asked := range [][]string{{"50126"}, {"AADSTS50126"}, {"aadsts50126"}, {"InvalidUserNameOrPassword"},
		{"invalidusernameorpassword"}, {"AADSTS50126: Error validating credentials. Trace ID: 1"}, {"50126", "50126"},
		{"AADSTS 50126"}, {"AADSTS", "50126"}, {"AADSTS-50126"}, {"error 50126"}, {"error", "50126"}, {"Error", "Code:", "50126"},
		{"Sign-in", "error", "code", "50126"}, {"errorCode=50126"}, {`"errorCode":50126`}, {"050126"}, {"50126:50126"},
		{`{"status":{"errorCode":50126}}`}, {`{"resultType":"50126","port":50053,"userPrincipalName":"a@contoso.com"}`},
		{`{"records":[{"status":{"errorCode":50126}},{"status":{"errorCode":50126}}]}`},
		{`{"log":"{\"status\":{\"errorCode\":50126}}"}`}, {`{"my":{"code":50126}}`}, {`{"status":{"errorCode":50126},"cut":"of`}} {
		r := command(t, "", append([]string{"explain"}, asked...)...)
		assert.Equal(t, result{0, explained50126, ""}, r, asked)
	}
}

// A page as people copy it: codes in several places, and many numbers that are none.
const page = `Sorry, but we're having trouble signing you in.

AADSTS50105: Your administrator has configured the application Contoso (00050126-0000-0000-0000-000000050053) to block users.

Troubleshooting details
Request Id: 5a050126-7c3e-4d2b-8f10-000000050126
Timestamp: 2026-03-02T09:07:13.50126Z
App: Contoso, version 10.0.50126, port=50053
Sign-in error code
50057
Call +1 425 555 50126 and name AADSTS50105, or error 53003.
`

func TestExplainText(t *testing.T) {
	want := []string{"AADSTS50105", "AADSTS50057", "AADSTS53003"}
	for name, r := range map[string]result{
		"argument":       command(t, "", "explain", page),
		"standard input": command(t, page, "explain"),
		"-":              command(t, page, "explain", "-"),
		"CRLF and mark":  command(t, "\ufeff"+strings.ReplaceAll(page, "\n", "\r\n"), "explain"),
		"gzip":           command(t, zipped(t, page), "explain"),
	} {
		assert.Zero(t, r.code, name)
		assert.Equal(t, want, headings(r.out), name)
		assert.Empty(t, r.err, name)
	}
	assert.Equal(t, append([]string{"AADSTS50126"}, want...), headings(command(t, page, "explain", "50126", "-").out))
}

func TestExplainRecords(t *testing.T) {
	const pretty = "[\n {\n \"status\": {\"errorCode\": 50053}\n },\n {\"id\": 50055, \"status\": {\"errorCode\": 50126}}\n]\n"
	r := command(t, pretty, "explain")
	assert.Equal(t, []string{"AADSTS50053", "AADSTS50126"}, headings(r.out), "in the order of the records")
	r = command(t, "before: error 50057\n"+record+"\nand AADSTS50053 after", "explain")
	assert.Equal(t, []string{"AADSTS50057", "AADSTS50126", "AADSTS50053"}, headings(r.out))
	r = command(t, `{"status":{"errorCode":98765432}}`, "explain")
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.err, `found nothing for "98765432"`)
	assert.Equal(t, "AADSTS0", headings(command(t, `{"status":{"errorCode":0},"userPrincipalName":"a@contoso.com"}`, "explain").out)[0])
}

func TestExplainManyUnknownCodes(t *testing.T) {
	var text strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&text, "AADSTS%d AADSTS9900000\n", 9900000+i)
	}
	r := command(t, text.String()+"AADSTS50126\n{\"responseStatusCode\":403}\n", "explain")
	assert.Equal(t, explained50126, r.out)
	assert.Equal(t, missLimit, strings.Count(r.err, "found nothing for \""), "each once, and not all")
	assert.Contains(t, r.err, "entra-signin: found nothing for 990 more codes either\n")
	assert.NotContains(t, r.err, "403")
}

func TestExplainTextWithoutACode(t *testing.T) {
	assert.Equal(t, result{exitFailed, "", "entra-signin: this text contains no error code\n"},
		command(t, "Dear all,\nthe service starts at 09:07.\n", "explain"))
	assert.Equal(t, "AADSTS50053", headings(command(t, "lockout\n", "explain").out)[0], "one line may be words to search for")

	r := command(t, strings.Repeat("nonsense ", 1000), "explain")
	assert.Equal(t, exitFailed, r.code)
	assert.Less(t, len(r.err), 200, "a long question is not repeated as a whole")

	r = command(t, strings.Repeat("x", longestText+1), "explain")
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.err, "standard input: larger than 16 MiB")

	r = command(t, "\x1f\x8b\x08nonsense", "explain")
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.err, "standard input: damaged gzip")
	r = command(t, "\xff\xfe5\x000\x001\x002\x006\x00", "explain")
	assert.Zero(t, r.code, "UTF-16")
	assert.Contains(t, r.out, "AADSTS50126")
}

func TestExplainAtATerminalWantsAQuestion(t *testing.T) {
	yes := func(any) bool { return true }
	for _, r := range []result{commandAt(t, yes, nil, "50126", "explain"), command(t, " \n", "explain"), command(t, "", "explain", "-")} {
		assert.Equal(t, exitUsage, r.code)
		assert.Contains(t, r.err, "nothing to explain")
	}
}

// An entry, and the table of the catalog, at the widths that terminals have.
func TestOutputFitsTheTerminal(t *testing.T) {
	entries := []*catalog.Entry{
		{Code: 7000101, Name: "OursIsLong", Description: "The gateway of the company refused the sign-in because the device has not been seen for ninety days.",
			Severity: catalog.Critical, Outcome: catalog.Failure, Category: "conditional_access",
			Action: "Ask the user when the device was last used, and have the device registered again if the user still has it.", Technique: "T1110.001 T1110.003 T1078.004"},
		{Code: 42, Description: "It worked.", Severity: catalog.Info, Outcome: catalog.Success, Category: "success"},
	}
	for _, width := range []int{60, 80, 120} {
		var b strings.Builder
		for _, e := range entries {
			require.NoError(t, writeEntry(&b, false, width, e, nil))
		}
		require.NoError(t, writeTable(&b, false, width, entries))
		for line := range strings.Lines(b.String()) {
			assert.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), width, line)
		}
		golden(t, fmt.Sprintf("width-%d.txt", width), b.String())
	}
}

func TestExplainLeavesOutWhatThereIsNot(t *testing.T) {
	assert.Equal(t, "AADSTS0\n  The sign-in succeeded.\n  severity    info\n  outcome     success\n  category    success\n"+
		"  credential  accepted: the first factor had been accepted\n  source      documentation: another page, workbook or detection rule of Microsoft\n",
		strings.SplitAfter(command(t, "", "explain", "0").out, "of Microsoft\n")[0])
}

func TestExplainSeveral(t *testing.T) {
	for _, asked := range [][]string{{"50126", "AADSTS500121", "UserDisabled"}, {"50126,500121, UserDisabled"}} {
		r := command(t, "", append([]string{"explain"}, asked...)...)
		assert.Zero(t, r.code)
		assert.Equal(t, []string{"AADSTS50126", "AADSTS500121", "AADSTS50057"}, headings(r.out), asked)
		assert.Contains(t, r.out, "\n\nAADSTS500121", "entries stand apart")
	}
}

// headings returns the codes that were explained.
func headings(out string) (codes []string) {
	for _, line := range strings.Split(out, "\n") {
		if strings.HasPrefix(line, "AADSTS") {
			codes = append(codes, strings.Fields(line)[0])
		}
	}
	return codes
}

func TestExplainWords(t *testing.T) {
	r := command(t, "", "explain", "lockout")
	assert.Equal(t, "AADSTS50053", headings(r.out)[0])

	r = command(t, "", "explain", "expired", "password")
	assert.Equal(t, "AADSTS50055", headings(r.out)[0], "words of several arguments are one question")

	r = command(t, "", "explain", "50126", "expired password")
	assert.Equal(t, []string{"AADSTS50126", "AADSTS50055"}, headings(r.out)[:2], "a code among words is its own")

	r = command(t, "", "explain", "certificate")
	assert.Len(t, headings(r.out), explainLimit)
	assert.Regexp(t, `^entra-signin: \d+ more match "certificate": entra-signin catalog --search "certificate"\n$`, r.err)
}

func TestExplainMisses(t *testing.T) {
	r := command(t, "", "explain", "50216")
	assert.Equal(t, exitFailed, r.code)
	assert.Empty(t, r.out)
	assert.Contains(t, r.err, `found nothing for "50216"; did you mean:`)
	assert.Contains(t, r.err, "  50126 InvalidUserNameOrPassword\n")

	r = command(t, "", "explain", "UserDisbled")
	assert.Contains(t, r.err, "  50057 UserDisabled\n")

	r = command(t, "", "explain", "qwertyuiop")
	assert.Equal(t, result{exitFailed, "", "entra-signin: found nothing for \"qwertyuiop\"\n"}, r)

	r = command(t, "", "explain", "50126", "123456789")
	assert.Zero(t, r.code, "one of two was found")
	assert.Equal(t, explained50126, r.out)
	assert.Contains(t, r.err, "123456789")

	r = command(t, "", "explain", ",")
	assert.Equal(t, exitFailed, r.code)
}

// The schema is a promise to scripts.
func TestExplainJSON(t *testing.T) {
	r := command(t, "", "explain", "--json", "50126", "50053")
	assert.Zero(t, r.code)
	assert.Equal(t, `[
  {"code":50126,"name":"InvalidUserNameOrPassword","description":"Invalid user name or password.","severity":"medium","outcome":"failure","category":"credential","action":"Look for many failures from one IP address or against one user; if a success follows, reset the password.","techniques":["T1110.001","T1110.003"],"credential":"rejected","source":"reference","context":[]},
  {"code":50053,"name":"IdsLocked","description":"The account was locked after too many failed sign-ins, or the sign-in came from an IP address known for malicious activity.","severity":"medium","outcome":"failure","category":"account","action":"Read the failure reason: lock-out or malicious IP address; reset the password if a sign-in from there succeeded.","techniques":["T1110"],"credential":"","source":"reference","context":[{"rule":"blocked_address","effect":"keep","reason":""},{"rule":"locked_account","effect":"keep","reason":""},{"rule":"blocked_risk","effect":"keep","reason":""}]}
]
`, r.out)

	r = command(t, "", "explain", "--json", "123456789")
	assert.Equal(t, exitFailed, r.code)
	assert.Equal(t, "[]\n", r.out, "a script that reads JSON gets JSON")
}

func TestExplainWithACatalogOfOnesOwn(t *testing.T) {
	mine := write(t, "mine.csv", "code,description,severity\n50126,,high\n42,\"Ours <b>.\",critical\n")
	r := command(t, "", "explain", "--json", "--catalog", mine, "50126", "42")
	var got []jsonEntry
	require.NoError(t, json.Unmarshal([]byte(r.out), &got))
	require.Len(t, got, 2)
	assert.Equal(t, "high", got[0].Severity)
	assert.Equal(t, "critical", got[1].Severity)
	assert.Contains(t, r.out, `Ours <b>.`, "what need not be escaped is not")
}

func TestColourIsForTerminals(t *testing.T) {
	yes := func(any) bool { return true }
	colour := commandAt(t, yes, nil, "", "explain", "50126").out
	assert.Contains(t, colour, "\x1b[33mmedium\x1b[0m")
	assert.Contains(t, commandAt(t, yes, nil, "", "catalog", "--severity", "high").out, "\x1b[31mhigh     \x1b[0m")
	for name, r := range map[string]result{
		"no terminal": command(t, "", "explain", "50126"),
		"NO_COLOR":    commandAt(t, yes, map[string]string{"NO_COLOR": "1"}, "", "explain", "50126"),
		"TERM=dumb":   commandAt(t, yes, map[string]string{"TERM": "dumb"}, "", "explain", "50126"),
		"json":        commandAt(t, yes, nil, "", "explain", "--json", "50126"),
	} {
		assert.NotContains(t, r.out, "\x1b", name)
	}
}

// What explain prints can be written into a catalog of one's own.
func TestExplainIsReadAsAnOverlay(t *testing.T) {
	fields := make(map[string]string)
	for line := range strings.Lines(command(t, "", "explain", "50126").out) {
		for label, column := range map[string]string{"severity": "severity", "outcome": "outcome", "category": "category",
			"what to do": "action", "technique": "technique", "credential": "credential", "source": "source"} {
			value, ok := strings.CutPrefix(strings.TrimSpace(line), label)
			if label == "credential" || label == "source" {
				value, _, _ = strings.Cut(value, ":") // a meaning follows
			}
			if ok {
				fields[column] = strings.TrimSpace(value)
			}
		}
	}
	require.Len(t, fields, 7)
	var mine strings.Builder
	out := csv.NewWriter(&mine)
	require.NoError(t, out.WriteAll([][]string{
		{"Code", "Description", "Severity", "Outcome", "Category", "Action", "Technique", "Credential", "Source"},
		{"AADSTS42", "Ours.", strings.ToUpper(fields["severity"]), fields["outcome"], fields["category"], fields["action"], fields["technique"],
			fields["credential"], fields["source"]},
	}))
	c, err := load(write(t, "mine.csv", mine.String()))
	require.NoError(t, err)
	ours, ok := c.Lookup(42)
	require.True(t, ok)
	want, _ := c.Lookup(50126)
	got := *ours
	got.Code, got.Name, got.Description = want.Code, want.Name, want.Description
	assert.Equal(t, *want, got)
}
