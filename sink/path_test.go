package sink

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

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
		"nothing", nil,
	})
	for path, want := range map[string]string{
		"id":                          "one",
		"properties.id":               "two",
		"properties.status.errorCode": "50126",
		"properties.ok":               "true",
		"event.severity":              "dotted",
		"a.b.c":                       "half dotted",
		"a.b.d":                       "whole way",
	} {
		v, ok := find(body, path)
		assert.True(t, ok, path)
		text, ok := appendText(nil, v)
		assert.True(t, ok, path)
		assert.Equal(t, want, string(text), path)
	}
	for _, path := range []string{"ID", "i", "idx", "properties.i", "properties.id.x", "7", "", ".", "a.b.e", "properties."} {
		_, ok := find(body, path)
		assert.False(t, ok, path)
	}
	for _, path := range []string{"nothing", "properties", "a.b"} {
		v, _ := find(pack(pairs{"nothing", nil, "properties", pairs{}, "a", pairs{"b", []any{}}}), path)
		_, ok := appendText(nil, v)
		assert.False(t, ok, "%s has no text", path)
	}
}

func TestFindInDamagedRecords(t *testing.T) {
	body := pack(pairs{"a", pairs{"b", "value"}, "id", "here"})
	for n := range body {
		assert.NotPanics(t, func() { find(body[:n:n], "id") })
		assert.NotPanics(t, func() { find(body[:n:n], "a.b") })
	}
	_, ok := find(pack([]any{"id", 1}), "id")
	assert.False(t, ok, "an array has no keys")
}

func TestFindAllocatesNothing(t *testing.T) {
	body := signIn(1).Body
	assert.Zero(t, testing.AllocsPerRun(100, func() { find(body, "properties.status.errorCode") }))
}
