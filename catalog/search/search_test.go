package search

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/catalog"
)

func codes(entries []*catalog.Entry) []uint32 {
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
		found := Find(catalog.Embedded(), words)
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
		found := codes(Find(catalog.Embedded(), words))
		if wanted == 0 {
			assert.Empty(t, found, words)
		} else {
			assert.Contains(t, found, wanted, words)
		}
	}
}

func TestSearchOrderIsFixed(t *testing.T) {
	found := Find(catalog.Embedded(), "certificate")
	require.Greater(t, len(found), 20)
	for range 3 {
		assert.Equal(t, found, Find(catalog.Embedded(), "certificate"))
	}
	name := Find(catalog.Embedded(), "MissingRequired")
	assert.Equal(t, []uint32{90014, 90016}, codes(name), "of equals the smaller code comes first")
}

func TestSearchOfNothing(t *testing.T) {
	for _, words := range []string{"", "   ", "the", "-", "123456789", "qwertyuiop"} {
		assert.Empty(t, Find(catalog.Embedded(), words), "%q", words)
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
		near := codes(Suggest(catalog.Embedded(), words))
		assert.LessOrEqual(t, len(near), 5, words)
		if wanted == 0 {
			assert.Empty(t, near, words)
		} else {
			assert.Contains(t, near, wanted, words)
		}
	}
	assert.EqualValues(t, 50126, Suggest(catalog.Embedded(), "501226")[0].Code, "of equals the more severe comes first")
}
