package filter

import (
	"sync"
	"sync/atomic"

	"fluent-bit-entra-signin/catalog"
)

// An Engine enriches records by one set of options. Its methods may be called from any number of goroutines at once.
type Engine struct {
	options Options
	places  []place
	masks   masks
	root    *node
	layout  *layout

	state atomic.Pointer[state]
	pool  sync.Pool // of *Result

	mu    sync.Mutex
	stats Counts
}

// state is what a change of the catalog swaps.
type state struct {
	catalog *catalog.Catalog
	msgpack []rendered
	json    func() []rendered // made when it is first needed: the plugin never does
}

// New returns an engine, or an *option.Error that names the option which cannot be met.
func New(o Options, c *catalog.Catalog) (*Engine, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	places, l := placesOf(&o), newLayout(&o)
	spots := l.spots(spotsOf(places), nil, l.roots)
	e := &Engine{options: o, places: places, masks: masksOf(places), root: newNode(spots), layout: l}
	e.pool.New = func() any { return &Result{engine: e} }
	e.SetCatalog(c)
	return e, nil
}

// SetCatalog makes the engine use another catalog. Chunks that are being enriched still use the old one.
func (e *Engine) SetCatalog(c *catalog.Catalog) {
	e.state.Store(&state{
		catalog: c,
		msgpack: e.layout.renderAll(msgpackEncoding{}, c),
		json:    sync.OnceValue(func() []rendered { return e.layout.renderAll(jsonEncoding{}, c) }),
	})
}

// Stats returns the counts of all that the engine has seen so far.
func (e *Engine) Stats() Counts {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.stats
}

func (e *Engine) count(c *Counts) {
	e.mu.Lock()
	e.stats.Add(c)
	e.mu.Unlock()
}
