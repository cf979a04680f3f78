package catalog

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLookup(t *testing.T) {
	c := Embedded()
	for _, code := range []uint32{0, 16000, 50126, 9010010} {
		e, ok := c.Lookup(code)
		require.True(t, ok)
		assert.Equal(t, code, e.Code)
		i, ok := c.Find(code)
		require.True(t, ok)
		assert.Same(t, e, c.At(i), "Find and Lookup lead to the same entry")
	}
	for _, code := range []uint32{1, 50127000, 1<<32 - 1} {
		_, ok := c.Lookup(code)
		assert.False(t, ok, "%d", code)
		_, ok = c.Find(code)
		assert.False(t, ok, "%d", code)
	}
}

func TestLookupAllocatesNothing(t *testing.T) {
	c := Embedded()
	assert.Zero(t, testing.AllocsPerRun(100, func() { c.Lookup(50126); c.Lookup(1) }))
}

func TestLookupName(t *testing.T) {
	e, ok := Embedded().LookupName("invalidusernameorpassword")
	require.True(t, ok)
	assert.EqualValues(t, 50126, e.Code)

	for _, name := range []string{"", "NoSuchName"} {
		_, ok := Embedded().LookupName(name)
		assert.False(t, ok, "%q", name)
	}
}

func TestLookupFormerName(t *testing.T) {
	for name, code := range map[string]uint32{"SelectUserAccount": 16000, "InvalidMultipleResroucesScope": 700022} {
		e, ok := Embedded().LookupName(name)
		require.True(t, ok, name)
		assert.Equal(t, code, e.Code)
	}
	for name, code := range formerNames {
		assert.Equal(t, strings.ToLower(name), name, "keys are in lower case")
		e, ok := Embedded().Lookup(code)
		require.True(t, ok, name)
		assert.NotEqual(t, name, strings.ToLower(e.Name), "%d has this name today", code)
	}

	c, err := Embedded().Overlay("f", strings.NewReader("code,name\n50053,SelectUserAccount\n"))
	require.NoError(t, err)
	e, ok := c.LookupName("SelectUserAccount")
	require.True(t, ok)
	assert.EqualValues(t, 50053, e.Code, "a name of the catalog comes before a former one")
}

func TestANameOfSeveralCodesIsNotFound(t *testing.T) {
	c, err := Embedded().Overlay("f", strings.NewReader("code,name\n50053,Twin\n50055,twin\n50057,TWIN\n"))
	require.NoError(t, err)
	_, ok := c.LookupName("Twin")
	assert.False(t, ok)
}

func TestParseCode(t *testing.T) {
	for text, want := range map[string]uint32{
		"0": 0, "50126": 50126, "AADSTS50126": 50126, "aadsts50126": 50126, "007": 7, "999999999": MaxCode,
	} {
		got, err := ParseCode(text)
		assert.NoError(t, err, "%q", text)
		assert.Equal(t, want, got, "%q", text)
	}
	for _, text := range []string{"", "AADSTS", "-1", "+1", "1000000000", "99999999999999999999", "50126.0", "5e4", "50 126",
		"AADSTS-1", "AADSTS50126:", "UserDisabled", "\x00", "１２"} {
		_, err := ParseCode(text)
		assert.ErrorContains(t, err, "must be a whole number", "%q", text)
	}
}

func TestWords(t *testing.T) {
	for _, s := range Severities() {
		got, err := ParseSeverity(strings.ToUpper(s.String()))
		assert.NoError(t, err)
		assert.Equal(t, s, got)
	}
	for _, o := range []Outcome{Success, Interrupt, Failure} {
		got, err := ParseOutcome(strings.ToUpper(o.String()))
		assert.NoError(t, err)
		assert.Equal(t, o, got)
	}
	for _, c := range Credentials() {
		got, err := ParseCredential(strings.ToUpper(c.String()))
		assert.NoError(t, err)
		assert.Equal(t, c, got)
		assert.NotEmpty(t, c.Meaning())
	}
	for _, s := range Sources() {
		got, err := ParseSource(strings.ToUpper(s.String()))
		assert.NoError(t, err)
		assert.Equal(t, s, got)
		assert.NotEmpty(t, s.Meaning())
	}
	for _, c := range Categories() {
		got, err := ParseCategory(strings.ToUpper(string(c.Name)))
		assert.NoError(t, err)
		assert.Equal(t, c.Name, got)
	}
	for _, word := range []string{"", "unknown", "highest", "urgent"} {
		_, err := ParseSeverity(word)
		assert.ErrorContains(t, err, "must be info", word)
		_, err = ParseOutcome(word)
		assert.ErrorContains(t, err, "must be success", word)
		_, err = ParseCategory(word)
		assert.ErrorContains(t, err, "must be one of success", word)
		_, err = ParseCredential(word)
		assert.ErrorContains(t, err, "must be accepted", word)
		_, err = ParseSource(word)
		assert.ErrorContains(t, err, "must be reference", word)
	}
}

func TestCategoriesAreAFewAndAllUsed(t *testing.T) {
	used := make(map[Category]int)
	for i := range Embedded().Len() {
		used[Embedded().At(i).Category]++
	}
	list := Categories()
	assert.LessOrEqual(t, len(list), 18)
	for _, c := range list {
		assert.NotZero(t, used[c.Name], "%s", c.Name)
		assert.Regexp(t, `^[A-Z].*\.$`, c.Definition)
	}
	list[0].Name = "changed"
	assert.EqualValues(t, "success", Categories()[0].Name, "callers get a list of their own")
}

func TestTechniques(t *testing.T) {
	e := Entry{Technique: "T1110.001 T1110.003"}
	assert.Equal(t, []string{"T1110.001", "T1110.003"}, e.Techniques())
	assert.Empty(t, (&Entry{}).Techniques())
}
