package host

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A FilterPlugin is the object, loaded as a native filter.
type FilterPlugin struct {
	Name, Description string

	h  *Host
	id []byte
	n  int
}

// LoadFilter loads an object under a name that Fluent Bit recognizes as a native filter.
func (h *Host) LoadFilter(so string) (*FilterPlugin, error) {
	r, err := h.call(0, "filter_load", []byte(so), []byte("filter_entra_signin"))
	if err != nil {
		return nil, err
	}
	return &FilterPlugin{Name: string(r[1]), Description: string(r[2]), h: h, id: r[0]}, nil
}

// Unload closes the handle. The object stays: Go cannot be unloaded.
func (p *FilterPlugin) Unload() error {
	_, err := p.h.call(0, "filter_unload", p.id)
	return err
}

// An Option is an option as the plugin describes it to the host.
type Option struct {
	Name, Default, Help string
	Plain               bool // a string that the host does not set itself
}

// Options returns the options as the host reads them.
func (p *FilterPlugin) Options() ([]Option, error) {
	return options(p.h.call(0, "filter_options", p.id))
}

func options(r [][]byte, err error) ([]Option, error) {
	var list []Option
	for ; len(r) >= 4; r = r[4:] {
		list = append(list, Option{string(r[0]), string(r[1]), string(r[2]), string(r[3]) == "0"})
	}
	return list, err
}

// A Filter is an instance. Thread 0 is the main thread.
type Filter struct {
	h         *Host
	id        []byte
	thread    int
	processor int // 1 in a list of processors
}

// ErrRefused is the error of an instance that a callback refused. The reason is in the log.
var ErrRefused = errors.New("refused by the plugin")

// Create makes an instance. The host checks that it knows the options, written NAME=VALUE, and calls no callback.
func (p *FilterPlugin) Create(options ...string) (*Filter, error) { return p.create(0, options) }

func (p *FilterPlugin) create(processor int, options []string) (*Filter, error) {
	p.n++
	args := slices.Insert(newArgs(p.id, p.n-1, options), 3, number(processor))
	r, err := p.h.call(0, "filter_new", args...)
	if err != nil {
		return nil, err
	}
	return &Filter{h: p.h, id: r[0], processor: processor}, nil
}

// newArgs are the arguments of a command that makes an instance. The host takes log_level for itself.
func newArgs(plugin []byte, n int, options []string) [][]byte {
	level := Info
	var pairs [][]byte
	for _, o := range options {
		key, value, _ := strings.Cut(o, "=")
		if strings.EqualFold(key, "log_level") {
			level = map[string]Level{"error": Error, "warn": Warn, "info": Info, "debug": Debug}[value]
			continue
		}
		pairs = append(pairs, []byte(key), []byte(value))
	}
	name := fmt.Sprintf("entra_signin.%d", n)
	return append([][]byte{plugin, []byte(name), number(int(level))}, pairs...)
}

// New makes an instance and starts it as Fluent Bit does: cb_pre_run, then cb_init.
func (p *FilterPlugin) New(options ...string) (*Filter, error) {
	return start(p.create(0, options))
}

// NewProcessor makes an instance in a list of processors and starts it. It is called without a NUL behind the tag.
func (p *FilterPlugin) NewProcessor(options ...string) (*Filter, error) {
	return start(p.create(1, options))
}

func start(f *Filter, err error) (*Filter, error) {
	if err != nil {
		return nil, err
	}
	if err = f.PreRun(); err == nil {
		err = f.Init()
	}
	if err != nil {
		return nil, errors.Join(err, f.Exit())
	}
	return f, nil
}

// On returns the same instance, driven on another thread of the host.
func (f *Filter) On(thread int) *Filter {
	g := *f
	g.thread = thread
	return &g
}

// Processor returns the same instance, called as a processor is: no NUL behind the tag.
func (f *Filter) Processor() *Filter {
	g := *f
	g.processor = 1
	return &g
}

// PreRun calls cb_pre_run.
func (f *Filter) PreRun() error { return f.start("filter_pre_run") }

// Init calls cb_init.
func (f *Filter) Init() error { return f.start("filter_init") }

func (f *Filter) start(command string) error {
	r, err := f.h.call(f.thread, command, f.id)
	if err == nil && string(r[0]) != "0" {
		err = fmt.Errorf("%s: %w", command, ErrRefused)
	}
	return err
}

// Run calls cb_filter. If modified is false, the result is the chunk itself.
func (f *Filter) Run(tag string, chunk []byte) (out []byte, modified bool, err error) {
	r, err := f.h.call(f.thread, "filter_run", f.id, []byte(tag), number(f.processor), chunk)
	switch {
	case err != nil:
		return nil, false, err
	case string(r[0]) == "2":
		return chunk, false, nil
	case string(r[0]) != "1":
		return nil, false, fmt.Errorf("filter_run: answer %s", r[0])
	}
	return r[1], true, nil
}

// Time calls cb_filter the given number of times and returns how long that took in the host.
func (f *Filter) Time(tag string, chunk []byte, times int) (time.Duration, error) {
	r, err := f.h.call(f.thread, "filter_time", f.id, []byte(tag), number(times), chunk)
	if err != nil {
		return 0, err
	}
	return time.Duration(integer(r[0])), nil
}

// Exit calls cb_exit if cb_init has left a context, and ends the instance.
func (f *Filter) Exit() error {
	_, err := f.h.call(f.thread, "filter_exit", f.id)
	return err
}
