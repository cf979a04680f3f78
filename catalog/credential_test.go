package catalog

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// chapter returns the part of docs/severity.md below a heading.
func chapter(t *testing.T, heading string) string {
	t.Helper()
	page, err := os.ReadFile("../docs/severity.md")
	require.NoError(t, err)
	_, text, ok := strings.Cut(string(page), "\n## "+heading+"\n")
	require.True(t, ok, "docs/severity.md has no chapter %q", heading)
	text, _, _ = strings.Cut(text, "\n## ")
	return text
}

// A credential stands in the catalog only with evidence, which docs/severity.md has for every code. What the page says was left
// empty on purpose is empty.
func TestEveryCredentialHasEvidence(t *testing.T) {
	text := chapter(t, "Was the password right?")
	proven := make(map[uint32]Credential)
	for _, m := range regexp.MustCompile(`(?m)^\| ([\d, ]+) \| (\w+) \| (.{15,}) \|$`).FindAllStringSubmatch(text, -1) {
		credential, err := ParseCredential(m[2])
		require.NoError(t, err, m[0])
		for _, number := range strings.Split(m[1], ", ") {
			code := mustCode(t, number)
			assert.Zero(t, proven[code], "%d has two lines", code)
			proven[code] = credential
		}
	}
	for i := range Embedded().Len() {
		e := Embedded().At(i)
		assert.Equal(t, proven[e.Code].String(), e.Credential.String(), "docs/severity.md and the catalog differ on code %d", e.Code)
		delete(proven, e.Code)
	}
	assert.Empty(t, proven, "docs/severity.md has codes that the catalog lacks")

	_, text, ok := strings.Cut(text, "Left empty on purpose:")
	require.True(t, ok)
	empty := 0
	for _, m := range regexp.MustCompile(`(?m)^\| ([\d, ]+) \| (.{15,}) \|$`).FindAllStringSubmatch(text, -1) {
		for _, number := range strings.Split(m[1], ", ") {
			e, ok := Embedded().Lookup(mustCode(t, number))
			if assert.True(t, ok, number) {
				assert.Equal(t, NoCredential, e.Credential, number)
				empty++
			}
		}
	}
	assert.Greater(t, empty, 50)
}

func TestCredentialsAndOutcomesGoTogether(t *testing.T) {
	for i := range Embedded().Len() {
		e := Embedded().At(i)
		switch e.Credential {
		case Rejected:
			assert.Equal(t, Failure, e.Outcome, "a refused credential is a failure: %d", e.Code)
		case NoAccount:
			assert.NotEqual(t, Success, e.Outcome, "nobody signs in without an account: %d", e.Code)
		}
		if e.Outcome == Success {
			assert.Equal(t, Accepted, e.Credential, "nobody signs in without a credential: %d", e.Code)
		}
	}
}

// The codes of which the public tools disagree, or that prove the password only in one flow, stay empty.
func TestWhatIsDisputedStaysEmpty(t *testing.T) {
	for _, code := range []uint32{50053, 50057, 50001, 500011, 500014, 700016, 7000112, 7000218} {
		e, ok := Embedded().Lookup(code)
		require.True(t, ok)
		assert.Equal(t, NoCredential, e.Credential, "%d", code)
	}
}

func TestThePageHasTheNumbersOfCredentials(t *testing.T) {
	counts := make(map[Credential]int)
	for i := range Embedded().Len() {
		counts[Embedded().At(i).Credential]++
	}
	text := chapter(t, "Was the password right?")
	for _, c := range Credentials() {
		assert.Contains(t, text, "| `"+c.String()+"` | "+strconv.Itoa(counts[c])+" | ")
	}
	assert.Contains(t, text, "| empty | "+strconv.Itoa(counts[NoCredential])+" | ")
}

func TestOverlayOfACredential(t *testing.T) {
	c, err := overlay("code,credential,source\n50057,Accepted,\n50126,,INFERRED\n")
	require.NoError(t, err)
	e, _ := c.Lookup(50057)
	assert.Equal(t, Accepted, e.Credential)
	assert.Equal(t, Reference, e.Source, "an empty cell keeps what is there")
	e, _ = c.Lookup(50126)
	assert.Equal(t, Rejected, e.Credential)
	assert.Equal(t, Inferred, e.Source)

	c, err = overlay("code,name,description,severity,outcome,category,action,technique\n50126,,Ours.,high,,,,\n")
	require.NoError(t, err, "a file without the columns stays valid")
	e, _ = c.Lookup(50126)
	assert.Equal(t, Rejected, e.Credential)

	_, err = overlay("code,credential\n50126,yes\n")
	assert.EqualError(t, err, `mine.csv:2:7: credential "yes": must be accepted, rejected or no_account`)
	_, err = overlay("code,source\n50126,hearsay\n")
	assert.EqualError(t, err, `mine.csv:2:7: source "hearsay": must be reference, documentation, error_page, public_code or inferred`)
}
