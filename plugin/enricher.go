package main

import (
	"context"
	"fmt"
	"time"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/catalog/rules"
	"fluent-bit-entra-signin/filter"
	"fluent-bit-entra-signin/internal/throttle"
	"fluent-bit-entra-signin/internal/version"
	"fluent-bit-entra-signin/plugin/settings"
	"fluent-bit-entra-signin/sink"
)

// An enricher is an instance without its ties to the host: an engine, the delivery of an output, the watch of the catalog file and
// the waiting log lines. Each instance has its own enricher. enrich may run on several threads at once.
type enricher struct {
	engine   *filter.Engine
	delivery *sink.Delivery // nil in a filter
	sink     string         // the kind of sink
	lines    lines
	report   *report
	noMatch  noMatch
	stats    *throttle.Limiter // nil without Stats_Interval
	meter    meter
	unserve  func()   // nil if no metrics are served
	watches  []*watch // of the catalog and of the rules, with Catalog_Reload
}

// check reports what is wrong with settings. It keeps nothing.
func check(s settings.Filter) error {
	_, _, err := settings.LoadCatalog(s.Catalog)
	if err == nil && s.ContextRules != "" {
		_, _, err = settings.LoadRules(s.ContextRules)
	}
	if err == nil {
		err = s.Engine.Check()
	}
	if err == nil {
		err = checkMetrics(s.MetricsListen)
	}
	return err
}

// newEnricher starts an instance. delivers is nil for a filter.
func newEnricher(s settings.Filter, delivers *sink.Options) (*enricher, error) {
	c, content, err := settings.LoadCatalog(s.Catalog)
	if err != nil {
		return nil, err
	}
	var ruled *rules.Set
	var ruledContent settings.Content
	if s.Engine.Context || s.ContextRules != "" {
		if ruled, ruledContent, err = settings.LoadRules(s.ContextRules); err != nil {
			return nil, err
		}
	}
	e := &enricher{report: newReport()}
	if s.StatsInterval > 0 {
		e.stats = throttle.After(s.StatsInterval, time.Now())
	}
	if e.engine, err = filter.New(s.Engine, c); err != nil {
		return nil, err
	}
	e.meter.setCatalog(c, content)
	e.lines.add(levelInfo, "version %s, %d codes in the catalog", version.Version, c.Len())
	if s.Engine.Context {
		e.engine.SetRules(ruled)
		e.lines.add(levelInfo, "Context is on: %d rules can change the severity", ruled.Len())
	}
	sayUntested(&e.lines)
	if delivers != nil {
		e.sink = delivers.Sink
		if e.delivery, err = sink.New(*delivers, func(lv level, msg string) { e.lines.add(lv, "%s", msg) }); err != nil {
			return nil, err
		}
	}
	if s.Catalog != "" && s.CatalogReload > 0 {
		e.watches = append(e.watches, watchCatalog(s.Catalog, content, e))
	}
	if s.ContextRules != "" && s.Engine.Context && s.CatalogReload > 0 {
		e.watches = append(e.watches, watchRules(s.ContextRules, ruledContent, e))
	}
	for _, w := range e.watches {
		go w.run(s.CatalogReload)
	}
	if s.MetricsListen != "" {
		if err := e.serve(s.MetricsListen); err != nil {
			e.stop(context.Background())
			return nil, err
		}
	}
	running.Add(1)
	return e, nil
}

// warn logs warnings about the settings.
func (e *enricher) warn(warnings []string) {
	for _, warning := range warnings {
		e.lines.add(levelWarn, "%s", warning)
	}
}

// reloaded activates a catalog that the watch has read.
func (e *enricher) reloaded(c *catalog.Catalog, content settings.Content) {
	e.engine.SetCatalog(c)
	e.meter.setCatalog(c, content)
	e.meter.reloads.Add(1)
}

// enrich runs the engine over a chunk and adds log lines about it. rest says what the caller does with the events behind damage.
// The caller releases the result.
func (e *enricher) enrich(chunk []byte, rest string) *filter.Result {
	tick()
	inject("enrich", chunk)
	return e.tell(e.run(chunk, e.engine.Enrich), chunk, rest)
}

// enrichTraced is enrich for an output, whose chunks may come again. A chunk that comes again adds no log lines.
func (e *enricher) enrichTraced(chunk []byte, again filter.Version) *filter.Result {
	tick()
	inject("enrich", chunk)
	r := e.run(chunk, func(chunk []byte) *filter.Result { return e.engine.EnrichTraced(chunk, again) })
	if again != (filter.Version{}) {
		return r
	}
	return e.tell(r, chunk, "is refused as one record")
}

// tell adds log lines about a result.
func (e *enricher) tell(r *filter.Result, chunk []byte, rest string) *filter.Result {
	if r.Err != nil {
		e.report.damaged(&e.lines, r.Err, rest, time.Now())
	}
	e.noMatch.see(&e.lines, r, chunk, time.Now())
	if n := r.Counts.OverLimit; n > 0 {
		e.report.overLimit(&e.lines, n)
	}
	if r.Counts.Unsplit > 0 {
		e.report.unsplit(&e.lines)
	}
	if len(r.Unknown) > 0 {
		e.report.unknown(&e.lines, r.Unknown)
	}
	if e.stats != nil {
		// A chunk triggers the line, not a timer: log lines wait for a thread of the host anyway, and without records there is
		// nothing new to say.
		if _, due := e.stats.Allow(time.Now()); due {
			e.lines.add(levelInfo, "%s", e.summary())
		}
	}
	return r
}

func (e *enricher) run(chunk []byte, enrich func([]byte) *filter.Result) *filter.Result {
	if e.unserve == nil {
		return enrich(chunk)
	}
	start := time.Now()
	r := enrich(chunk)
	e.meter.chunks.Observe(time.Since(start))
	return r
}

// summary returns the line of counts.
func (e *enricher) summary() string {
	text := summary(e.engine.Stats())
	if e.delivery != nil {
		s := e.delivery.Stats()
		text += fmt.Sprintf(" delivered=%d existing=%d refused=%d retried=%d", s.Delivered, s.Existing, s.Refused, s.Retried)
	}
	return text
}

// end ends the instance and logs the last counts. Deliveries under way are cancelled when ctx ends.
func (e *enricher) end(ctx context.Context) {
	running.Add(-1)
	exited.Store(true)
	e.stop(ctx)
	e.noMatch.end(&e.lines)
	e.lines.add(levelInfo, "%s", e.summary())
}

// stop ends everything that runs for the instance. Deliveries under way are cancelled when ctx ends.
func (e *enricher) stop(ctx context.Context) {
	for _, w := range e.watches {
		w.stop()
	}
	if e.unserve != nil {
		e.unserve()
	}
	if e.delivery != nil {
		if err := e.delivery.Close(ctx); err != nil {
			e.lines.add(levelError, "closing the sink: %v", err)
		}
	}
}
