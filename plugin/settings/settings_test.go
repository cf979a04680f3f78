package settings

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/internal/option"
)

func lists() map[string][]option.Option {
	f, o := DefaultFilter(), DefaultOutput()
	return map[string][]option.Option{"filter": f.List(), "output": o.List()}
}

// What Fluent Bit keeps for itself never reaches a plugin, so an option of that name would do nothing.
func TestNamesAreFree(t *testing.T) {
	taken := []string{"name", "match", "match_regex", "alias", "log_level", "log_suppress_interval", "active", "condition",
		"host", "port", "ipv6", "retry_limit", "workers", "tls"}
	prefixes := []string{"tls.", "net.", "storage.", "oauth2", "_debug"}
	for face, list := range lists() {
		seen := map[string]bool{}
		for _, o := range list {
			name := strings.ToLower(o.Name)
			assert.NotContains(t, taken, name, face)
			assert.False(t, slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(name, p) }), o.Name)
			assert.False(t, seen[name], "%s: %s stands twice", face, o.Name)
			seen[name] = true
		}
	}
}

func TestDefaultsAreWhatTheHelpSays(t *testing.T) {
	for face, list := range lists() {
		for _, o := range list {
			if o.Default != "" {
				assert.NoError(t, o.Apply(o.Default), "%s: %s", face, o.Name)
			}
		}
	}
	f, want := DefaultFilter(), DefaultFilter()
	for _, o := range f.List() {
		if o.Default != "" && !strings.HasSuffix(o.Name, "_Key") {
			require.NoError(t, o.Apply(o.Default))
		}
	}
	assert.Equal(t, want, f)
}

func TestCatalogReload(t *testing.T) {
	for value, want := range map[string]time.Duration{"0": 0, "30s": 30 * time.Second, "5": 5 * time.Second, "100ms": 100 * time.Millisecond} {
		f := DefaultFilter()
		require.NoError(t, f.reload(value), value)
		assert.Equal(t, want, f.CatalogReload, value)
	}
	for _, value := range []string{"", "often", "-1s", "1ms", "99ms"} {
		f := DefaultFilter()
		assert.Error(t, f.reload(value), value)
		assert.Zero(t, f.CatalogReload, value)
	}
}
