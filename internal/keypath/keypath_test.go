package keypath

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func at(index int) Step { return Step{Index: index} }

func TestParse(t *testing.T) {
	for text, want := range map[string]Path{
		"a":                       Keys("a"),
		"a.b.é":                   Keys("a", "b", "é"),
		"$a":                      Keys("a"),
		"$status.errorCode":       Keys("status", "errorCode"),
		"@timestamp":              Keys("@timestamp"),
		"$schema":                 Keys("schema"),
		"$$schema":                Keys("$schema"),
		"a.kubernetes_io/name":    Keys("a", "kubernetes_io/name"),
		"a[0]":                    {{Key: "a"}, at(0)},
		"a[1][2].b[9999]['c']":    {{Key: "a"}, at(1), at(2), {Key: "b"}, at(9999), {Key: "c"}},
		"a['b'].c":                Keys("a", "b", "c"),
		"$properties['x']":        Keys("properties", "x"),
		`$a["b"]['c']`:            Keys("a", "b", "c"),
		"['a.b']['c d']":          Keys("a.b", "c d"),
		"$['Sign-in error code']": Keys("Sign-in error code"),
		"['a, b']":                Keys("a, b"),
		"$a['b]'][\"c']\"]":       Keys("a", "b]", "c']"),
		"['0']":                   Keys("0"),
		"['/a']":                  Keys("/a"),
		"1.2.3.4.5.6.7.8":         Keys("1", "2", "3", "4", "5", "6", "7", "8"),
	} {
		p, err := Parse(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, p, text)
		again, err := Parse(p.String())
		require.NoError(t, err, p.String())
		assert.Equal(t, want, again, p.String())
	}
}

// A path that can match nothing is refused, with what is wrong and what a path looks like.
func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                       "no key is named",
		"$":                      "no key is named",
		".":                      "a key is empty",
		"a.":                     "a key is empty",
		".a":                     "a key is empty",
		"$.a":                    "a key is empty",
		"a..b":                   "a key is empty",
		"a.[0]":                  "a key is empty",
		"a['']":                  "a key is empty",
		"status[":                "a bracket is not closed",
		"a['b'":                  "a bracket is not closed",
		"a['b\"]":                "a bracket is not closed",
		"a['":                    "a bracket is not closed",
		"a[]":                    `"[]" is neither a place in a list nor a key in quotation marks`,
		"a[b]":                   `"[b]" is neither`,
		"a[*]":                   `"[*]" is neither`,
		"a[-1]":                  `"[-1]" is neither`,
		"a[+1]":                  `"[+1]" is neither`,
		"a[99999999999]":         `"[99999999999]" is neither`,
		"a[10000]":               "[10000] is beyond the place 9999",
		"a]":                     `"]" stands outside of brackets`,
		"Sign-in code":           `" " stands outside of brackets`,
		`"code"`:                 `"\"" stands outside of brackets`,
		"user's":                 `"'" stands outside of brackets`,
		"a,b":                    `"," stands outside of brackets`,
		"a['b']c":                "neither a dot nor a bracket",
		"[0]":                    "a record is a map",
		"$[0].a":                 "a record is a map",
		"/status/errorCode":      "between slashes, not dots",
		"1.2.3.4.5.6.7.8.9":      "more than 8 steps",
		strings.Repeat("a", 256): "a key has 256 bytes, more than the 255",
	} {
		_, err := Parse(text)
		require.ErrorContains(t, err, want, text)
		assert.ErrorContains(t, err, "path ")
		assert.ErrorContains(t, err, "write a path such as status.errorCode, error_codes[0] or ['odd key'].code")
	}
}

// Separators inside brackets and quotation marks separate nothing, and what is not closed stays in one piece for Parse to refuse.
func TestSplit(t *testing.T) {
	for list, want := range map[string][]string{
		"":                          {},
		" , ":                       {},
		"a":                         {"a"},
		" a.b,\t$c['d'] e[0]\n":     {"a.b", "$c['d']", "e[0]"},
		"$['a, b'],c":               {"$['a, b']", "c"},
		`["a ' b"], ['c " d']`:      {`["a ' b"]`, `['c " d']`},
		"a['b]'], c":                {"a['b]']", "c"},
		"a[, b":                     {"a[, b"},
		"a['b, c":                   {"a['b, c"},
		`"Sign-in error code", b`:   {`"Sign-in error code"`, "b"},
		"user's, b":                 {"user's, b"},
		"$['Sign-in error code'].x": {"$['Sign-in error code'].x"},
	} {
		assert.Equal(t, want, Split(list), list)
	}
}

func TestParseAll(t *testing.T) {
	paths, err := ParseAll([]string{"a.b", "c[0]"})
	require.NoError(t, err)
	assert.Equal(t, []Path{Keys("a", "b"), {{Key: "c"}, at(0)}}, paths)
	_, err = ParseAll([]string{"a", "b["})
	assert.ErrorContains(t, err, `path "b["`)
}

// What is read and written again is the same path, and every path comes out of a list as it went in.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"a.b[0]['c d']", "$", "$$a", "['/']", `["']"]`, "a['b", "[", "a]", "é.ü", "a[00]", "\xff"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Parse(text)
		if err != nil {
			require.NotContains(t, err.Error(), "\n")
			return
		}
		again, err := Parse(p.String())
		require.NoError(t, err)
		require.Equal(t, p, again)
		require.Equal(t, []string{p.String(), "x"}, Split(p.String()+", x"))
	})
}
