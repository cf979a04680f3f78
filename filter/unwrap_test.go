package filter

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestStringsThatAreNotJSON(t *testing.T) {
	e := engine(t)
	for name, c := range map[string]struct {
		text      string
		malformed uint64
	}{
		"words":                     {`plain text`, 0},
		"nothing":                   {``, 0},
		"only space":                {"  \n", 0},
		"a number":                  {`50126`, 0},
		"a text":                    {`"50126"`, 0},
		"words in brackets":         {`[INFO] 50126`, 0},
		"a time in brackets":        {`[2026-03-02 09:07:13] x`, 0},
		"a list of numbers":         {`[50126]`, 0},
		"cut off":                   {`{"status":{"errorCode":50126`, 1},
		"more behind it":            {`{"resultType":"50126"} x`, 1},
		"two records":               {`{"resultType":"50126"}{"resultType":"50126"}`, 1},
		"one quote":                 {`{'resultType':'50126'}`, 1},
		"a comma too many":          {`{"resultType":"50126",}`, 1},
		"no closing bracket":        {`[{"resultType":"50126"}`, 1},
		"words in braces":           {`{main} AADSTS50126: x`, 1},
		"a break in a string":       {"{\"resultType\":\"50126\",\"a\":\"\n\"}", 1},
		"a number that is none":     {`{"resultType":"50126","n":01}`, 1},
		"nested 65 deep":            {`{"resultType":"50126","a":` + strings.Repeat("[", 64) + strings.Repeat("]", 64) + `}`, 1},
		"nested 65 deep, objects":   {`{"resultType":"50126","a":` + strings.Repeat(`{"a":`, 64) + "1" + strings.Repeat("}", 64) + `}`, 1},
		"brackets without an end":   {`{"resultType":"50126","a":` + strings.Repeat("[", 200_000), 1},
		"braces without an end":     {strings.Repeat(`{"a":`, 200_000), 1},
		"nested 200,000 deep":       {strings.Repeat(`{"a":`, 200_000) + "1" + strings.Repeat("}", 200_000), 1},
		"a list nested 200,000":     {`[{"a":` + strings.Repeat("[", 200_000) + strings.Repeat("]", 200_000) + "}]", 1},
		"no JSON in a string in it": {`{"payload":"{x"}`, 1},
	} {
		t.Run(name, func(t *testing.T) {
			record := `{"n":1,"log":` + quote(c.text) + `}`
			_, r := enrich(t, e, eventOf(t, record))
			assert.False(t, r.Changed)
			assert.Equal(t, Counts{Records: 1, NoCode: 1, Malformed: c.malformed}, r.Counts)
			out, counts, err := e.EnrichJSON(nil, []byte(record))
			require.NoError(t, err)
			assert.Equal(t, record+"\n", string(out))
			assert.Equal(t, Counts{Records: 1, NoCode: 1, Malformed: c.malformed}, counts)
		})
	}
}

func TestJSONOfEveryKindInAString(t *testing.T) {
	e := engine(t, "Fields", "code")
	for name, text := range map[string]string{
		"space about it":            " \t\r\n{ \"resultType\" : \"50126\" }\n",
		"nested 64 deep":            `{"resultType":"50126","a":` + strings.Repeat("[", 63) + strings.Repeat("]", 63) + `}`,
		"more than 64 side by side": `{"resultType":"50126","a":[` + strings.Repeat("[],", 100) + `[]]}`,
		"brackets in strings":       `{"resultType":"50126","a":"` + strings.Repeat("[", 100) + `\"{"}`,
		"escapes in a key":          `{"\u0072esultType":"50126"}`,
		"escapes in a value":        `{"resultType":"\u00350126"}`,
		"a NUL":                     `{"a":"\u0000","resultType":"50126"}`,
		"surrogates":                `{"a":"\ud83d\ude00","resultType":"50126"}`,
		"half a surrogate":          `{"a":"\ud83d","b":"\ude00","resultType":"50126"}`,
		"an empty key":              `{"":{"":1},"resultType":"50126"}`,
		"huge numbers":              `{"a":1e999,"b":-1e999,"c":123456789012345678901234567890,"resultType":"50126"}`,
		"an empty map and array":    `{"a":{},"b":[],"resultType":"50126"}`,
	} {
		t.Run(name, func(t *testing.T) {
			record := `{"log":` + quote(text) + `}`
			assert.Equal(t, record[:len(record)-1]+`,"code":50126}`, lineOf(t, e, record))
			assert.Equal(t, record[:len(record)-1]+`,"code":50126}`, enriched(t, e, record))
		})
	}
}

