package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"fluent-bit-entra-signin/internal/terminal"
)

func busy() *tenant {
	t := quiet()
	for i := range 30 {
		t.add(signIn{at: at(2, 3, i, 0), user: person(i), address: attacker, code: 50126})
	}
	t.add(signIn{at: at(2, 3, 31, 0), user: person(17), address: attacker, code: 50074, requirement: multi})
	t.add(signIn{at: at(3, 3, 31, 0), user: "scanner@contoso.com", client: "IMAP4"})
	t.add(signIn{at: at(3, 3, 31, 0), code: 98765432})
	return t
}

// The same input gives the same bytes, however many processors there are and however often limits are reached.
func TestDeterministic(t *testing.T) {
	text := busy().in("shuffled")
	small := DefaultOptions()
	small.maxAccounts, small.maxAddresses, small.maxPairs, small.maxSubjects, small.maxMarks = 50, 40, 90, 3, 20
	for _, o := range []Options{DefaultOptions(), small} {
		want := jsonOf(t, reportOf(t, o, 1, text))
		for range 3 {
			assert.Equal(t, want, jsonOf(t, reportOf(t, o, 4, text)))
		}
	}
}

func TestCounts(t *testing.T) {
	text := `{"createdDateTime":"2026-03-02T09:07:13Z","userPrincipalName":"A@Contoso.com","ipAddress":"203.0.113.9","status":{"errorCode":50126}}
{"createdDateTime":"2026-03-02T10:07:13Z","userPrincipalName":"a@contoso.com","ipAddress":"203.0.113.9:1234","status":{"errorCode":50126}}
{"userPrincipalName":"b@contoso.com","ipAddress":"::ffff:203.0.113.9","status":{"errorCode":0}}
nothing
{"a":1}
{"status":{"errorCode":50126}
`
	r := reportOf(t, DefaultOptions(), 2, text, "", "Time,Status,Message\n1,2,3\n")
	assert.EqualValues(t, 4, r.Records)
	assert.EqualValues(t, 1, r.WithoutCode)
	assert.Equal(t, 2, r.Broken)
	assert.EqualValues(t, 1, r.Undated)
	assert.Equal(t, []Broken{{"in0:4", "the line is not a JSON object"}, {"in0:6", "the line is not a JSON object"}}, r.BrokenAt)
	assert.Equal(t, Number{N: 2}, r.Accounts.Number, "principal names match in any case")
	assert.Equal(t, Number{N: 1}, r.Addresses.Number, "an address is one with a port and as IPv6 too")
	require.Len(t, r.Codes, 2)
	assert.Equal(t, uint32(50126), r.Codes[0].Code, "the worst first")
	assert.EqualValues(t, 2, r.Codes[0].Records)
	assert.Equal(t, Number{N: 1}, r.Codes[0].Accounts)
	assert.Equal(t, []Share{{"failure", 2}, {"interrupt", 0}, {"success", 1}, {"unknown", 0}}, r.Outcomes)
	require.Len(t, r.Inputs, 3)
	assert.Equal(t, Input{Name: "in0", Records: 4, Broken: 2}, r.Inputs[0])
	assert.Contains(t, r.Inputs[2].Error, "looks like CSV")
	assert.Equal(t, "a@contoso.com", r.Accounts.Rows[0].Name)
	assert.EqualValues(t, 2, r.Accounts.Rows[0].Rejected)
}

func TestJSON(t *testing.T) {
	text := jsonOf(t, reportOf(t, DefaultOptions(), 1, busy().in("")))
	require.True(t, json.Valid([]byte(text)))
	assert.Equal(t, "2026-03-02T08:00:00Z", gjson.Get(text, "first").String())
	assert.Equal(t, "198.51.100.66", gjson.Get(text, `findings.#(kind=="spray_then_accepted").findings.0.source`).String())
	assert.EqualValues(t, 98765432, gjson.Get(text, `findings.#(kind=="unknown_codes").findings.0.code`).Int())
	empty := jsonOf(t, reportOf(t, DefaultOptions(), 1, ""))
	assert.NotContains(t, strings.ReplaceAll(strings.ReplaceAll(empty, `"first": null`, ""), `"last": null`, ""), "null", "lists are never null")
}

