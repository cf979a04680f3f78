package main

import (
	"fmt"
	"strings"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/filter"
	"fluent-bit-entra-signin/internal/option"
)

// optionSets are the options of the filters. Together they reach all of the engine. The first three filters have the first three
// sets; the fourth filter has another one of the rest after each reload.
var optionSets = [][]string{
	{}, // and the catalog file, and the metrics
	{"Fields=" + strings.Join(filter.FieldNames, ","), "Prefix=entra_", "Context=on"},
	{"Schema=ecs", "Parse_Json=on"},
	{"Parse_Json=on", "Overwrite=off", "Envelope_Key=rest", "Time_From_Record=on"},
	{"Split=off", "Schema=ocsf", "Overwrite=off"},
	{"Code_Key=a,status.errorCode,properties.status.errorCode", "Json_Key=log,payload", "Parse_Json=on", "Fields=code,technique", "Description_Key=message"},
}

const filters = 4

// setOf returns the number of the option set that a filter has after a number of reloads.
func setOf(filter, reloads int) int {
	if filter < filters-1 {
		return filter
	}
	return filter + reloads%(len(optionSets)-filter)
}

// newEngine returns an engine, as the plugin uses one, with options written NAME=VALUE.
func newEngine(c *catalog.Catalog, options []string) (*filter.Engine, error) {
	o := filter.DefaultOptions()
	err := option.Apply(o.List(), func(name string) (string, bool) {
		for _, pair := range options {
			if key, value, _ := strings.Cut(pair, "="); strings.EqualFold(key, name) {
				return value, true
			}
		}
		return "", false
	})
	if err != nil {
		return nil, err
	}
	return filter.New(o, c)
}

// engines are one for each of optionSets, over the catalog that is built in.
func engines() (list []*filter.Engine, err error) {
	for _, options := range optionSets {
		e, err := newEngine(catalog.Embedded(), options)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, nil
}

// An enriched is the output of an engine for a chunk.
type enriched struct {
	bytes   []byte // the chunk itself where it is not changed
	changed bool
	records int
	damage  error
}

// enrich runs an engine in this process. A panic is a failure, too: the plugin survives it, but does not enrich the chunk.
func enrich(e *filter.Engine, chunk []byte) (x enriched, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the engine panics: %v", p)
		}
	}()
	r := e.Enrich(chunk[:len(chunk):len(chunk)])
	defer r.Release()
	x = enriched{bytes: chunk, changed: r.Changed, records: int(r.Counts.Records), damage: r.Err}
	if r.Changed {
		x.bytes = r.AppendTo(nil)
	}
	return x, nil
}
