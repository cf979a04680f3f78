package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// publishedPage has the form of Microsoft's reference page, with its irregular rows.
const publishedPage = `---
title: Codes
---

# Codes

Look for "AADSTS50058" on the error page.

| Parameter | Description |
|-----------|-------------|
| ` + "`error_codes`" + ` | Numbers such as 70011. |

## AADSTS error codes

| Error | Description |
|---|---|
| AADSTS16000 | InteractionRequired - The user chooses. |
| AADSTS160021| AppSessionSelectionInvalidSessionNotExist - Without a blank before the bar. |
| AADSTS530035 |BlockedBySecurityDefaults - Without a blank after the bar.|
| AADSTS90095  | AdminConsentRequiredRequestAccess-  Without a blank before the hyphen. |
| AADSTS90092 | GraphNonRetryableError |
| AADSTS900236| InvalidRequestSamlPropertyUnsupported- Without a bar at the end.
| AADSTS50027 | InvalidJwtToken - For these reasons:<ul><li>one</li><li>two</li></ul> |
| AADSTS50143 | Session mismatch - The words before the hyphen are no name. |
| AADSTS501461 | AcceptMappedClaims is a word of the sentence. |
| AADSTS120008 | Non-retryable and not a name. |
| AADSTS50147 | MissingCodeChallenge - The first of two rows. |
| AADSTS50147 | InvalidCodeChallenge - The second. |
| 7000222 | InvalidClientSecretExpiredKeysProvided – A number alone, and a dash. |

| AADSTS | none |
`

func TestReadPublishedPage(t *testing.T) {
	want := map[uint32]publishedCode{
		16000:   {"InteractionRequired", "The user chooses."},
		160021:  {"AppSessionSelectionInvalidSessionNotExist", "Without a blank before the bar."},
		530035:  {"BlockedBySecurityDefaults", "Without a blank after the bar."},
		90095:   {"AdminConsentRequiredRequestAccess", "Without a blank before the hyphen."},
		90092:   {"GraphNonRetryableError", ""},
		900236:  {"InvalidRequestSamlPropertyUnsupported", "Without a bar at the end."},
		50027:   {"InvalidJwtToken", "For these reasons:<ul><li>one</li><li>two</li></ul>"},
		50143:   {"", "Session mismatch - The words before the hyphen are no name."},
		501461:  {"", "AcceptMappedClaims is a word of the sentence."},
		120008:  {"", "Non-retryable and not a name."},
		50147:   {"MissingCodeChallenge", "The first of two rows."},
		7000222: {"InvalidClientSecretExpiredKeysProvided", "A number alone, and a dash."},
	}
	for name, text := range map[string]string{
		"as published":    publishedPage,
		"CRLF":            strings.ReplaceAll(publishedPage, "\n", "\r\n"),
		"byte order mark": "\xef\xbb\xbf" + publishedPage,
		"no line end":     strings.TrimSpace(publishedPage),
	} {
		l, err := readPublished(strings.NewReader(text))
		require.NoError(t, err, name)
		assert.Equal(t, want, l.codes, name)
		assert.True(t, l.isPage, name)
		assert.Empty(t, l.skipped, name)
	}
}

func TestReadPublishedLists(t *testing.T) {
	want := map[uint32]publishedCode{50126: {"", "Wrong."}, 50034: {"UserAccountNotFound", "Nobody."}}
	for name, text := range map[string]string{
		"json, numbers":            `[{"code":50126,"Message":"Wrong."},{"code":50034,"Message":"UserAccountNotFound - Nobody."}]`,
		"json, words as keys":      `[{"Error Code":"50126","Message":"Wrong.","Remediation":"x"},{"Error Code":"AADSTS50034","Name":"UserAccountNotFound","Message":"Nobody."}]`,
		"json, codes as keys":      `{"AADSTS50126":"Wrong.","AADSTS50034":"UserAccountNotFound - Nobody."}`,
		"json, inside of others":   `{"parameters":{"n":1},"list":[[{"code":50126,"description":"Wrong."}],{"code":50034,"name":"UserAccountNotFound","description":"Nobody."}]}`,
		"csv":                      "ResultType,Message\n50126,Wrong.\n50034,UserAccountNotFound - Nobody.\n",
		"csv, quoted, CRLF, mark":  "\xef\xbb\xbf\"ResultType\",\"Message\"\r\n\"50126\",\"Wrong.\"\r\n\"50034\",\"UserAccountNotFound - Nobody.\"\r\n",
		"csv, semicolons":          "code;symbolic_name;text\n50126;;Wrong.\n50034;UserAccountNotFound;Nobody.\n",
		"csv, tabs, short rows":    "code\ttext\tname\n50126\tWrong.\n50034\tNobody.\tUserAccountNotFound\n",
		"what controls a terminal": `[{"code":50126,"text":"\u001bWro\u0007ng.\u009b"},{"code":50034,"name":"UserAccountNotFound","text":" \u202e Nobody.\r\n"}]`,
	} {
		l, err := readPublished(strings.NewReader(text))
		require.NoError(t, err, name)
		assert.Equal(t, want, l.codes, name)
		assert.False(t, l.isPage, name)
	}
}

func TestReadPublishedSkipsWhatIsNoCode(t *testing.T) {
	l, err := readPublished(strings.NewReader("code,name\n50126,\"a\x1b[2J\"\nnone,X\n99999999999,Y\n"))
	require.NoError(t, err)
	assert.Equal(t, map[uint32]publishedCode{50126: {}}, l.codes, "a name that is none is left out")
	assert.Equal(t, []string{"none", "99999999999"}, l.skipped)
}

func TestListsThatCannotBeRead(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "contains no error code: use a Markdown table",
		"Dear all,\nno table here.\n":  "has no column code: use a Markdown table",
		"| a | b |\n|---|---|\n":       "has no column code",
		"code,name\n":                  "contains no error code",
		"[]":                           "contains no error code",
		"[{\"code\":1},\n{\"code\":}]": "line 2: invalid character '}'",
		"[{\"code\":1}":                "line 1: unexpected end of JSON input",
		"\x1f\x8b\x08nonsense":         "damaged gzip",
		strings.Repeat("| 1 | x |\n", longestList/10+1): "larger than 16 MiB",
	} {
		_, err := readPublished(strings.NewReader(text))
		assert.ErrorContains(t, err, want)
	}
}

// Whatever a list holds, reading it ends, and what is read can be printed.
func FuzzReadPublished(f *testing.F) {
	f.Add(publishedPage)
	f.Add(`[{"code":50126,"Message":"Wrong."},{"Error Code":"x"}]`)
	f.Add(`{"AADSTS50126":"A - b","c":{"code":[1]}}`)
	f.Add("ResultType,Message\n50126,\"a\nb\"\n")
	f.Add("code;name\n1;A\n")
	f.Fuzz(func(t *testing.T, text string) {
		l, err := readPublished(strings.NewReader(text))
		if err != nil {
			return
		}
		for code, p := range l.codes {
			if p.name != "" && !isName.MatchString(p.name) || strings.ContainsAny(p.text, "\r\n\x1b") {
				t.Errorf("%d: %q", code, p)
			}
		}
	})
}
