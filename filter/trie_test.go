package filter

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/internal/keypath"
)

func at(fold bool, rule int, keys ...string) leaf {
	return leaf{path: keypath.Keys(keys...), fold: fold, rules: 1 << rule, field: -1}
}

func TestTrie(t *testing.T) {
	root := newTrie([]leaf{
		at(true, 0, "status", "errorCode"),
		at(false, 1, "Status", "code"),
		at(true, 2, "resultType"),
		at(false, 3, "resultType"),
		{path: keypath.Keys("status"), fold: true, field: -1, text: true},
		{path: keypath.Keys("status"), field: 4},
		{path: keypath.Keys("status", "severity"), field: 5},
	})
	assert.Nil(t, root.child("nothing"))
	assert.Nil(t, root.child(""))
	assert.Nil(t, root.child(strings.Repeat("x", 1000)))

	anyCase := root.child("STATUS")
	require.NotNil(t, anyCase)
	assert.Equal(t, int8(-1), anyCase.field)
	assert.True(t, anyCase.text)
	assert.Equal(t, uint64(1<<0), anyCase.child("ErrorCode").rules)
	assert.Nil(t, anyCase.child("code"))
	assert.Nil(t, anyCase.child("severity"))

	upper := root.child("Status")
	assert.Equal(t, uint64(1<<0), upper.child("errorcode").rules, "an exact key leads where the key in any case leads")
	assert.Equal(t, uint64(1<<1), upper.child("code").rules)
	assert.Nil(t, upper.child("Code"))
	assert.True(t, upper.text)

	lower := root.child("status")
	assert.Equal(t, int8(4), lower.field)
	assert.Equal(t, int8(5), lower.child("severity").field)
	assert.Equal(t, uint64(1<<0), lower.child("errorCode").rules)
	assert.True(t, lower.text)

	assert.Equal(t, uint64(1<<2|1<<3), root.child("resultType").rules)
	assert.Equal(t, uint64(1<<2), root.child("ResultType").rules)
}

// Whatever the order in which leaves are given, the trie answers the same.
func TestTrieOfAnyOrder(t *testing.T) {
	leaves := []leaf{at(true, 0, "a", "b"), at(false, 1, "A", "b"), at(false, 2, "a", "B"), at(true, 3, "A"), {path: keypath.Keys("a"), field: 2}}
	for i := range leaves {
		rotated := append(append([]leaf(nil), leaves[i:]...), leaves[:i]...)
		root := newTrie(rotated)
		assert.Equal(t, uint64(1<<3), root.child("A").rules)
		assert.Equal(t, uint64(1<<0|1<<1), root.child("A").child("b").rules)
		assert.Equal(t, uint64(1<<0), root.child("A").child("B").rules)
		assert.Equal(t, uint64(1<<0|1<<2), root.child("a").child("B").rules)
		assert.Equal(t, int8(2), root.child("a").field)
		assert.Equal(t, int8(-1), root.child("A").field)
	}
}

func TestTrieHoldsManyKeys(t *testing.T) {
	var leaves []leaf
	for i := range 600 {
		leaves = append(leaves, at(true, i%maxRules, "key"+strings.Repeat("x", i%50)+string(rune('A'+i/50))))
	}
	root := newTrie(leaves)
	for _, s := range leaves {
		n := root.child(s.path[0].Key)
		require.NotNil(t, n, s.path[0])
		require.Equal(t, s.rules, n.rules, s.path[0])
	}
	require.Nil(t, root.child("keyxx"))
}

func TestEqualFold(t *testing.T) {
	assert.True(t, equalFold("ResultType", "resulttype"))
	assert.False(t, equalFold("ResultTypo", "resulttype"))
	assert.False(t, equalFold("@", "`"), "@ is not an upper-case `")
	assert.False(t, equalFold("\xc3\x89", "\xc3\xa9"), "letters beyond ASCII are what they are")
}

func TestParsePath(t *testing.T) {
	path, err := parsePath("$a['b.c'][1]")
	require.NoError(t, err)
	assert.Equal(t, keypath.Path{{Key: "a"}, {Key: "b.c"}, {Index: 1}}, path)
	_, err = parsePath("a[")
	require.ErrorContains(t, err, "a bracket is not closed")
	long := strings.Repeat("k", maxKey+1)
	_, err = parsePath("a." + long)
	require.ErrorContains(t, err, `path "a.`+long+`": the key "`+long+`" has 63 bytes; at most 62 are allowed`)
}

