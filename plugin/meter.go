package main

import (
	"encoding/hex"
	"sync/atomic"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/internal/option"
	"fluent-bit-entra-signin/plugin/metrics"
	"fluent-bit-entra-signin/plugin/settings"
)

// meter holds what the metrics of an instance show besides what its engine and its delivery count. The zero value is ready; all
// methods may run at once.
type meter struct {
	chunks   metrics.Histogram
	catalog  atomic.Pointer[metrics.Catalog]
	reloads  atomic.Uint64
	refusals atomic.Uint64
}

func (m *meter) setCatalog(c *catalog.Catalog, content settings.Content) {
	is := metrics.Catalog{Codes: c.Len()}
	if content != (settings.Content{}) {
		is.File = hex.EncodeToString(content[:6])
	}
	m.catalog.Store(&is)
}

// sample is called by the metrics' server while the instance works.
func (e *enricher) sample() metrics.Sample {
	s := metrics.Sample{
		Records:  e.engine.Stats(),
		Codes:    e.engine.Codes(),
		Chunks:   &e.meter.chunks,
		Catalog:  *e.meter.catalog.Load(),
		Reloads:  e.meter.reloads.Load(),
		Refusals: e.meter.refusals.Load(),
	}
	if e.delivery != nil {
		s.Sink, s.Delivered = e.sink, e.delivery.Stats()
	}
	return s
}

// serve shows the metrics. It comes last of what starts an instance, because they can be asked for at once.
func (e *enricher) serve(address string) error {
	stop, url, err := metrics.Serve(address, version, e.sample)
	if err != nil {
		return &option.Error{Option: "Metrics_Listen", Value: address, Err: err}
	}
	e.unserve = stop
	e.lines.add(levelInfo, "metrics for Prometheus at %s", url)
	return nil
}
