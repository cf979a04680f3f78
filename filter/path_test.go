package filter

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParsePath(t *testing.T) {
	for text, want := range map[string][]string{
		"a":                 {"a"},
		"a.b.c":             {"a", "b", "c"},
		"a b.é":             {"a b", "é"},
		"a[0]":              {"a[0]"},
		"$a":                {"a"},
		"$a.b":              {"a.b"},
		"$a['b']":           {"a", "b"},
		`$a["b"]['c']`:      {"a", "b", "c"},
		"$['a.b']['c d']":   {"a.b", "c d"},
		"$a['b]'][\"c']\"]": {"a", "b]", "c']"},
		"1.2.3.4.5.6.7.8":   {"1", "2", "3", "4", "5", "6", "7", "8"},
	} {
		keys, err := parsePath(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, keys, text)
	}
	for _, text := range []string{
		"", ".", "a.", ".a", "a..b", "$", "$[]", "$['']", "$a['']", "$a[b]", "$a['b", "$a['b'", "$a['b\"]", "$a['b'].c", "$a['b']c", "$a[", "$a['", "1.2.3.4.5.6.7.8.9",
		strings.Repeat("a", 63),
	} {
		_, err := parsePath(text)
		require.Error(t, err, text)
		assert.Contains(t, err.Error(), `path "`)
	}
}

func TestGroupings(t *testing.T) {
	assert.Equal(t, [][]string{{"a"}}, groupings([]string{"a"}))
	assert.ElementsMatch(t, [][]string{{"a", "b", "c"}, {"a.b", "c"}, {"a", "b.c"}, {"a.b.c"}}, groupings([]string{"a", "b", "c"}))
	assert.Len(t, groupings(strings.Split("1.2.3.4.5.6.7.8", ".")), 128)
	half := strings.Repeat("k", 31)
	assert.Equal(t, [][]string{{half, half}}, groupings([]string{half, half}), "63 bytes are too long for a key")
}

func TestCodeKey(t *testing.T) {
	for name, c := range map[string]struct{ key, record, want string }{
		"a key":                          {"code", `{"code":50126}`, "50126"},
		"a path":                         {"result.code", `{"result":{"code":50126}}`, "50126"},
		"a path, dotted":                 {"result.code", `{"result.code":50126}`, "50126"},
		"a long path":                    {"a.b.c.d", `{"a.b":{"c":{"d":50126}}}`, "50126"},
		"accessor notation":              {"$result['code']", `{"result":{"code":"50126"}}`, "50126"},
		"a key with a dot":               {"$['result.code']", `{"result.code":50126}`, "50126"},
		"a key with a dot is one key":    {"$['result.code']", `{"result":{"code":50126}}`, ""},
		"several, in order":              {"b,a", `{"a":50126,"b":50053}`, "50053"},
		"several, the known one":         {"b,a", `{"a":50126,"b":4242}`, "50126"},
		"case matters":                   {"code", `{"Code":50126}`, ""},
		"text":                           {"msg", `{"msg":"failed with AADSTS50126."}`, "50126"},
		"0":                              {"code", `{"code":0}`, "0"},
		"unknown":                        {"code", `{"code":404}`, "404"},
		"whatever the record says":       {"code", `{"category":"AuditLogs","code":404}`, "404"},
		"not the built-in places then":   {"code", `{"status":{"errorCode":50126},"message":"AADSTS50126"}`, ""},
		"a built-in place":               {"resultType", `{"resultType":404}`, "404"},
		"a built-in place, another case": {"RESULTTYPE", `{"RESULTTYPE":404}`, "404"},
		"a map on the way is a string":   {"properties.x", `{"properties":"{\"x\":404}"}`, "404"},
		"in status as a string":          {"status.code", `{"status":"{\"code\":404}"}`, "404"},
		"a place with another role":      {"message", `{"message":50126}`, "50126"},
		"in a string":                    {"code", `{"log":"{\"code\":50126}"}`, "50126"},
		"in an envelope":                 {"records", `{"records":50126}`, "50126"},
	} {
		t.Run(name, func(t *testing.T) {
			e := engine(t, "Code_Key", c.key, "Fields", "code")
			want := c.record
			if c.want != "" {
				want = c.record[:len(c.record)-1] + `,"code":` + c.want + `}`
			}
			if c.key == "code" && strings.HasPrefix(c.record, `{"code"`) || strings.Contains(c.record, `,"code"`) { // the field is the place
				want = c.record
			}
			assert.Equal(t, want, enriched(t, e, c.record))
			assert.Equal(t, want, lineOf(t, e, c.record))
			_, r := enrich(t, e, eventOf(t, c.record))
			assert.Equal(t, c.want != "", r.Counts.NoCode == 0)
		})
	}
}

// Other roles of a key that Code_Key names still work: the reason for an unknown code, and marks.
func TestCodeKeyBesideBuiltInPlaces(t *testing.T) {
	e := engine(t, "Code_Key", "properties.code", "Time_From_Record", "on")
	out := enriched(t, e, `{"properties":{"code":404,"status":{"failureReason":"Odd."}}}`)
	assert.Contains(t, out, "The catalog has no entry for code 404; the record says: Odd.")
	out = enriched(t, e, `{"properties":"{\"code\":404,\"status\":{\"failureReason\":\"Odd.\"}}"}`)
	assert.Contains(t, out, "The catalog has no entry for code 404; the record says: Odd.")
}
