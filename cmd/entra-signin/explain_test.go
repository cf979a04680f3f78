package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const explained50126 = `AADSTS50126  InvalidUserNameOrPassword
  Invalid user name or password.
  severity    medium
  outcome     failure
  category    credential
  what to do  Look for many failures from one address or against one user; if a success follows, reset the password.
  technique   T1110.001, T1110.003
`

func TestExplain(t *testing.T) {
	for _, asked := range [][]string{{"50126"}, {"AADSTS50126"}, {"aadsts50126"}, {"InvalidUserNameOrPassword"},
		{"invalidusernameorpassword"}, {"AADSTS50126: Error validating credentials. Trace ID: 1"}, {"50126", "50126"}} {
		r := command(t, "", append([]string{"explain"}, asked...)...)
		assert.Equal(t, result{0, explained50126, ""}, r, asked)
	}
}

func TestExplainLeavesOutWhatThereIsNot(t *testing.T) {
	assert.Equal(t, "AADSTS0\n  The sign-in succeeded.\n  severity    info\n  outcome     success\n  category    success\n",
		command(t, "", "explain", "0").out)
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
	assert.Regexp(t, `^entra-signin: \d+ more are about "certificate": entra-signin catalog --search "certificate"\n$`, r.err)
}

func TestExplainMisses(t *testing.T) {
	r := command(t, "", "explain", "50216")
	assert.Equal(t, exitFailed, r.code)
	assert.Empty(t, r.out)
	assert.Contains(t, r.err, `nothing is known of "50216"; did you mean:`)
	assert.Contains(t, r.err, "  50126 InvalidUserNameOrPassword\n")

	r = command(t, "", "explain", "UserDisbled")
	assert.Contains(t, r.err, "  50057 UserDisabled\n")

	r = command(t, "", "explain", "qwertyuiop")
	assert.Equal(t, result{exitFailed, "", "entra-signin: nothing is known of \"qwertyuiop\"\n"}, r)

	r = command(t, "", "explain", "50126", "123456789")
	assert.Zero(t, r.code, "one of two was found")
	assert.Equal(t, explained50126, r.out)
	assert.Contains(t, r.err, "123456789")

	r = command(t, "", "explain", ",")
	assert.Equal(t, exitFailed, r.code)
}

// The schema is a promise to scripts.
func TestExplainJSON(t *testing.T) {
	r := command(t, "", "explain", "--json", "50126", "0")
	assert.Zero(t, r.code)
	assert.Equal(t, `[
  {"code":50126,"name":"InvalidUserNameOrPassword","description":"Invalid user name or password.","severity":"medium","outcome":"failure","category":"credential","action":"Look for many failures from one address or against one user; if a success follows, reset the password.","techniques":["T1110.001","T1110.003"]},
  {"code":0,"name":"","description":"The sign-in succeeded.","severity":"info","outcome":"success","category":"success","action":"","techniques":[]}
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
