package filter

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// A record may repeat a key whose text is JSON any number of times. Past a bound no facts are noted in these texts, and those before
// the bound are still read where they stand.
func TestFactsOfAKeyThatRepeats(t *testing.T) {
	e := engine(t, "Context", "on", "Fields", "severity,reason")
	for _, n := range []int{1, maxDocs - 1, maxDocs, maxDocs + 1, 1<<16 + 3} {
		texts := strings.Repeat(`"properties":"{\"userAgent\":\"a program that has a name\"}",`, n)
		for place, record := range map[string]string{
			"before": `{"riskLevelDuringSignIn":"high",` + texts + `"resultType":"0","category":"SignInLogs"}`,
			"behind": `{` + texts + `"resultType":"0","category":"SignInLogs","riskLevelDuringSignIn":"high"}`,
		} {
			assert.Contains(t, lineOf(t, e, record), `"severity":"high","reason":"sign-in risk was high"`, "%d texts, %s", n, place)
			assert.Contains(t, enriched(t, e, record), `"severity":"high","reason":"sign-in risk was high"`, "%d texts, %s", n, place)
		}
		hidden := `{` + texts + `"properties":"{\"riskLevelDuringSignIn\":\"high\"}","resultType":"0","category":"SignInLogs"}`
		want := map[bool]string{true: "high", false: "info"}[n+1 < maxDocs]
		assert.Contains(t, lineOf(t, e, hidden), `"severity":"`+want+`"`, "%d texts", n)
	}
}
