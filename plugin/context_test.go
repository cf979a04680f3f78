package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/plugin/settings"
)

// The rules of the user's are read at the start, watched as the catalog is, and counted.
func TestContextRules(t *testing.T) {
	s := settings.DefaultFilter()
	s.Engine.Context = true
	s.ContextRules = filepath.Join(t.TempDir(), "rules.csv")
	put := func(text string) { require.NoError(t, os.WriteFile(s.ContextRules, []byte(text), 0o644)) }
	put("rule,effect\nlegacy_client,off\n")
	require.NoError(t, check(s))
	e, err := newEnricher(s, nil)
	require.NoError(t, err)
	lines := drained(&e.lines)
	assert.Contains(t, lines[len(lines)-1].text, "Context is on: 26 rules can change the severity")

	_, content, err := settings.LoadRules(s.ContextRules)
	require.NoError(t, err)
	w := watchRules(s.ContextRules, content, e)
	severity := func() string {
		out, _, err := e.engine.EnrichJSON(nil, []byte(`{"status":{"errorCode":0},"clientAppUsed":"IMAP4"}`))
		require.NoError(t, err)
		return string(out)
	}
	assert.Contains(t, severity(), `"severity":"info"`)
	put("rule,effect\nlegacy_client,set high\n")
	w.look()
	assert.Contains(t, severity(), `"severity":"high"`)
	assert.Contains(t, drained(&e.lines)[0].text, "rules reloaded from "+s.ContextRules+": 27 rules")
	assert.Equal(t, map[string]uint64{"legacy_client": 1}, e.sample().Rules)

	put("rule,effect\nlegacy_client,loud\n")
	w.look()
	assert.Contains(t, severity(), `"severity":"high"`, "the last good rules stay")
	assert.Contains(t, drained(&e.lines)[0].text, "rules not reloaded; the last good version stays active: option Context_Rules: ")
	assert.ErrorContains(t, check(s), `rules.csv:2:15: effect "loud": use floor SEVERITY`)

	s.ContextRules = "no/such.csv"
	assert.ErrorContains(t, check(s), "option Context_Rules")
}
