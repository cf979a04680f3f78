package sink

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAppendRecord(t *testing.T) {
	for _, c := range []struct {
		name, want string
		body       any
	}{
		{"time first", `{"@timestamp":"1970-01-01T00:00:01.000000002Z","a":1}`, pairs{"a", 1}},
		{"nothing but time", `{"@timestamp":"1970-01-01T00:00:01.000000002Z"}`, pairs{}},
		{"its own time stays", `{"a":1,"@timestamp":"then"}`, pairs{"a", 1, "@timestamp", "then"}},
		{"a time below is another", `{"@timestamp":"1970-01-01T00:00:01.000000002Z","a":{"@timestamp":1}}`,
			pairs{"a", pairs{"@timestamp", 1}}},
	} {
		line, err := appendRecord(nil, &Record{Sec: 1, Nsec: 2, Body: pack(c.body)})
		require.NoError(t, err, c.name)
		assert.Equal(t, c.want, string(line), c.name)
	}
	for name, body := range map[string][]byte{"array": pack([]any{}), "nothing": nil, "cut": {0x81, 0xa1}} {
		for _, format := range []appendLine{appendRecord, appendJSONLine, appendLogfmtLine} {
			line, err := format([]byte("before"), &Record{Body: body})
			require.Error(t, err, name)
			assert.Equal(t, "before", string(line), name)
		}
	}
}

func TestLogfmt(t *testing.T) {
	for _, c := range []struct {
		want string
		body pairs
	}{
		{`a=1 b=text c=true d=0.5`, pairs{"a", 1, "b", "text", "c", true, "d", 0.5}},
		{`a_b_c=1 a_d=2 e=3`, pairs{"a", pairs{"b", pairs{"c", 1}, "d", 2}, "e", 3}},
		{`a="two words" b="x=y" c="q\"q" d="" e="l\nl" f="\\"`, pairs{"a", "two words", "b", "x=y", "c", `q"q`, "d", "", "e", "l\nl", "f", `\`}},
		{"a=\"\uFFFD\" b=Zoë", pairs{"a", "\xff", "b", "Zoë"}},
		{`a="[1,\"b\"]" b=null c=null`, pairs{"a", []any{1, "b"}, "b", nil, "c", math.NaN()}},
		{`a_b=1 c_d=2 7=3`, pairs{"a b", 1, "c=d", 2, 7, 3}},
		{`b=1`, pairs{"a", pairs{}, "b", 1}},
		{`a="{\"type\":5,\"data\":\"AQ==\"}"`, pairs{"a", ext{5, []byte{1}}}},
	} {
		got, err := appendLogfmt(nil, pack(c.body), noLimit)
		require.NoError(t, err)
		assert.Equal(t, c.want, string(got))
	}
	line, err := appendLogfmtLine(nil, &Record{Sec: 1, Body: pack(pairs{"a", 1})})
	require.NoError(t, err)
	assert.Equal(t, "@timestamp=1970-01-01T00:00:01.000000000Z a=1\n", string(line))
	line, err = appendLogfmtLine(nil, &Record{Sec: 1, Body: pack(pairs{"@timestamp", "then"})})
	require.NoError(t, err)
	assert.Equal(t, "@timestamp=then\n", string(line))
}

func TestLogfmtDepth(t *testing.T) {
	deep := nested(100_000, []byte{0x81, 0xa1, 'a'}, []byte{0x01})
	got, err := appendLogfmt(nil, deep, noLimit)
	require.NoError(t, err)
	assert.Less(t, len(got), 1000)
}

func TestLogfmtAfterAnError(t *testing.T) {
	_, err := appendLogfmt(nil, []byte{0x82, 0xa1, 'a', 0x81, 0xa1, 'b', 0x01, 0xa1}, noLimit)
	require.Error(t, err)
	got, err := appendLogfmt(nil, pack(pairs{"c", 1}), noLimit)
	require.NoError(t, err)
	assert.Equal(t, "c=1", string(got), "nothing is left of the record before")
}
