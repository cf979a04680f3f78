package main

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"fluent-bit-entra-signin/catalog"
)

func TestCodesInText(t *testing.T) {
	for text, want := range map[string][]string{
		// AADSTS before it.
		"AADSTS50126: Error validating credentials": {"50126"},
		"aadsts 50126":                {"50126"},
		"AADSTS-50126":                {"50126"},
		"AADSTS: 50126, AADSTS#50053": {"50126", "50053"},
		"error=AADSTS7000215%3a+Invalid+client+secret":    {"7000215"},
		"AADSTS123456789 is not in the catalog":           {"123456789"},
		"AADSTS1234567890: too long for a code, and said": {"1234567890"},

		// A label before it.
		"Error Code: 53003":                           {"53003"},
		"Error Code:\r\n53003\r\nRequest Id: x":       {"53003"},
		"Sign-in error code\t50126":                   {"50126"},
		"Sign-in error code 50126":                    {"50126"},
		"error 50126":                                 {"50126"},
		"Error (50126)":                               {"50126"},
		"errorCode=50126&x=1":                         {"50126"},
		`"errorCode":50126`:                           {"50126"},
		`\"errorCode\": \"50126\"`:                    {"50126"},
		`"error_codes":[50126,50053]`:                 {"50126", "50053"},
		"resultType: 50126.":                          {"50126"},
		"The error code is 50126.":                    {"50126"},
		"login.example.com/error?code=50126":          {"50126"},
		"errors/50126":                                {"50126"},
		"errorCode: 0":                                {"0"},
		"error code 59999 and error code 53003":       {"59999", "53003"},
		"Error code: 53003 Port 443 error 404 code 1": {"53003"},

		// Known and alone.
		"12 50126":                     {"50126"},
		"     12 50126\n      3 50053": {"50126", "50053"},
		"50126:50053":                  {"50126", "50053"},
		"seen: 50126, 50053; (50057)":  {"50126", "50053", "50057"},
		"50126, then nothing":          {"50126"},

		// Doubtful, and nothing else there.
		"Error Code: 5012":  {"5012"},
		"error 404":         {"404"},
		"code 12345 or so":  {"12345"},
		"code 5012 / 50126": {"50126"},

		// None.
		"":                                     nil,
		"AADSTS":                               nil,
		"0 errors, exit code 0, Errors: 0":     nil,
		"123456 is alone and not known":        nil,
		"2026-03-02T09:07:13.50126Z":           nil,
		"20260302T090713 1772442433 2026":      nil,
		"50126-7c3e":                           nil,
		"5a500126-7c3e-4d2b-8f10-000000050126": nil,
		"Correlation ID: 00050126-0000-0000-0000-000000050053": nil,
		"+1 425 555 50126":                          nil,
		"+49 (89) 50126 50053":                      nil,
		"(425) 50126 123":                           nil,
		"089 50126 123":                             nil,
		"203.0.113.5:50126 port=50126 pid:50126":    nil,
		`"port":50126,"name":"50126"`:               nil,
		"10.0.50126 v50126 50126ms 50126.5 x_50126": nil,
		"https://example.com/50126":                 nil,
		"größe50126 50126größe":                     nil,
		"error 2026-03-02 09:07":                    nil,
		"error 12:30":                               nil,
	} {
		codes, doubtful := codesIn(catalog.Embedded(), text, true)
		if codes == nil {
			codes = doubtful
		}
		assert.Equal(t, want, codes, "%q", text)
	}
}

// The value of a key that says nothing is no code, whatever the number.
func TestCodesInJSON(t *testing.T) {
	codes, doubtful := codesIn(catalog.Embedded(), `{"a":50126,"b":[ 50053 ]}`, false)
	assert.Empty(t, codes)
	assert.Empty(t, doubtful)
	codes, doubtful = codesIn(catalog.Embedded(), `{"code":50126,"text":"AADSTS50053","statusCode":403}`, false)
	assert.Equal(t, []string{"50126", "50053"}, codes)
	assert.Equal(t, []string{"403"}, doubtful)
}

// Whatever somebody pastes: every code is a number that stands in the text.
func FuzzCodesIn(f *testing.F) {
	f.Add("Error Code: 53003 AADSTS50126 +49 89 50126 5a000001-7c3e-4d2b-8f10-000000000001 \xff")
	f.Fuzz(func(t *testing.T, text string) {
		codes, doubtful := codesIn(catalog.Embedded(), text, true)
		for _, code := range append(codes, doubtful...) {
			assert.Regexp(t, `^\d+$`, code)
			assert.Contains(t, text, code)
		}
	})
}
