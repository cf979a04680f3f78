package filter

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestUnknownCode(t *testing.T) {
	for name, c := range map[string]struct{ record, description string }{
		"no reason":             {`{"status":{"errorCode":999999}}`, "The catalog has no entry for code 999999."},
		"Graph":                 {`{"status":{"errorCode":999999,"failureReason":"Odd."}}`, "The catalog has no entry for code 999999; the record says: Odd."},
		"Graph, Other":          {`{"status":{"errorCode":999999,"failureReason":"Other."}}`, "The catalog has no entry for code 999999."},
		"Azure Monitor":         {`{"category":"SignInLogs","resultType":"999999","resultDescription":"Odd."}`, "The catalog has no entry for code 999999; the record says: Odd."},
		"Log Analytics":         {`{"Type":"SigninLogs","ResultType":"999999","Status":"{\"failureReason\":\"Odd.\"}"}`, "The catalog has no entry for code 999999; the record says: Odd."},
		"token endpoint":        {`{"error_description":"AADSTS999999: Odd."}`, "The catalog has no entry for code 999999; the record says: AADSTS999999: Odd."},
		"Office 365":            {`{"Operation":"UserLoginFailed","ErrorNumber":"999999","LogonError":"Odd"}`, "The catalog has no entry for code 999999; the record says: Odd"},
		"a mark of a principal": {`{"resultType":"999999","userPrincipalName":"a@contoso.com"}`, "The catalog has no entry for code 999999."},
	} {
		t.Run(name, func(t *testing.T) {
			e := engine(t)
			out, r := enrich(t, e, eventOf(t, c.record))
			assert.Equal(t, plus(c.record, c.description, "unknown"), bodies(t, out))
			assert.Equal(t, plus(c.record, c.description, "unknown"), lineOf(t, e, c.record))
			assert.Equal(t, Counts{Records: 1, Unknown: 1}, bare(r.Counts))
			assert.Equal(t, []uint32{999999}, r.Unknown)
			again, r := enrich(t, e, out)
			assert.Equal(t, out, again)
			assert.False(t, r.Changed)
		})
	}
}

func TestLongReasonIsCut(t *testing.T) {
	reason := strings.Repeat("é", 400)
	record := `{"status":{"errorCode":999999,"failureReason":"x` + reason + `"}}`
	out := enriched(t, engine(t), record)
	assert.Contains(t, out, `the record says: x`+strings.Repeat("é", 255)+`","severity":"unknown"}`)
}
