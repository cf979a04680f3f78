package main

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// ideal are rounds that meet every goal.
func ideal() samples {
	s := samples{
		none: took(40_000, 150), ours: took(50_000, 180), lua: took(40_000, 350), wasm: took(40_000, 300),
		recordModifier: took(40_000, 200), modify: took(40_000, 250), floor: took(40_000, 171),
		oursContext: took(40_000, 184), noneUnparsed: took(40_000, 60), oursUnparsed: took(40_000, 90), luaUnparsed: took(40_000, 220), parserThenOurs: took(40_000, 170),
		outputsBase: took(40_000, 180),
	}
	for _, l := range (&peers{}).growth() {
		s[l.name] = took(40_000, 150)
		if l.name != l.base {
			s[l.name] = took(50_000, 180)
		}
	}
	for _, o := range []string{esOwn, lokiOwn, httpOwn} {
		s[o], s[o+slow] = took(50_000, 380), took(50_000, 380)
	}
	for _, o := range []string{esOurs, lokiOurs, httpOurs} {
		s[o], s[o+slow] = took(50_000, 230), took(50_000, 230)
	}
	return s
}

func verdictOf(t *testing.T, s samples, what string) (float64, bool) {
	t.Helper()
	for _, g := range allGoals() {
		if g.what == what {
			return g.verdict(s)
		}
	}
	require.Fail(t, "no such goal", what)
	return 0, false
}

func TestAllGoalsCanBeMet(t *testing.T) {
	for _, g := range allGoals() {
		got, met := g.verdict(ideal())
		assert.True(t, met, "%s: %v", g.what, got)
	}
}

func TestAllGoalsCanBeMissed(t *testing.T) {
	s := ideal()
	s[ours], s[oursContext], s[oursUnparsed] = took(90_000, 400), took(90_000, 450), took(90_000, 400)
	for _, o := range []string{esOurs, lokiOurs, httpOurs} {
		s[o], s[o+slow] = took(90_000, 400), took(90_000, 400)
	}
	for _, l := range (&peers{}).growth() {
		if l.grows.size > 1 {
			s[l.name] = took(90_000, 400)
		}
	}
	s["entra_signin_chunk_10"] = took(50_000, 180)
	for _, g := range allGoals() {
		got, met := g.verdict(s)
		assert.False(t, met, "%s: %v", g.what, got)
	}
}

func TestGoalsAreOverThePipelineWithoutFilters(t *testing.T) {
	got, met := verdictOf(t, ideal(), "cost, of Lua's")
	assert.InDelta(t, 0.15, got, 1e-9)
	assert.True(t, met)
	got, _ = verdictOf(t, ideal(), "cost on unparsed lines, of Lua's")
	assert.InDelta(t, 30.0/160, got, 1e-9)
}

func TestAtMostAndLessThan(t *testing.T) {
	g := goal{limit: 1, got: func(samples) float64 { return 1 }}
	_, met := g.verdict(nil)
	assert.True(t, met)
	g.strict = true
	_, met = g.verdict(nil)
	assert.False(t, met)
}

func TestWhatCannotBeMeasuredIsNotMet(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		g := goal{limit: 1, got: func(samples) float64 { return v }}
		_, met := g.verdict(nil)
		assert.False(t, met)
	}
}

func TestGoalsOfPipelinesThatDidNotRunAreLeftOut(t *testing.T) {
	s := ideal()
	delete(s, lua)
	text := (&report{samples: s}).goals()
	assert.NotContains(t, text, "cost, of Lua's")
	assert.Contains(t, text, "met       0.60 <=  0.75  cost, of record_modifier's\n")
	assert.NotContains(t, text, "missed")
}
