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
		if o.Default != "" {
			require.NoError(t, o.Apply(o.Default))
		}
	}
	assert.Equal(t, want, f)
}

func TestIntervals(t *testing.T) {
	for name, c := range map[string]struct {
		of      func(*Filter) time.Duration
		good    map[string]time.Duration
		tooLess string
	}{
		"Catalog_Reload": {func(f *Filter) time.Duration { return f.CatalogReload },
			map[string]time.Duration{"0": 0, "30s": 30 * time.Second, "5": 5 * time.Second, "100ms": 100 * time.Millisecond}, "99ms"},
		"Stats_Interval": {func(f *Filter) time.Duration { return f.StatsInterval },
			map[string]time.Duration{"0": 0, "1h": time.Hour, "60": time.Minute, "1s": time.Second}, "999ms"},
	} {
		set := func(value string) (time.Duration, error) {
			f := DefaultFilter()
			list := f.List()
			i := slices.IndexFunc(list, func(o option.Option) bool { return o.Name == name })
			err := list[i].Apply(value)
			return c.of(&f), err
		}
		for value, want := range c.good {
			got, err := set(value)
			require.NoError(t, err, value)
			assert.Equal(t, want, got, value)
		}
		for _, value := range []string{"", "often", "-1s", "1ms", c.tooLess} {
			got, err := set(value)
			assert.ErrorContains(t, err, name, value)
			assert.Zero(t, got, value)
		}
	}
}

func TestMetricsListen(t *testing.T) {
	for value, want := range map[string]string{"off": "", "OFF": "", "": "", "2021": "127.0.0.1:2021", "0.0.0.0:2021": "0.0.0.0:2021"} {
		f := Filter{MetricsListen: "before"}
		require.NoError(t, f.metrics(value), value)
		assert.Equal(t, want, f.MetricsListen, value)
	}
	for _, value := range []string{"on", "0", "127.0.0.1", "1:2:3"} {
		f := DefaultFilter()
		assert.Error(t, f.metrics(value), value)
		assert.Empty(t, f.MetricsListen)
	}
}
