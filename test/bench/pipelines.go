package main

import (
	"path/filepath"
	"slices"
)

// A pipeline is tail, filters, and null or another output.
type pipeline struct {
	name    string
	base    string     // the pipeline without filters that its cost is over
	filters [][]string // the properties of each, "key value"
	object  string     // the shared object that one of them, or the output, is loaded from; "" for none
	output  []string   // the properties of an output that sends to the receiver; nil for null
	peer    string     // for our outputs: the pipeline with Fluent Bit's own
	adds    added
	chunk   string  // tail's buffer_chunk_size, before that of the options; "" for that
	parts   bool    // tail reads the records from several files, each with a tag of its own: see tagOfPart
	grows   growing // the zero value for a pipeline that is compared with others
}

// added is what the records of a pipeline must show in the check.
type added uint8

const (
	nothing  added = iota
	constant       // a description and a severity, the same for all
	lookedUp       // description and severity of the code, the same as ours
)

// Names that the report asks for.
const (
	none, noneUnparsed = "none", "none_unparsed"
	ours, oursUnparsed = "entra_signin", "entra_signin_unparsed"
	oursContext        = "entra_signin_context"
	lua, luaUnparsed   = "lua", "lua_unparsed"
	wasm               = "wasm"
	recordModifier     = "record_modifier"
	modify             = "modify"
	floor              = "floor"
	parserThenOurs     = "parser_then_entra"
)

// parsed tells whether tail parses the lines: unparsed ones arrive as JSON in the field "log".
func (l *pipeline) parsed() bool { return l.base != noneUnparsed }

// pipelines returns those that can run here, all or only some; those that the costs of others are over are always among them. The pipelines of
// growth run without any other.
func (p *peers) pipelines(only []string) []pipeline {
	if slices.Contains(only, growthRun) {
		return p.growth()
	}
	entra := []string{"name entra_signin"}
	script := func(file string) []string {
		return []string{"name lua", "script " + filepath.Join(p.dir, file), "call enrich"}
	}
	all := []pipeline{
		{name: none, base: none},
		{name: ours, base: none, filters: [][]string{entra}, object: p.object, adds: lookedUp},
		{name: oursContext, base: none, filters: [][]string{{"name entra_signin", "context on"}}, object: p.object}, // severities are not those of the code
		{name: lua, base: none, filters: [][]string{script("parsed.lua")}, adds: lookedUp},
		{name: wasm, base: none, adds: lookedUp, filters: [][]string{{
			"name wasm", "wasm_path " + p.wasm, "function_name enrich", "event_format json"}}},
		{name: recordModifier, base: none, adds: constant, filters: [][]string{{
			"name record_modifier", `record description "The sign-in succeeded."`, "record severity info"}}},
		{name: modify, base: none, adds: constant, filters: [][]string{{
			"name modify", `add description "The sign-in succeeded."`, "add severity info"}}},
		{name: floor, base: none, filters: [][]string{{"name entra_floor"}}, object: p.floor},
		{name: noneUnparsed, base: noneUnparsed},
		{name: oursUnparsed, base: noneUnparsed, filters: [][]string{entra}, object: p.object, adds: lookedUp},
		{name: luaUnparsed, base: noneUnparsed, filters: [][]string{script("unparsed.lua")}, adds: lookedUp},
		{name: parserThenOurs, base: noneUnparsed, object: p.object, adds: lookedUp, filters: [][]string{
			{"name parser", "key_name log", "parser entra_json"}, entra}},
	}
	all = append(all, p.outputs()...)
	return slices.DeleteFunc(all, func(l pipeline) bool {
		if l.name == wasm && p.wasm == "" {
			return true
		}
		return only != nil && l.name != none && l.name != noneUnparsed && l.name != outputsBase && !slices.Contains(only, l.name)
	})
}
