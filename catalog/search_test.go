package catalog

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func codes(entries []*Entry) []uint32 {
	all := make([]uint32, len(entries))
	for i, e := range entries {
		all[i] = e.Code
	}
	return all
}

func TestSearchFindsTheBestFirst(t *testing.T) {
	for words, first := range map[string]uint32{
		"50126":                     50126,
		" aadsts500121 ":            500121,
		"InvalidUserNameOrPassword": 50126,
		"UserDisabled":              50057, // and not GuestUserDisabled, which holds it
		"user disabled":             50057,
		"InvalidUserName":           50126,
		"DoesNotMatchRequest":       700016,
		"lockout":                   50053,
		"locked account":            50053,
		"expired password":          50055,
		"wrong password":            50126,
		"fraud":                     5000224,
		"redirect address loop":     0, // no code is about that
	} {
		found := Embedded().Search(words)
		if first == 0 {
			assert.Empty(t, found, words)
		} else if assert.NotEmpty(t, found, words) {
			assert.Equal(t, first, found[0].Code, words)
		}
	}
}

func TestSearchFindsWordsAsPeopleSayThem(t *testing.T) {
	for words, wanted := range map[string]uint32{
		"mfa denied":            500121,
		"2fa":                   50074,
		"blocked by CA":         530036,
		"b2b not invited":       500204,
		"passkeys":              135000,
		"guests":                50014,
		"the client secret":     7000215,
		"sign-in frequency":     70044,
		"CONDITIONAL_ACCESS":    53003,
		"throttling tenant":     90055,
		"stay signed in":        50140,
		"pta agent unreachable": 0,
	} {
		found := codes(Embedded().Search(words))
		if wanted == 0 {
			assert.Empty(t, found, words)
		} else {
			assert.Contains(t, found, wanted, words)
		}
	}
}

func TestSearchOrderIsFixed(t *testing.T) {
	found := Embedded().Search("certificate")
	require.Greater(t, len(found), 20)
	for range 3 {
		assert.Equal(t, found, Embedded().Search("certificate"))
	}
	name := Embedded().Search("MissingRequired")
	assert.Equal(t, []uint32{90014, 90016}, codes(name), "of equals the smaller code comes first")
}

func TestSearchOfNothing(t *testing.T) {
	for _, words := range []string{"", "   ", "the", "-", "123456789", "qwertyuiop"} {
		assert.Empty(t, Embedded().Search(words), "%q", words)
	}
}

func TestSuggest(t *testing.T) {
	for words, wanted := range map[string]uint32{
		"5126":                     50126, // a digit missing
		"501226":                   50126, // one too many
		"50129126":                 0,
		"51026":                    50126, // swapped
		"AADSTS50127":              50126, // wrong
		"UserDisbled":              50057,
		"InvalidUserNameOrPasword": 50126,
		"pasword expird":           50055,
		"lockuot":                  50053,
		"qwertyuiop":               0,
		"":                         0,
	} {
		near := codes(Embedded().Suggest(words))
		assert.LessOrEqual(t, len(near), 5, words)
		if wanted == 0 {
			assert.Empty(t, near, words)
		} else {
			assert.Contains(t, near, wanted, words)
		}
	}
	assert.EqualValues(t, 50126, Embedded().Suggest("501226")[0].Code, "of equals the more severe comes first")
}

func TestEdits(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"abc", "abc", 0}, {"abc", "abd", 1}, {"abc", "acb", 1}, {"abc", "ab", 1},
		{"kitten", "sitting", 3}, {"50126", "51026", 1}, {"abcd", "badc", 2},
	} {
		assert.Equal(t, test.want, edits(test.a, test.b, 9), "%s %s", test.a, test.b)
		assert.Equal(t, test.want, edits(test.b, test.a, 9), "%s %s", test.b, test.a)
	}
	assert.Equal(t, 3, edits("abc", "abcdefgh", 2), "far apart is not counted out")
}
