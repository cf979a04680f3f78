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

// A meter holds the metrics of an instance that neither its engine nor its delivery counts. The zero value is ready to use. All
// methods may run concurrently.
type meter struct {
	chunks   metrics.Histogram
	catalog  atomic.Pointer[metrics.Catalog]
	meanings atomic.Pointer[catalog.Catalog]
	reloads  atomic.Uint64
	refusals atomic.Uint64
}

func (m *meter) setCatalog(c *catalog.Catalog, content settings.Content) {
	is := metrics.Catalog{Codes: c.Len()}
	if content != (settings.Content{}) {
		is.File = hex.EncodeToString(content[:6])
	}
	m.catalog.Store(&is)
	m.meanings.Store(c)
}

// sample is called by the metrics' server while the instance works.
func (e *enricher) sample() metrics.Sample {
	s := metrics.Sample{
		Records:  e.engine.Stats(),
		Codes:    e.engine.Codes(),
		Rules:    e.engine.Rules(),
		Chunks:   &e.meter.chunks,
		Catalog:  *e.meter.catalog.Load(),
		Meanings: e.meter.meanings.Load(),
		Reloads:  e.meter.reloads.Load(),
		Refusals: e.meter.refusals.Load(),
	}
	if e.delivery != nil {
		s.Sink, s.Delivered = e.sink, e.delivery.Stats()
	}
	return s
}

// These count over all hot reloads of the process.
var (
	running atomic.Int32 // instances that started and have not exited
	exited  atomic.Bool  // an instance has exited: instances that start now start in a hot reload, after the old pipeline has ended
)

// checkMetrics reports an address that is not available. It checks only while instances run, that is before a hot reload: with
// --dry-run the port may belong to the Fluent Bit whose next configuration is being checked.
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

// serve serves the metrics. It is the last step of a start, because requests may come at once. An address that is not available is
// an error at the start of Fluent Bit, but not in a hot reload: the old pipeline has ended by then, so an error would end Fluent Bit.
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
