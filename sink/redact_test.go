package sink

import (
	"encoding/json"
	"fmt"
	"html"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// escapers are ways in which a receiver may write a text that it got.
var escapers = []func(string) string{
	func(s string) string { return s },
	func(s string) string { // with <, > and & as \u003c
		b, _ := json.Marshal(s)
		return string(b)
	},
	func(s string) string { return strings.ReplaceAll(s, "/", `\/`) },
	func(s string) string { return fmt.Sprintf("%q", s) },
	func(s string) string { return fmt.Sprintf("%+q", s) },
	html.EscapeString,
	url.QueryEscape,
	url.PathEscape,
	func(s string) string { return strings.ToLower(url.QueryEscape(s)) },
	func(s string) string { return everyOther(s, `\u%04x`, `\u%04X`) },
	func(s string) string { return everyOther(s, `&#%d;`, `&#x%x;`) },
	func(s string) string { return everyOther(s, `%%%02x`, `%%%02X`) },
	func(s string) string { return everyOther(s, `\x%02x`, `\U%08x`) },
	func(s string) string {
		return strings.NewReplacer("/", "&sol;", "=", "&equals;", "+", "&plus;", "_", "&lowbar;").Replace(s)
	},
}

// everyOther escapes ASCII characters with formats by turns, and leaves some of those that begin no escape.
func everyOther(s string, formats ...string) string {
	var b strings.Builder
	for i, r := range s {
		if i%3 == 2 && !strings.ContainsRune(`\%&`, r) || r >= 0x80 {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, formats[i%len(formats)], r)
		}
	}
	return b.String()
}

// randomSecret has no lower case letter where an escaper makes all lower case, so that a letter is a letter in each form.
func randomSecret(random *rand.Rand) string {
	alphabets := []string{"0123456789abcdef", "abcdefghijklmnop0123456789+/=", `ab01/\+%&;<>"'=:#?. u`, "aé日😀/%&", "abn\\u%/x0041&amp;"}
	alphabet := []rune(alphabets[random.IntN(len(alphabets))])
	var b strings.Builder
	for range 8 + random.IntN(40) {
		b.WriteRune(alphabet[random.IntN(len(alphabet))])
	}
	return "Q" + b.String() + "Q"
}

// TestRedactAnySecret writes random secrets in random forms into random places.
func TestRedactAnySecret(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		secret := randomSecret(random)
		text := secret
		var by []int
		for range random.IntN(5) {
			n := random.IntN(len(escapers))
			if n == 8 && strings.ToLower(text) != text {
				n = 7 // lower case is another secret
			}
			by = append(by, n)
			text = strings.Trim(escapers[n](text), `"`) // the quotation marks are not of the secret
		}
		around := "invalid key " + text + ", sorry"
		shown := newRedactor([]string{"another", secret}).redact(around, false)
		require.Equal(t, "invalid key ***, sorry", shown, "%q by %v: %s", secret, by, around)
	}
}

// TestRedactAtTheCut cuts an answer at every place of a secret.
func TestRedactAtTheCut(t *testing.T) {
	secret := `K3y/of "mine"+é😀<end>`
	var c client
	c.credentials.hidden = newRedactor([]string{secret})
	for i, escape := range escapers {
		if i == 8 {
			continue
		}
		text := escape(secret)
		for at := range len(text) {
			// What is before is one blank in the excerpt, so the secret is at its very end.
			long := strings.Repeat(" ", maxExcerpt-len("key:")-at) + "key:" + text + strings.Repeat(" ", 100)
			shown := c.excerpt([]byte(long))
			after, ok := strings.CutPrefix(shown, "key:")
			require.True(t, ok, shown)
			after = strings.Trim(strings.ReplaceAll(after, struck, ""), ` "&\`)
			require.Empty(t, after, "form %d cut after %d bytes of %s: %s", i, at, text, shown)
		}
	}
}

func TestRedact(t *testing.T) {
	r := newRedactor([]string{"key", "key-of-mine", "mine"})
	assert.Equal(t, "*** and ***, *** too", r.redact("key-of-mine and key, mine too", false))
	assert.Equal(t, "100% & more \\ text &", r.redact("100% & more \\ text &", false), "what is no secret stays as it is")
	assert.Equal(t, "m is the last letter of them", r.redact("m is the last letter of them", false))
	assert.Equal(t, "them is ***", r.redact("them is m", true))
	assert.Equal(t, "at 50***", newRedactor([]string{"%secret"}).redact("at 50%2", true), "half an escape may be the beginning")
	assert.Equal(t, struck, newRedactor([]string{"x"}).redact("%"+strings.Repeat("25", 40)+"78", false), "a text without end of escapes")
	assert.Equal(t, "any text", redactor{}.redact("any text", true))
	assert.Equal(t, "a *** b", newRedactor([]string{"a secret"}).redact("a a+secret b", false))
}

// TestRedactIsBounded is about an answer that is made of escapes.
func TestRedactIsBounded(t *testing.T) {
	r := newRedactor([]string{"a-secret", "another-one"})
	for _, unit := range []string{`\`, "%25", "&amp;", `\u005c`, "a-secre", "&"} {
		text := strings.Repeat(unit, maxExcerpt/len(unit))
		assert.NotPanics(t, func() { r.redact(text, true) })
	}
}

func TestURLSecrets(t *testing.T) {
	for given, want := range map[string][]string{
		"https://h":                           nil,
		"https://h/es/_bulk":                  nil,
		"https://h/in/abcdef012345":           {"/in/abcdef012345", "abcdef012345"},
		"https://h/?token=a%2Bb%2Fc12":        {"token=a+b/c12"},
		"https://h/?t=a%2Bb%2Fc123":           {"t=a+b/c123", "a+b/c123"},
		"https://h/?filter_path=errors,items": nil,
	} {
		u, err := url.Parse(given)
		require.NoError(t, err)
		assert.ElementsMatch(t, want, elasticsearchProtocol.urlSecrets(u), given)
	}
}
