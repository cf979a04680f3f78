package filter

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// The first code that the catalog has and that is not 0 counts, in the documented order of the places.
func TestSeveralCodes(t *testing.T) {
	e := engine(t, "Fields", "code")
	for name, c := range map[string]struct {
		record string
		want   string // the code; "" for none
	}{
		"status before properties":            {`{"properties":{"status":{"errorCode":50053}},"status":{"errorCode":50126}}`, "50126"},
		"properties before resultType":        {`{"resultType":"50126","properties":{"status":{"errorCode":50053}}}`, "50053"},
		"resultType before error_codes":       {`{"error_codes":[50126],"resultType":"50053"}`, "50053"},
		"a known code before an unknown one":  {`{"status":{"errorCode":4242},"resultType":"50126"}`, "50126"},
		"a known code before 0":               {`{"status":{"errorCode":0},"resultType":"50126"}`, "50126"},
		"an unknown code before 0":            {`{"status":{"errorCode":0},"category":"SignInLogs","resultType":"4242"}`, "4242"},
		"the first of two unknown ones":       {`{"status":{"errorCode":4242},"category":"SignInLogs","resultType":"4343"}`, "4242"},
		"one that is no code is passed over":  {`{"status":{"errorCode":"Failure"},"resultType":"50126"}`, "50126"},
		"0 twice":                             {`{"status":{"errorCode":0},"category":"SignInLogs","resultType":"0"}`, "0"},
		"a name only without a number":        {`{"Operation":"UserLoggedIn","ErrorNumber":"0","LogonError":"IdsLocked"}`, "0"},
		"a name before an unknown number":     {`{"Operation":"UserLoginFailed","ErrorNumber":"4242","LogonError":"IdsLocked"}`, "50053"},
		"error_codes before the description":  {`{"error_description":"AADSTS50053: x","error_codes":[50126]}`, "50126"},
		"the description where codes say 0":   {`{"error_description":"AADSTS50053: x","error_codes":[0]}`, "50053"},
		"the first of error_codes only":       {`{"error_codes":[17,50126]}`, ""},
		"a key that stands twice, first":      {`{"resultType":"50053","resultType":"50126"}`, "50053"},
		"a key that stands twice, first 0":    {`{"status":{"errorCode":0},"status":{"errorCode":50126}}`, "50126"},
		"a key that stands twice, first null": {`{"status":{"errorCode":null,"errorCode":50126}}`, "50126"},
		"a key that stands twice, last 0":     {`{"status":{"errorCode":50126},"status":{"errorCode":0}}`, "50126"},
		"a key in two cases":                  {`{"ResultType":"0","resultType":"50126"}`, "50126"},
		"additionalDetails never":             {`{"status":{"errorCode":0,"additionalDetails":"AADSTS50126: x"}}`, "0"},
		"the outer record before a string":    {`{"log":"{\"resultType\":\"50053\"}","resultType":"50126"}`, "50126"},
		"the first string":                    {`{"payload":"{\"resultType\":\"50053\"}","log":"{\"resultType\":\"50126\"}"}`, "50126"},
	} {
		t.Run(name, func(t *testing.T) {
			want := c.record
			if c.want != "" {
				want = c.record[:len(c.record)-1] + `,"code":` + c.want + `}`
			}
			assert.Equal(t, want, lineOf(t, e, c.record))
			assert.Equal(t, want, enriched(t, e, c.record))
		})
	}
}

// What it takes to believe a code, by place: known, unknown and 0, in a record that is silent, says that it is a
// sign-in, or says that it is something else.
func TestEvidence(t *testing.T) {
	e := engine(t)
	const (
		quiet = ``
		yes   = `,"category":"SignInLogs"`
		no    = `,"category":"AuditLogs"`
		who   = `,"userPrincipalName":"a@contoso.com"`
	)
	for _, c := range []struct {
		record               string // without its end; # is the code
		mark                 string
		known, unknown, zero bool
	}{
		{`{"status":{"errorCode":#}`, quiet, true, true, true},
		{`{"status":{"errorCode":#}`, yes, true, true, true},
		{`{"status":{"errorCode":#}`, no, true, false, false},
		{`{"resultType":#`, quiet, true, false, false},
		{`{"resultType":#`, who, true, true, true},
		{`{"resultType":#`, yes, true, true, true},
		{`{"resultType":#`, no, false, false, false},
		{`{"resultType":#` + who, no, false, false, false},
		{`{"error_codes":[#]`, quiet, true, false, false},
		{`{"ErrorNumber":#`, quiet, false, false, false},
		{`{"ErrorNumber":#`, who, false, false, false},
		{`{"ErrorNumber":#`, `,"Operation":"UserLoginFailed"`, true, true, true},
		{`{"ErrorNumber":#`, `,"Operation":"UserLogout"`, false, false, false},
		{`{"ErrorCode":#`, quiet, false, false, false},
		{`{"ErrorCode":#`, `,"AccountObjectId":"1"`, true, true, true},
		{`{"error.code":#`, quiet, false, false, false},
		{`{"error.code":#`, `,"data_stream":{"dataset":"azure.signinlogs"}`, true, true, true},
		{`{"error.code":#`, `,"event.dataset":"mine"`, false, false, false},
		{`{"message":"AADSTS#"`, quiet, true, true, false},
		{`{"message":"AADSTS#"`, yes, true, true, false},
		{`{"message":"AADSTS#"`, no, false, false, false},
		{`{"message":"AADSTS#"`, `,"category":"Microsoft.Identity.Web.TokenAcquisition"`, true, true, false},
		{`{"resultType":"AADSTS#"`, no, true, true, false},
	} {
		for _, v := range []struct {
			code string
			want bool
		}{{"50126", c.known}, {"424242", c.unknown}, {"0", c.zero}} {
			record := replaceHash(c.record, v.code) + c.mark + `}`
			_, r := enrich(t, e, eventOf(t, record))
			assert.Equal(t, v.want, r.Changed, record)
		}
	}
}

func replaceHash(s, with string) string {
	for i := range len(s) {
		if s[i] == '#' {
			return s[:i] + with + s[i+1:]
		}
	}
	return s
}

func TestHints(t *testing.T) {
	for _, word := range []string{"SignInLogs", "signinlogs", "NonInteractiveUserSignInLogs", "AADSignInEventsBeta", "AdvancedHunting-EntraIdSignInEvents"} {
		assert.Equal(t, hintSignIn, namesSignIns(word), word)
	}
	for _, word := range []string{"", "AuditLogs", "MicrosoftGraphActivityLogs", "RiskyUsers", "sign-in", "signi"} {
		assert.Equal(t, hintOther, namesSignIns(word), word)
		assert.Equal(t, noHint, hintsSignIns(word), word)
	}
	assert.Equal(t, noHint, namesSignIns("Microsoft.Identity.Web.TokenAcquisition"))
	assert.Equal(t, noHint, namesSignIns("Microsoft.IdentityModel.LoggingExtensions.IdentityLoggerAdapter"))
	assert.Equal(t, hintSignIn, isSignInActivity("sign-in Activity"))
	assert.Equal(t, noHint, isSignInActivity("Sign-in"))
	assert.Equal(t, hintSignIn, isUserLogin("UserLoggedIn"))
	assert.Equal(t, noHint, isUserLogin("UserLoggedOut"))
}
