package sink

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/internal/keypath"
)

func parsed(t *testing.T, path string) keypath.Path {
	t.Helper()
	p, err := keypath.Parse(path)
	require.NoError(t, err)
	return p
}

func TestFind(t *testing.T) {
	body := pack(pairs{
		"id", "one",
		[]any{"id", pairs{"x", 1}}, "behind a key that is an array",
		7, "seven",
		"properties", "not a map",
		"properties", pairs{"id", "two", "status", pairs{"errorCode", 50126}, "ok", true},
		"event.severity", "dotted",
		"a.b", pairs{"c", "half dotted"},
		"a", pairs{"b", pairs{"d", "whole way"}},
		"x.y", pairs{"z", "a dot in one key"},
		"list", []any{"zero", pairs{"k", "one"}, []any{"two"}},
		"odd key, [0]", pairs{"it's", "odd"},
		"nothing", nil,
	})
	for path, want := range map[string]string{
		"id":                             "one",
		"properties.id":                  "two",
		"properties.status.errorCode":    "50126",
		"properties.ok":                  "true",
		"event.severity":                 "dotted",
		"a.b.c":                          "half dotted",
		"a.b.d":                          "whole way",
		"$id":                            "one",
		"$properties['id']":              "two",
		`properties["status"].errorCode`: "50126",
		"['x.y'].z":                      "a dot in one key",
		"list[0]":                        "zero",
		"list[1].k":                      "one",
		"list[2][0]":                     "two",
		`['odd key, [0]']["it's"]`:       "odd",
	} {
		v, ok := find(body, parsed(t, path))
		assert.True(t, ok, path)
		text, ok := appendText(nil, &v)
		assert.True(t, ok, path)
		assert.Equal(t, want, string(text), path)
	}
	for _, path := range []string{"ID", "i", "idx", "properties.i", "properties.id.x", "7", "a.b.e", "properties.i.d",
		"['a.b'].d", "['a.b.d']", "list[3]", "list[0][0]", "list.k", "id[0]", "properties[0]"} {
		_, ok := find(body, parsed(t, path))
		assert.False(t, ok, path)
	}
	for _, path := range []string{"nothing", "properties", "a.b"} {
		v, _ := find(pack(pairs{"nothing", nil, "properties", pairs{}, "a", pairs{"b", []any{}}}), parsed(t, path))
		_, ok := appendText(nil, &v)
		assert.False(t, ok, "%s has no text", path)
	}
}

func TestFindInDamagedRecords(t *testing.T) {
	body := pack(pairs{"a", pairs{"b", "value"}, "list", []any{1, "x", pairs{"k", "v"}}, "id", "here"})
	for n := range body {
		assert.NotPanics(t, func() { find(body[:n:n], keypath.Keys("id")) })
		assert.NotPanics(t, func() { find(body[:n:n], keypath.Keys("a", "b")) })
		assert.NotPanics(t, func() { find(body[:n:n], append(keypath.Keys("list"), keypath.Step{Index: 2}, keypath.Step{Key: "k"})) })
	}
	_, ok := find(pack([]any{"id", 1}), keypath.Keys("id"))
	assert.False(t, ok, "an array has no keys")
}

func TestFindAllocatesNothing(t *testing.T) {
	body := signIn(1).Body
	path := parsed(t, "properties.status.errorCode")
	assert.Zero(t, testing.AllocsPerRun(100, func() { find(body, path) }))
}
