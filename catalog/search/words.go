package search

import (
	"slices"
	"strings"
	"unicode"
)

// A term is one word of a query: its synonyms in the catalog, each in plain form. A synonym matches the beginning of a word.
type term []string

// synonyms are words that people use, with the words that the catalog uses instead.
var synonyms = map[string]term{
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

// Synonyms returns the words that people use, with the words that the catalog uses instead. A page of codes searches with them too.
func Synonyms() map[string][]string {
	all := make(map[string][]string, len(synonyms))
	for word, t := range synonyms {
		all[word] = slices.Clone(t)
	}
	return all
}

// fillers are words that Find ignores.
var fillers = map[string]bool{
	"a": true, "an": true, "and": true, "by": true, "for": true, "from": true, "in": true, "is": true, "of": true,
	"on": true, "or": true, "the": true, "to": true, "was": true, "with": true,
}

// termsOf returns the terms of a query, without fillers.
func termsOf(words string) []term {
	var terms []term
	for _, word := range strings.Fields(plain(words)) {
		if fillers[word] {
			continue
		}
		if known, ok := synonyms[word]; ok {
			terms = append(terms, known)
		} else {
			terms = append(terms, term{stem(word)})
		}
	}
	return terms
}

// in reports whether a plain text contains the term.
func (t term) in(text string) bool {
	for _, synonym := range t {
		if strings.Contains(text, " "+synonym) {
			return true
		}
	}
	return false
}

// stem removes an ending, so that "passwords" matches "password" and "disabled" matches "disable".
func stem(word string) string {
	for _, ending := range []string{"ing", "ed", "es", "s"} {
		if rest, ok := strings.CutSuffix(word, ending); ok && len(rest) >= 4 {
			return rest
		}
	}
	return word
}

// plain returns a text in plain form: its words in lower case, each after one space, without punctuation.
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

// joined returns the words of a text as one word in lower case, because "user disabled" may mean UserDisabled.
func joined(text string) string { return strings.ReplaceAll(plain(text), " ", "") }

// split inserts a space before every capital letter of a symbolic name, so that UserDisabled has the words user and disabled.
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
