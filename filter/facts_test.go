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

// What the first scan does not note is found by a second one: in the record itself, and in the texts in it.
func TestSecondScan(t *testing.T) {
	e := contextEngine(t)
	for record, want := range map[string]string{
		`{"status":{"errorCode":0},"riskState":"atRisk","authenticationRequirement":"singleFactorAuthentication","deviceDetail":{"trustType":""}}`:              "high",
		`{"status":{"errorCode":0},"riskState":"atRisk","authenticationRequirement":"multiFactorAuthentication"}`:                                               "info",
		`{"resultType":"500121","category":"SignInLogs","properties":"{\"status\":{\"errorCode\":500121,\"additionalDetails\":\"Phone App Reported Fraud\"}}"}`: "high",
	} {
		want = `"severity":"` + want + `"`
		assert.Contains(t, lineOf(t, e, record), want, record)
		assert.Contains(t, enriched(t, e, record), want, record)
		inString := `{"log":` + quote(record) + `}`
		assert.Contains(t, lineOf(t, e, inString), want, inString)
		assert.Contains(t, enriched(t, e, inString), want, inString)
	}
}

func TestSaysNothing(t *testing.T) {
	for record, want := range map[string]bool{
		`{"a":null}`: true, `{"a":""}`: true, `{"a":{}}`: true, `{"a":[]}`: true,
		`{"a":"none"}`: true, `{"a":"None"}`: true, `{"a":"hidden"}`: true, `{"a":"unknownFutureValue"}`: true,
		`{"a":"high"}`: false, `{"a":"medium"}`: false, `{"a":"eighteen characters"}`: false, `{"a":"no"}`: false,
		`{"a":[null]}`: false, `{"a":{"b":""}}`: false, `{"a":0}`: false, `{"a":false}`: false, `{"a":1.5}`: false,
	} {
		body := pack(t, record)
		assert.Equal(t, want, saysNothing(body, 3), record)
	}
}
