package filter

import (
	"maps"
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
	codes map[uint32]uint64 // records by code, but for those that state counts
}

// state is what a change of the catalog swaps.
type state struct {
	catalog *catalog.Catalog
	msgpack []rendered
	json    func() []rendered // made when it is first needed: the plugin never does
	records []uint64          // by position in the catalog; under Engine.mu
}

// New returns an engine, or an *option.Error that names the option which cannot be met.
func New(o Options, c *catalog.Catalog) (*Engine, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	places, l := placesOf(&o), newLayout(&o)
	spots := l.spots(spotsOf(places), nil, l.roots)
	e := &Engine{options: o, places: places, masks: masksOf(places), root: newNode(spots), layout: l, codes: make(map[uint32]uint64)}
	e.pool.New = func() any { return &Result{engine: e} }
	e.SetCatalog(c)
	return e, nil
}

// SetCatalog makes the engine use another catalog. Chunks that are being enriched still use the old one.
func (e *Engine) SetCatalog(c *catalog.Catalog) {
	next := &state{
		catalog: c,
		msgpack: e.layout.renderAll(msgpackEncoding{}, c),
		json:    sync.OnceValue(func() []rendered { return e.layout.renderAll(jsonEncoding{}, c) }),
		records: make([]uint64, c.Len()),
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if old := e.state.Swap(next); old != nil {
		old.addTo(e.codes)
	}
}

// addTo adds the records that a state has counted.
func (s *state) addTo(codes map[uint32]uint64) {
	for i, n := range s.records {
		if n > 0 {
			codes[s.catalog.At(i).Code] += n
		}
	}
}

// Stats returns the counts of all that the engine has seen so far.
func (e *Engine) Stats() Counts {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.stats
}

// Codes returns how many records had each code, of those that a catalog had when the record came. Codes that did not come are
// left out.
func (e *Engine) Codes() map[uint32]uint64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	came := maps.Clone(e.codes)
	e.state.Load().addTo(came)
	return came
}

func (e *Engine) count(r *Result) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.stats.Add(&r.Counts)
	current := r.state == e.state.Load()
	for _, entry := range r.entries {
		if current {
			r.state.records[entry]++
		} else {
			e.codes[r.state.catalog.At(int(entry)).Code]++
		}
	}
}
