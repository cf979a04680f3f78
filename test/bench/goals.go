package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// A goal is a number that is to be at most a limit.
type goal struct {
	what   string
	needs  []string // pipelines
	limit  float64
	strict bool // the limit itself is too much
	got    func(samples) float64
}

// costTo makes the measure of a goal: what we cost in multiples of what a peer costs.
func costTo(us, peer, base string) ([]string, func(samples) float64) {
	return []string{us, peer, base}, func(s samples) float64 { return s.cost(us, base) / s.cost(peer, base) }
}

func costGoal(what, us, peer, base string, limit float64) goal {
	needs, got := costTo(us, peer, base)
	return goal{what: what, needs: needs, limit: limit, got: got}
}

// allGoals are those that can be told from the pipelines; the Go benchmarks have others.
func allGoals() []goal {
	behindParser := costGoal("cost on unparsed lines, of that of Fluent Bit's parser and ours", oursUnparsed, parserThenOurs, noneUnparsed, 1)
	behindParser.strict = true
	return append([]goal{
		costGoal("cost, of Lua's", ours, lua, none, 1.0/5),
		costGoal("cost, of record_modifier's", ours, recordModifier, none, 0.75),
		costGoal("cost with the context on, of record_modifier's", oursContext, recordModifier, none, 1),
		costGoal("cost with the context on, of that without", oursContext, ours, none, 1.15),
		costGoal("cost, of modify's", ours, modify, none, 0.35),
		costGoal("cost, of the floor's", ours, floor, none, 1.6),
		costGoal("cost on unparsed lines, of Lua's", oursUnparsed, luaUnparsed, noneUnparsed, 1.0/5),
		behindParser,
		{what: "the whole pipeline, of that without filters", needs: []string{ours, none}, limit: 1.2,
			got: func(s samples) float64 { return s.cpu(ours) / s.cpu(none) }},
		{what: "peak memory over that without filters, MB", needs: []string{ours, none}, limit: 15,
			got: func(s samples) float64 { return (s.rss(ours) - s.rss(none)) / 1024 }},
	}, append(outputGoals(), growthGoals()...)...)
}

// verdict tells whether the goal is met; a measure that is no number, as of a peer that seems to cost nothing, meets none.
func (g *goal) verdict(s samples) (got float64, met bool) {
	got = g.got(s)
	if math.IsNaN(got) || math.IsInf(got, 0) {
		return got, false
	}
	return got, got < g.limit || got == g.limit && !g.strict
}

// goals has a line for each goal that the pipelines which ran can tell of.
func (r *report) goals() string {
	var b strings.Builder
	for _, g := range allGoals() {
		if slices.ContainsFunc(g.needs, func(name string) bool { return len(r.samples[name]) == 0 }) {
			continue
		}
		got, met := g.verdict(r.samples)
		word, sign := "missed", "<="
		if met {
			word = "met"
		}
		if g.strict {
			sign = "<"
		}
		fmt.Fprintf(&b, "%-6s  %6.2f %2s %5.2f  %s\n", word, got, sign, g.limit, g.what)
	}
	return b.String()
}