func TestTimeline(t *testing.T) {
	for _, test := range []struct{ apart, step int64 }{{0, 600}, {300, 600}, {7200, 600}, {86400, 1800}, {7 * 86400, 3 * 3600},
		{29 * 86400, 12 * 3600}, {50 * 86400, 86400}, {365 * 86400, 7 * 86400}, {3 * 365 * 86400, 28 * 86400}} {
		from := at(0, 0, 5, 0)
		tenant := &tenant{}
		tenant.add(signIn{at: from})
		tenant.add(signIn{at: from.Add(durationOf(test.apart)), code: 50126})
		line := reportOf(t, DefaultOptions(), 1, tenant.in("")).Timeline
		assert.Equal(t, test.step, line.Step)
		assert.LessOrEqual(t, len(line.Bins), mostBins)
		assert.EqualValues(t, 1, line.Bins[0].Outcomes["success"], test)
		assert.EqualValues(t, 1, line.Bins[len(line.Bins)-1].Outcomes["failure"], test)
	}
	assert.Empty(t, reportOf(t, DefaultOptions(), 1, "").Timeline.Bins)
}

// Names beyond the limits are dropped, those with the least to tell first, and the report says so.
func TestLimits(t *testing.T) {
	tenant := busy()
	for i := range 5000 {
		tenant.add(signIn{at: at(4, 1, 0, i%60), user: fmt.Sprintf("u%d@contoso.com", i), address: fmt.Sprintf("10.%d.%d.1", i/250, i%250)})
	}
	o := DefaultOptions()
	o.maxAccounts, o.maxAddresses, o.maxPairs = 300, 300, 500
	r := reportOf(t, o, 2, tenant.in(""))
	assert.True(t, r.Accounts.Cut)
	assert.True(t, r.Accounts.Number.Estimated)
	assert.InEpsilon(t, 5000+people+1, r.Accounts.Number.N, 0.03)
	assert.InEpsilon(t, 5000, r.Addresses.Number.N, 0.05)
	k := r.kind(t, "spray_then_accepted")
	require.Equal(t, 1, k.Total, "what has something to tell stays")
	assert.Contains(t, strings.Join(r.Notes, "\n"), "more accounts or addresses than are kept")
	assert.Contains(t, strings.Join(r.Notes, "\n"), "HyperLogLog")
	assert.True(t, r.Codes[len(r.Codes)-2].Accounts.Estimated || r.Codes[len(r.Codes)-1].Accounts.Estimated)
}

func TestCodesAreBounded(t *testing.T) {
	tenant := &tenant{}
	for i := range 100 {
		tenant.add(signIn{at: at(0, 1, 0, i%60), code: 900_000_000 + i%50})
		tenant.add(signIn{at: at(0, 1, 0, i%60), code: 50126})
	}
	o := DefaultOptions()
	o.maxUnknown = 30
	r := reportOf(t, o, 1, tenant.in(""))
	assert.Len(t, r.Codes, 31)
	assert.Equal(t, 30, r.kind(t, "unknown_codes").Total)
	assert.Contains(t, r.Notes, "There were more codes that the catalog lacks than are kept: 40 records with others.")
	assert.EqualValues(t, 200, r.Records)
}

func TestMarksAreBounded(t *testing.T) {
	tenant := &tenant{}
	for i := range 400 {
		tenant.add(signIn{at: at(0, 1, i/60, i%60), user: person(i % 20), code: 50126})
		tenant.add(signIn{at: at(0, 2, i/60, i%60), user: person(i % 20), code: 500121})
	}
	o := DefaultOptions()
	assert.NotContains(t, strings.Join(reportOf(t, o, 1, tenant.in("")).Notes, "\n"), "than are kept")
	o.maxMarks = 50
	r := reportOf(t, o, 1, tenant.in(""))
	assert.Contains(t, strings.Join(r.Notes, "\n"), "more refusals or MFA prompts of single accounts than are kept")
	assert.EqualValues(t, 800, r.Records)
}

