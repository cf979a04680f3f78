package catalog

import (
	"strings"
	"unicode"
)

// A term is one word of a query: the ways in which the catalog may say it, each as the beginning of a word, in plain form.
type term []string

// sayings are the words that people use where the catalog uses others.
var sayings = map[string]term{
	"2fa":     {"mfa", "multifactor", "second factor"},
	"mfa":     {"mfa", "multifactor", "second factor"},
	"b2b":     {"guest"},
	"ca":      {"conditional access"},
	"cert":    {"certificate"},
	"lockout": {"lock"},
	"login":   {"sign in", "login"},
	"logon":   {"sign in", "logon"},
	"otp":     {"passcode", "one time code"},
	"passkey": {"passkey", "fido"},
	"prt":     {"prt", "primary refresh token"},
	"pta":     {"pass through"},
	"signin":  {"sign in"},
	"spn":     {"service principal"},
	"sso":     {"sso", "single sign on"},
	"whfb":    {"windows hello"},
	"wrong":   {"wrong", "invalid", "incorrect", "not valid"},
}

// fillers say nothing about a code.
var fillers = map[string]bool{
	"a": true, "an": true, "and": true, "by": true, "for": true, "from": true, "in": true, "is": true, "of": true,
	"on": true, "or": true, "the": true, "to": true, "was": true, "with": true,
}

// termsOf returns the words of a query that say something.
func termsOf(words string) []term {
	var terms []term
	for _, word := range strings.Fields(plain(words)) {
		if fillers[word] {
			continue
		}
		if said, ok := sayings[word]; ok {
			terms = append(terms, said)
		} else {
			terms = append(terms, term{stem(word)})
		}
	}
	return terms
}

// in tells whether a plain text has a word, or words, that begin like this.
func (t term) in(text string) bool {
	for _, way := range t {
		if strings.Contains(text, " "+way) {
			return true
		}
	}
	return false
}

// stem takes off an ending, so that "passwords" finds "password" and "disabled" finds "disable".
func stem(word string) string {
	for _, ending := range []string{"ing", "ed", "es", "s"} {
		if rest, ok := strings.CutSuffix(word, ending); ok && len(rest) >= 4 {
			return rest
		}
	}
	return word
}

// plain returns the words of a text in lower case, each after one space, without punctuation.
func plain(text string) string {
	var b strings.Builder
	gap := true
	for _, r := range text {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			gap = true
			continue
		}
		if gap {
			b.WriteByte(' ')
			gap = false
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// joined returns the words of a text as one word in lower case: "user disabled" may mean UserDisabled.
func joined(text string) string { return strings.ReplaceAll(plain(text), " ", "") }

// split puts a space before every capital of a symbolic name: UserDisabled holds the words user and disabled.
func split(name string) string {
	var b strings.Builder
	for _, r := range name {
		if unicode.IsUpper(r) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}
