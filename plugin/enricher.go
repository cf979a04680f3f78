package main

import (
	"time"

	"fluent-bit-entra-signin/filter"
	"fluent-bit-entra-signin/plugin/settings"
)

// enricher is what a filter and an output have in common: an engine, the watch over its catalog and what there is to say.
// Each instance has one of its own. enrich may run on several threads at once.
type enricher struct {
	engine *filter.Engine
	lines  lines
	report report
	watch  *watch // nil without Catalog_Reload
}

// check finds what is wrong with settings and keeps nothing.
func check(s settings.Filter) error {
	c, _, err := settings.LoadCatalog(s.Catalog)
	if err == nil {
		_, err = filter.New(s.Engine, c)
	}
	return err
}

func newEnricher(s settings.Filter) (*enricher, error) {
	c, content, err := settings.LoadCatalog(s.Catalog)
	if err != nil {
		return nil, err
	}
	e := &enricher{}
	if e.engine, err = filter.New(s.Engine, c); err != nil {
		return nil, err
	}
	e.lines.add(levelInfo, "version %s, %d codes in the catalog", version, c.Len())
	if s.Catalog != "" && s.CatalogReload > 0 {
		e.watch = startWatch(s, content, e.engine.SetCatalog, &e.lines)
	}
	return e, nil
}

// enrich runs the engine over a chunk and notes what there is to say about it; rest says what the caller does with events
// behind damage. The caller releases the result.
func (e *enricher) enrich(chunk []byte, rest string) *filter.Result {
	inject("enrich", chunk)
	r := e.engine.Enrich(chunk)
	if r.Err != nil {
		e.report.damaged(&e.lines, r.Err, rest, time.Now())
	}
	if len(r.Unknown) > 0 {
		e.report.unknown(&e.lines, r.Unknown)
	}
	return r
}

// stop ends what runs for the instance.
func (e *enricher) stop() {
	if e.watch != nil {
		e.watch.stop()
	}
}