func textOf(t *testing.T, r *Report, p terminal.Painter, width int) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, r.WriteText(&b, p, width))
	return b.String()
}

func TestText(t *testing.T) {
	r := reportOf(t, DefaultOptions(), 1, busy().in("")+"broken\n")
	for _, width := range []int{0, 60, 80, 100, 132, 200} {
		text := textOf(t, r, false, width)
		for _, part := range []string{"SIGN-INS", "SEVERITY", "OUTCOME", "OVER TIME", "LOOK AT FIRST", "Password right after a spray (1)", "CODES", "50126",
			"ACCOUNTS", "ADDRESSES", "APPS", "COUNTRIES", "CLIENTS", "NOTES", "in0:", "1 broken line"} {
			assert.Contains(t, text, part)
		}
		for line := range strings.Lines(text) {
			if width >= 80 {
				assert.LessOrEqual(t, utf8.RuneCountInString(strings.TrimRight(line, "\n")), width, line)
			}
			assert.NotContains(t, line, "\x1b")
		}
	}
	assert.Contains(t, textOf(t, r, true, 100), "\x1b[31mhigh")
	assert.NotContains(t, textOf(t, reportOf(t, DefaultOptions(), 1, ""), false, 0), "SEVERITY")
	assert.Contains(t, textOf(t, reportOf(t, DefaultOptions(), 1, quiet().in("")), false, 0), "  Nothing was found.")
	assert.Contains(t, textOf(t, reportOf(t, DefaultOptions(), 1, `{"a":1}`), false, 0), "No record has an error code. The first has the keys a;")
}

// Nothing in a record reaches the terminal that a terminal would obey.
func TestHostileNames(t *testing.T) {
	evil := `{"createdDateTime":"2026-03-02T09:07:13Z","userPrincipalName":"\u001b[2J\u202eevil\u0007","ipAddress":"\u001b]0;x","appDisplayName":"<script>alert(1)</script>\n\n","clientAppUsed":"IMAP4","status":{"errorCode":0,"failureReason":"\u001b[31m"}}
{"createdDateTime":"2026-03-02T09:07:13Z","userPrincipalName":"a","status":{"errorCode":98765432,"failureReason":"\u001b[31mred\u2028"}}
{"createdDateTime":"2026-03-02T09:07:13Z","userPrincipalName":"` + strings.Repeat("x", 100_000) + `","status":{"errorCode":0}}`
	r := reportOf(t, DefaultOptions(), 1, evil)
	text := textOf(t, r, false, 80)
	for _, c := range text {
		assert.True(t, c == '\n' || c >= ' ' && c != 0x7f && c != 0x202e && c != 0x2028, "%q", c)
	}
	assert.Less(t, len(text), 20_000)
	assert.Less(t, len(jsonOf(t, r)), 30_000)
}

func TestWords(t *testing.T) {
	for n, want := range map[uint64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		assert.Equal(t, want, group(n))
	}
	assert.Equal(t, "~1,234", number(Number{1234, true}))
	assert.Equal(t, "1 record", count(1, "record"))
	assert.Equal(t, "<0.1%", percent(1, 100_000))
	assert.Equal(t, "50%", percent(1, 2))
	assert.Equal(t, "0%", percent(0, 2))
	assert.Equal(t, "2 weeks", words(14*24*3600e9))
	assert.Equal(t, "1m30s", words(90e9))
	assert.Empty(t, bar(0, 10, 10))
	assert.Equal(t, "█████", bar(5, 10, 10))
	assert.Equal(t, "▏", bar(1, 1_000_000, 10), "what is there is seen")
}
