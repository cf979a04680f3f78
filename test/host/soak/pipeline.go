package main

import (
	"errors"

	"fluent-bit-entra-signin/test/host"
)

// A pipeline is a configuration of the host, which a reload replaces.
type pipeline struct {
	number  int // of reloads before it
	filters *host.FilterPlugin
	outputs *host.OutputPlugin
	f       []*host.Filter
	o       []*host.Output // by the numbers below
}

// The outputs.
const (
	toFile = iota
	toHTTP
	outputs
)

var outputNames = [outputs]string{"file", "http"}

// A plan is the configuration of pipelines.
type plan struct {
	so      string
	catalog string
	file    string
	url     string
	metrics string // the address
}

func (p *plan) filter(n, reloads int) []string {
	options := append([]string{"log_level=warn"}, optionSets[setOf(n, reloads)]...)
	if n == 0 {
		options = append(options, "Catalog="+p.catalog, "Catalog_Reload=100ms", "Metrics_Listen="+p.metrics)
	}
	return options
}

// receiverTimeout is short, because a request that hangs takes one timeout and a pause as long.
const receiverTimeout = "1s"

func (p *plan) output(n, reloads int) []string {
	if n == toFile {
		return []string{"log_level=warn", "Sink=file", "Path=" + p.file, "Catalog=" + p.catalog, "Catalog_Reload=100ms",
			"Metrics_Listen=" + p.metrics} // the address may be shared
	}
	// Small batches, so that the receiver often takes a part of a chunk.
	return []string{"log_level=warn", "Sink=http", "URL=" + p.url, "Timeout=" + receiverTimeout, "Batch_Bytes=100k",
		"Compress=" + []string{"none", "gzip"}[reloads%2]}
}

// load is the first half of a reload: the new configuration is loaded and checked while the old one runs. An error that is
// host.ErrRefused leaves nothing behind.
func (p *plan) load(h *host.Host, number int) (*pipeline, error) {
	filterPlugin, err := h.LoadFilter(p.so)
	if err != nil {
		return nil, err
	}
	outputPlugin, err := h.LoadOutput(host.OutputOf(p.so))
	if err != nil {
		return nil, err
	}
	line := &pipeline{number: number, filters: filterPlugin, outputs: outputPlugin}
	for n := range filters {
		f, err := filterPlugin.Create(p.filter(n, number)...)
		if err != nil {
			return nil, err
		}
		line.f = append(line.f, f)
		if err := f.PreRun(); err != nil {
			if ended := line.end(); ended != nil {
				return nil, ended
			}
			return nil, err
		}
	}
	return line, nil
}

// begin is the second half, after the old pipeline has ended.
func (p *plan) begin(line *pipeline) error {
	for _, f := range line.f {
		if err := errors.Join(f.PreRun(), f.Init()); err != nil {
			return err
		}
	}
	for n := range outputs {
		o, err := line.outputs.New(p.output(n, line.number)...)
		if err != nil {
			return err
		}
		line.o = append(line.o, o)
	}
	return nil
}

// end ends it in the order of Fluent Bit.
func (l *pipeline) end() (err error) {
	for _, f := range l.f {
		err = errors.Join(err, f.Exit())
	}
	for _, o := range l.o {
		err = errors.Join(err, o.Exit())
	}
	return errors.Join(err, l.outputs.Unload(), l.filters.Unload())
}
