package filter

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEnrichJSON(t *testing.T) {
	const fields = `"description":"Wrong password.","severity":"medium"}`
	for name, c := range map[string]struct{ record, want string }{
		"space inside stays":         {`{ "a" : [ 1 , 2 ] , "resultType" : "50126" }`, `{ "a" : [ 1 , 2 ] , "resultType" : "50126" ,` + fields},
		"space about it goes":        {" \t{\"resultType\":\"50126\"}\r\n", `{"resultType":"50126",` + fields},
		"several lines become one":   {"{\n  \"a\": \"x\\ny\",\n  \"resultType\": \"50126\"\n}", `{"a":"x\ny","resultType":"50126",` + fields},
		"numbers stay as written":    {`{"a":1.50e+01,"b":-0,"c":18446744073709551616,"resultType":"50126"}`, `{"a":1.50e+01,"b":-0,"c":18446744073709551616,"resultType":"50126",` + fields},
		"escapes stay as written":    {`{"\u0061":"\/\u0000\ud83d","resultType":"50126"}`, `{"\u0061":"\/\u0000\ud83d","resultType":"50126",` + fields},
		"bytes that are no UTF-8":    {"{\"a\":\"\xff\",\"resultType\":\"50126\"}", "{\"a\":\"\xff\",\"resultType\":\"50126\"," + fields},
		"an escaped key is replaced": {`{"\u0064escription":1,"resultType":"50126"}`, `{"\u0064escription":"Wrong password.","resultType":"50126","severity":"medium"}`},
		"nothing to add":             {`{ "a" : 1 }`, `{ "a" : 1 }`},
		"empty":                      {`{}`, `{}`},
		"empty with space":           {`{ }`, `{ }`},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, lineOf(t, engine(t), c.record))
		})
	}
}

func TestEnrichJSONAppends(t *testing.T) {
	out, counts, err := engine(t).EnrichJSON([]byte("before\n"), []byte(`{"resultType":"50126"}`))
	require.NoError(t, err)
	assert.Equal(t, "before\n"+plus(`{"resultType":"50126"}`, "Wrong password.", "medium")+"\n", string(out))
	assert.Equal(t, Counts{Records: 1, Matched: 1}, bare(counts))
}

func TestEnrichJSONOfSomethingElse(t *testing.T) {
	e := engine(t)
	for _, text := range []string{
		``, ` `, `plain text`, `  indented`, `[]`, `[{"resultType":"50126"}]`, `"x"`, `1`, `null`, `{`, `{"a":}`, `{"a":1}}`, `{"a":1} {"b":2}`,
		strings.Repeat(`{"a":`, 65) + "1" + strings.Repeat("}", 65), "\x00", "\xef\xbb\xbf{}",
	} {
		out, counts, err := e.EnrichJSON([]byte("x"), []byte(text))
		require.ErrorIs(t, err, ErrNotJSON, text)
		assert.Equal(t, "x"+text+"\n", string(out), "it is passed on as it is")
		assert.Equal(t, Counts{Records: 1, NoCode: 1, Malformed: 1}, counts)
	}
	out, _, err := e.EnrichJSON(nil, []byte("a line\r\n"))
	require.Error(t, err)
	assert.Equal(t, "a line\n", string(out))
}

func TestEnrichJSONCounts(t *testing.T) {
	e := engine(t)
	for _, record := range []string{`{"resultType":"50126"}`, `{"a":1}`, `x`, `{"records":[{"resultType":"50126"},{"status":{"errorCode":4242}}]}`} {
		_, _, _ = e.EnrichJSON(nil, []byte(record))
	}
	assert.Equal(t, Counts{Records: 5, Matched: 2, Unknown: 1, NoCode: 2, Malformed: 1, Split: 1}, bare(e.Stats()))
}

// What a catalog holds comes out as JSON whatever it is.
func TestAwkwardWords(t *testing.T) {
	description := "a\"b\\c\nd\te\x01f\u2028g<h>&\xff"
	line := jsonEncoding{}.mapping(nil, jsonEncoding{}.pair(nil, description, jsonEncoding{}.value(nil, description)), 1)
	var got map[string]string
	require.NoError(t, json.Unmarshal(line, &got))
	want := strings.ToValidUTF8(description, "\ufffd")
	assert.Equal(t, map[string]string{want: want}, got)
}
