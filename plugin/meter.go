package main

import (
	"encoding/hex"
	"sync/atomic"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/internal/option"
	"fluent-bit-entra-signin/internal/version"
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

// What the process has seen, over all hot reloads.
var (
	running atomic.Int32 // instances that started and have not exited
	exited  atomic.Bool  // an instance has exited: what starts now starts in a hot reload, when the old pipeline is gone
)

// checkMetrics tells whether an address could be had. It looks only where instances run, so that this is the check before a reload:
// with --dry-run the port may belong to the Fluent Bit whose next configuration it is.
func checkMetrics(address string) error {
	if address == "" || running.Load() == 0 {
		return nil
	}
	return listenError(address, metrics.Free(address))
}

func listenError(address string, err error) error {
	if err == nil {
		return nil
	}
	return &option.Error{Option: "Metrics_Listen", Value: address, Err: err}
}

// serve shows the metrics. It comes last of what starts an instance, because they can be asked for at once. An address that cannot
// be had is an error at the start. In a hot reload an error would end Fluent Bit, which has no other pipeline left by then.
func (e *enricher) serve(address string) error {
	stop, url, err := metrics.Serve(address, version.Version, e.sample)
	if err != nil {
		err = listenError(address, err)
		if exited.Load() {
			e.lines.add(levelError, "%v; until the next reload there are no metrics", err)
			return nil
		}
		return err
	}
	e.unserve = stop
	e.lines.add(levelInfo, "metrics for Prometheus at %s", url)
	return nil
}