func TestJSONKey(t *testing.T) {
	const text = `"{\"resultType\":\"50126\"}"`
	for name, c := range map[string]struct {
		keys, record string
		want         bool
	}{
		"one of the default":         {"log,message,payload,body,event.original", `{"log":` + text + `}`, true},
		"another case":               {"log", `{"Log":` + text + `}`, true},
		"another key":                {"log", `{"raw":` + text + `}`, false},
		"its own":                    {"raw", `{"raw":` + text + `}`, true},
		"not the default then":       {"raw", `{"log":` + text + `}`, false},
		"a path":                     {"a.b", `{"a":{"b":` + text + `}}`, true},
		"a path, dotted":             {"a.b", `{"a.b":` + text + `}`, true},
		"accessor notation":          {"$a['b.c']", `{"a":{"b.c":` + text + `}}`, true},
		"none":                       {"", `{"log":` + text + `}`, false},
		"a map there":                {"log", `{"log":{"resultType":"50126"}}`, true},
		"one that is a place too":    {"resultDescription", `{"resultDescription":` + text + `}`, true},
		"inside a string of a place": {"properties.raw", `{"properties":` + quote(`{"raw":`+text+`}`) + `}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			want := c.record
			if c.want {
				want = plus(c.record, "Wrong password.", "medium")
			}
			for _, parse := range []string{"off", "on"} {
				e := engine(t, "Json_Key", c.keys, "Parse_Json", parse)
				if parse == "off" || !c.want {
					assert.Equal(t, want, enriched(t, e, c.record))
					assert.Equal(t, want, lineOf(t, e, c.record))
				} else {
					assert.Equal(t, strings.Replace(want, text, `{"resultType":"50126"}`, 1), enriched(t, e, c.record))
					assert.Equal(t, strings.Replace(want, text, `{"resultType":"50126"}`, 1), lineOf(t, e, c.record))
				}
			}
		})
	}
}

func TestParseJSON(t *testing.T) {
	const fields = `"description":"Wrong password.","severity":"medium"`
	inner := `{"z":9007199254740993,"a":[],"a":{"é":"\u00e9"},"resultType":"50126"}`
	for name, c := range map[string]struct {
		settings     []string
		record, want string
	}{
		"the record":                    {nil, `{"k":1,"log":` + quote(inner) + `,"n":2}`, `{"k":1,"log":{"z":9007199254740993,"a":[],"a":{"é":"é"},"resultType":"50126"},"n":2,` + fields + `}`},
		"a record that is no sign-in":   {nil, `{"log":"{\"level\":\"info\"}"}`, `{"log":{"level":"info"}}`},
		"beside a code of its own":      {nil, `{"resultType":"50126","message":"{\"a\":1}"}`, `{"resultType":"50126","message":{"a":1},` + fields + `}`},
		"two strings":                   {nil, `{"message":"{\"a\":1}","log":"{\"b\":2}"}`, `{"message":{"a":1},"log":{"b":2}}`},
		"two paths to one string":       {[]string{"Json_Key", "a.b,A.B,$['a']['b'],$['a.b']"}, `{"a":{"b":"{\"resultType\":\"50126\"}"}}`, `{"a":{"b":{"resultType":"50126"}},` + fields + `}`},
		"a list is no record":           {nil, `{"log":"[{\"a\":1}]"}`, `{"log":"[{\"a\":1}]"}`},
		"no JSON":                       {nil, `{"log":"{\"a\":"}`, `{"log":"{\"a\":"}`},
		"where a field is written over": {[]string{"Description_Key", "message"}, `{"message":"{\"resultType\":\"50126\"}"}`, `{"message":"Wrong password.","severity":"medium"}`},
		"inside what is written over":   {[]string{"Description_Key", "event"}, `{"event":{"original":"{\"resultType\":\"50126\"}"}}`, `{"event":"Wrong password.","severity":"medium"}`},
		"beside what is merged": {[]string{"Schema", "ecs", "Overwrite", "off"}, `{"event":{"original":"{\"resultType\":\"50126\"}","severity":1},"error":1,"log":1,"threat":1,"labels":1}`,
			`{"event":{"original":{"resultType":"50126"},"severity":1,"outcome":"failure","reason":"Wrong password."},"error":1,"log":1,"threat":1,"labels":1}`},
		"where a map is to be merged into": {[]string{"Schema", "ecs"}, `{"log":"{\"resultType\":\"50126\"}","event":1,"error":1,"threat":1,"labels":1}`, `{"log":{"resultType":"50126"},"event":1,"error":1,"threat":1,"labels":1}`},
		"an envelope is split first":       {nil, `{"log":` + quote(`{"records":[{"resultType":"50126"}]}`) + `,"message":"{\"a\":1}"}`, `{"resultType":"50126",` + fields + `,"message":{"a":1}}`},
		"inside a record of an envelope":   {nil, `{"records":[{"message":"{\"resultType\":\"50126\"}"}]}`, `{"message":{"resultType":"50126"},` + fields + `}`},
	} {
		t.Run(name, func(t *testing.T) {
			e := engine(t, append(c.settings, "Parse_Json", "on")...)
			assert.Equal(t, c.want, enriched(t, e, c.record))
			assert.Equal(t, c.want, enriched(t, e, c.want), "a second time changes nothing")
			line := lineOf(t, e, c.record)
			assert.JSONEq(t, c.want, line)
			assert.NotContains(t, line, "\n")
		})
	}
}

func TestParseJSONOfSeveralLines(t *testing.T) {
	e := engine(t, "Parse_Json", "on")
	record := `{"log":` + quote("{\n  \"resultType\": \"50126\"\n}\n") + `}`
	assert.Equal(t, `{"log":{"resultType":"50126"},"description":"Wrong password.","severity":"medium"}`, lineOf(t, e, record))
	assert.Equal(t, `{"log":{"resultType":"50126"},"description":"Wrong password.","severity":"medium"}`, enriched(t, e, record))
}

func TestLooksLikeJSON(t *testing.T) {
	for _, s := range []string{`{`, ` {"a"`, "\n\t\r [ {", `[{`, `{main}`} {
		assert.True(t, looksLikeJSON(s), s)
	}
	for _, s := range []string{``, ` `, `[`, `[[{`, `[1`, `["`, `[INFO]`, `x{`, `"{"`, `[]`} {
		assert.False(t, looksLikeJSON(s), s)
	}
}