func TestGroupings(t *testing.T) {
	keys := keypath.Keys
	assert.Equal(t, []keypath.Path{keys("a")}, groupings(keys("a")))
	assert.ElementsMatch(t, []keypath.Path{keys("a", "b", "c"), keys("a.b", "c"), keys("a", "b.c"), keys("a.b.c")}, groupings(keys("a", "b", "c")))
	assert.Len(t, groupings(keys("1", "2", "3", "4", "5", "6", "7", "8")), 128)
	half := strings.Repeat("k", 31)
	assert.Equal(t, []keypath.Path{keys(half, half)}, groupings(keys(half, half)), "63 bytes are too long for a key")
	indexed := func(key string) keypath.Path { return keypath.Path{{Key: key}, {Index: 2}, {Key: "c"}} }
	assert.ElementsMatch(t, []keypath.Path{append(keys("a"), indexed("b")...), indexed("a.b")}, groupings(append(keys("a"), indexed("b")...)),
		"a place in a list is no part of a key")
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
		"another case":                   {"code", `{"Code":50126}`, "50126"},
		"another case on the way":        {"status.errorCode", `{"Status":{"ERRORCODE":50126}}`, "50126"},
		"another case, dotted":           {"status.errorCode", `{"Status.ErrorCode":50126}`, "50126"},
		"another case, as a string":      {"properties.x", `{"Properties":"{\"X\":404}"}`, "404"},
		"as named before another case":   {"x.Kode", `{"x":{"kode":404,"Kode":50053}}`, "50053"},
		"as named, the other way round":  {"x.Kode", `{"x":{"Kode":50053,"kode":50126}}`, "50053"},
		"as named, though unknown":       {"x.Kode", `{"x":{"kode":50126,"Kode":404}}`, "404"},
		"as named on the way":            {"x.Kode", `{"X":{"Kode":50126},"x":{"Kode":404}}`, "404"},
		"as named, but empty":            {"x.Kode", `{"x":{"Kode":null,"kode":50126}}`, "50126"},
		"as named, but empty, behind":    {"x.Kode", `{"x":{"kode":50126,"Kode":""}}`, "50126"},
		"as named twice":                 {"x.Kode", `{"x":{"kode":404,"Kode":50126,"Kode":50053}}`, "50126"},
		"with $":                         {"$status.errorCode", `{"status":{"errorCode":50126}}`, "50126"},
		"with $, dotted":                 {"$result.code", `{"result.code":50126}`, "50126"},
		"an element":                     {"codes[1]", `{"codes":[404,50126]}`, "50126"},
		"the first element":              {"error_codes[0]", `{"error_codes":[50126,404]}`, "50126"},
		"beyond the list":                {"codes[2]", `{"codes":[404,50126]}`, ""},
		"in an empty list":               {"codes[0]", `{"codes":[]}`, ""},
		"an element of what is no list":  {"codes[0]", `{"codes":50126}`, ""},
		"an element of a map":            {"codes[0]", `{"codes":{"0":50126}}`, ""},
		"several elements":               {"codes[2],codes[0]", `{"codes":[404,0,50126,1]}`, "50126"},
		"a key in an element":            {"steps[1].result['code']", `{"steps":[{"result":{"code":404}},{"Result":{"code":50126}}]}`, "50126"},
		"an element of an element":       {"a[1][0]", `{"a":[404,[50126]]}`, "50126"},
		"a list and a map":               {"a[0],a.b", `{"a":{"b":50126}}`, "50126"},
		"an element in a string":         {"code[0].x", `{"log":"{\"code\":[{\"x\":50126}]}"}`, "50126"},
		"an element in status":           {"status.codes[1]", `{"status":"{\"codes\":[ 1 , 50126 ]}"}`, "50126"},
		"a key of any characters":        {"$['Sign-in error code']", `{"Sign-in error code":50126}`, "50126"},
		"a key with a comma":             {`["a, b"].c`, `{"a, b":{"c":50126}}`, "50126"},
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
			e := engine(t, "Code_Key", c.key, "Fields", "code", "Prefix", "our_")
			want := c.record
			if c.want != "" {
				want = c.record[:len(c.record)-1] + `,"our_code":` + c.want + `}`
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
