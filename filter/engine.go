package filter

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/catalog/rules"
)

// An Engine enriches records with one set of options. Its methods may be called from any number of goroutines at once.
type Engine struct {
	options Options
	rules   []rule
	masks   roleMasks
	leaves  []leaf
	trie    *trieNode // of leaves
	tree    *outTree

	state   atomic.Pointer[state]
	passes  sync.Pool // of *pass
	results sync.Pool // of *Result

	mu    sync.Mutex
	stats Counts
	codes map[uint32]uint64 // records by code, but for those that state counts
	ruled map[string]uint64 // records by rule about the severity, but for those that state counts
}

// state is what a change of the catalog or of the rules about the severity replaces.
type state struct {
	catalog                     *catalog.Catalog
	trie                        *trieNode // of the engine, with the early fields of program
	factTrie                    *trieNode // of all fields of program
	rules                       *rules.Set
	program                     *rules.Program // of rules; nil without Context
	ruled                       []uint64       // records by rule; under Engine.mu
	changedMsgpack, changedJSON changedEntries
	msgpack                     []encodedEntry
	json                        func() []encodedEntry // made when first needed: the plugin never needs them
	records                     []uint64              // by position in the catalog; under Engine.mu
}

// New returns an engine, or an *option.Error that names the option that cannot be met.
func New(o Options, c *catalog.Catalog) (*Engine, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	ours, tree := rulesOf(&o), newOutTree(&o)
	leaves := tree.leaves(leavesOf(ours), nil, tree.roots)
	e := &Engine{options: o, rules: ours, masks: masksOf(ours), leaves: leaves, trie: newTrie(leaves), tree: tree, codes: make(map[uint32]uint64), ruled: make(map[string]uint64)}
	e.passes.New = func() any { return &pass{engine: e} }
	e.results.New = func() any { return &Result{engine: e} }
	e.mu.Lock()
	defer e.mu.Unlock()
	var s *rules.Set
	if o.Context {
		s = rules.Embedded()
	}
	e.install(c, s)
	return e, nil
}

// SetCatalog makes the engine use another catalog. Chunks that are being enriched still use the old one.
func (e *Engine) SetCatalog(c *catalog.Catalog) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.install(c, e.state.Load().rules)
}

// install replaces the state, under mu. What the old state has counted is kept.
func (e *Engine) install(c *catalog.Catalog, s *rules.Set) {
	old := e.state.Load()
	next := &state{catalog: c, rules: s, trie: e.trie, records: make([]uint64, c.Len())}
	if old != nil && old.catalog == c {
		next.msgpack, next.json = old.msgpack, old.json
	} else {
		next.msgpack = e.tree.encodeAll(msgpackEncoding{}, c)
		next.json = sync.OnceValue(func() []encodedEntry { return e.tree.encodeAll(jsonEncoding{}, c) })
	}
	if e.options.Context {
		next.program = s.Compile(c)
		next.ruled = make([]uint64, s.Len())
		next.trie = newTrie(slices.Concat(e.leaves, factLeaves(next.program, next.program.Early())))
		texts := leavesOf(nil)
		next.factTrie = newTrie(append(texts, factLeaves(next.program, ^uint64(0))...))
	}
	e.state.Store(next)
	if old != nil {
		old.addTo(e.codes)
		old.addRulesTo(e.ruled)
	}
}

// Enrich finds the codes in a chunk of events and works out what to append. The chunk is only read, and must not change until
// the result is released. Enrich never fails: see Result.Err.
func (e *Engine) Enrich(chunk []byte) *Result {
	p := e.begin(chunk)
	p.enrichChunk()
	e.count(p.out)
	return p.end()
}

// EnrichTraced is Enrich for a chunk whose records are delivered one by one: it also notes the origin of every record of the
// output, group markers excepted ([Result].Origins).
//
// A chunk that is delivered again is enriched again. Given the version of the first result, the output is the same as then, even
// if the catalog has changed, and the records are not counted a second time.
func (e *Engine) EnrichTraced(chunk []byte, again Version) *Result {
	p := e.begin(chunk)
	p.traced = true
	if again.state != nil {
		p.use(again.state)
	}
	p.enrichChunk()
	if again.state == nil {
		e.count(p.out)
	}
	return p.end()
}

// ErrNotJSON is the error of EnrichJSON for anything that is not a JSON object.
var ErrNotJSON = errors.New("not a JSON object, or nested more than 64 deep")

// EnrichJSON is Enrich for one record as a JSON object: it appends the enriched record to dst, on a line of its own. An
// envelope becomes a line for each of its records. But for white space outside strings in a record of several lines,
// every byte that is not appended is the record's own. Text that is not a JSON object is passed on as it is, with ErrNotJSON.
func (e *Engine) EnrichJSON(dst, doc []byte) ([]byte, Counts, error) {
	p := e.begin(nil)
	defer p.drop()
	var err error
	dst, ok := p.enrichLine(dst, oneLine(bytes.Trim(doc, " \t\r\n")))
	if !ok {
		p.out.Counts = Counts{Records: 1, NoCode: 1, Malformed: 1}
		dst, err = append(append(dst, bytes.TrimRight(doc, "\r\n")...), '\n'), ErrNotJSON
	}
	e.count(p.out)
	return dst, p.out.Counts, err
}

// Stats returns the counts of everything that the engine has seen so far.
func (e *Engine) Stats() Counts {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.stats
}

// Codes returns how many records had each code, of those that the catalog had when the record came. Codes that did not come are
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
	for _, rule := range r.ruled {
		if current {
			r.state.ruled[rule]++
		} else {
			e.ruled[r.state.program.Set().At(int(rule)).Name]++
		}
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
