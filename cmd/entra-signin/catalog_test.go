package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/catalog"
)

func TestCatalogTable(t *testing.T) {
	r := command(t, "", "catalog", "--search", "UserDisabled")
	assert.Equal(t, result{0, `CODE      SEVERITY  OUTCOME    CATEGORY           DESCRIPTION
50057     medium    failure    account            The account used for the sign-in is disabled, by an administrator or by directory synchronization.
500571    medium    failure    account            The guest account used for the sign-in is disabled.
`, ""}, r)
	assert.Equal(t, 1+catalog.Embedded().Len(), strings.Count(command(t, "", "catalog").out, "\n"))
}

func TestCatalogTableFitsTheTerminal(t *testing.T) {
	e, _ := catalog.Embedded().Lookup(50057)
	for _, width := range []int{0, 20, rowWidth, rowWidth + 1, 80, 132, 500} {
		var b strings.Builder
		require.NoError(t, writeTable(&b, false, width, []*catalog.Entry{e}))
		row := strings.Split(b.String(), "\n")[1]
		switch {
		case width <= rowWidth || width == 500:
			assert.Contains(t, row, e.Description, "%d columns", width)
		default:
			assert.Equal(t, width, utf8.RuneCountInString(row), "%d columns", width)
			assert.True(t, strings.HasSuffix(row, "…"), row)
		}
	}
}

func TestCatalogCSVIsReadAsItIsWritten(t *testing.T) {
	r := command(t, "", "catalog", "--format", "csv")
	embedded, err := os.ReadFile("../../catalog/codes.csv")
	require.NoError(t, err)
	assert.True(t, r.out == string(embedded), "the csv of the whole catalog is the embedded file")

	c, err := catalog.Parse("out.csv", strings.NewReader(r.out))
	require.NoError(t, err)
	assert.Equal(t, catalog.Embedded().Len(), c.Len())
	for i := range c.Len() {
		assert.Equal(t, catalog.Embedded().At(i), c.At(i))
	}
}

func TestCatalogJSON(t *testing.T) {
	var got []jsonEntry
	require.NoError(t, json.Unmarshal([]byte(command(t, "", "catalog", "--format", "JSON").out), &got))
	assert.Len(t, got, catalog.Embedded().Len())
	assert.Equal(t, "[]\n", command(t, "", "catalog", "--format", "json", "--severity", "critical").out)
}

func TestCatalogSaysThatNothingMatches(t *testing.T) {
	none := "entra-signin: no code matches all of these flags\n"
	for _, test := range []struct {
		out, err string
		args     []string
	}{
		{"", none, []string{"--severity", "critical"}},
		{"[]\n", none, []string{"--severity", "critical", "--format", "json"}},
		{strings.Join(catalog.Columns, ",") + "\n", none, []string{"--severity", "critical", "--format", "csv"}},
		{"", none, []string{"--search", "UserDisabled", "--severity", "info"}},
		{"", "entra-signin: found nothing for \"xyzzy\"\n", []string{"--search", "xyzzy"}},
	} {
		assert.Equal(t, result{0, test.out, test.err}, command(t, "", append([]string{"catalog"}, test.args...)...), test.args)
	}
	assert.Contains(t, command(t, "", "catalog", "--search", "50216").err, "did you mean:\n  50126 ")
	assert.Empty(t, command(t, "", "catalog", "--severity", "high").err)
}

func TestCatalogFilters(t *testing.T) {
	for _, test := range []struct {
		args []string
		keep func(*catalog.Entry) bool
	}{
		{[]string{"--severity", "high"}, func(e *catalog.Entry) bool { return e.Severity == catalog.High }},
		{[]string{"--severity", "medium+"}, func(e *catalog.Entry) bool { return e.Severity >= catalog.Medium }},
		{[]string{"--severity", "info,high+"}, func(e *catalog.Entry) bool {
			return e.Severity == catalog.Info || e.Severity >= catalog.High
		}},
		{[]string{"--outcome", "interrupt"}, func(e *catalog.Entry) bool { return e.Outcome == catalog.Interrupt }},
		{[]string{"--category", "mfa", "--category", "risk"}, func(e *catalog.Entry) bool {
			return e.Category == "mfa" || e.Category == "risk"
		}},
		{[]string{"--category", "mfa,risk", "--severity", "medium+"}, func(e *catalog.Entry) bool {
			return (e.Category == "mfa" || e.Category == "risk") && e.Severity >= catalog.Medium
		}},
		{[]string{"--credential", "accepted", "--outcome", "interrupt,failure"}, func(e *catalog.Entry) bool {
			return e.Credential == catalog.Accepted && e.Outcome != catalog.Success
		}},
		{[]string{"--credential", "rejected,no_account"}, func(e *catalog.Entry) bool { return e.Credential >= catalog.Rejected }},
		{[]string{"--source", "inferred"}, func(e *catalog.Entry) bool { return e.Source == catalog.Inferred }},
	} {
		var want []uint32
		for i := range catalog.Embedded().Len() {
			if e := catalog.Embedded().At(i); test.keep(e) {
				want = append(want, e.Code)
			}
		}
		var entries []jsonEntry
		r := command(t, "", append([]string{"catalog", "--format", "json"}, test.args...)...)
		require.NoError(t, json.Unmarshal([]byte(r.out), &entries))
		var got []uint32
		for _, e := range entries {
			got = append(got, e.Code)
		}
		assert.Equal(t, want, got, test.args)
	}
}

func TestCatalogMarkdown(t *testing.T) {
	mine := write(t, "mine.csv", "code,name,description,severity,technique,category,credential\n"+
		"42,A_b,Pipes | and _marks_ <b> *here*.,low,T1110.003,risk,no_account\n")
	r := command(t, "", "catalog", "--catalog", mine, "--format", "markdown", "--search", "42")
	assert.Zero(t, r.code)
	assert.Contains(t, r.out, "| [risk](#risk) | 1 |")
	assert.Contains(t, r.out, "\n## risk\n")
	assert.Contains(t, r.out, "| 42 | low | failure | no\\_account | `A_b` Pipes \\| and \\_marks\\_ &lt;b> \\*here\\*. | [T1110.003](https://attack.mitre.org/techniques/T1110/003/) |\n")
	assert.Contains(t, r.out, fmt.Sprintf("\n1 of the %d error codes of Microsoft Entra ID (AADSTS codes) in the catalog, by category.\n",
		catalog.Embedded().Len()+1))
	assert.NotContains(t, r.out, "Made by", "a part of the catalog is not the page of the project")
	assert.NotContains(t, r.out, "severity.md")
	whole := command(t, "", "catalog", "--catalog", write(t, "mine.csv", "code,severity\n50126,low\n"), "--format", "markdown").out
	assert.NotContains(t, whole, "Made by", "nor is one with rows of a user")
	assert.NotContains(t, r.out, "## mfa", "sections that would be empty are left out")
}

func TestCodesPageIsCurrent(t *testing.T) {
	page, err := os.ReadFile("../../docs/codes.md")
	require.NoError(t, err)
	assert.True(t, command(t, "", "catalog", "--format", "markdown").out == string(page), `docs/codes.md is stale: run "make docs"`)
}
