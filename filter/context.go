package filter

import (
	"sync"
	"sync/atomic"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/catalog/rules"
	"fluent-bit-entra-signin/internal/view"
)

// SetRules makes the engine use other rules about the severity, if its options have Context on. Chunks that are being enriched still
// use the old ones.
func (e *Engine) SetRules(s *rules.Set) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.options.Context && s != e.state.Load().rules {
		e.install(e.state.Load().catalog, s)
	}
}

// Rules returns for each rule about the severity the number of records in whose severity, description, technique or credential the
// rule had a part. Rules that had none are left out.
func (e *Engine) Rules() map[string]uint64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	had := make(map[string]uint64, len(e.ruled))
	for name, n := range e.ruled {
		had[name] = n
	}
	e.state.Load().addRulesTo(had)
	return had
}

func (s *state) addRulesTo(had map[string]uint64) {
	for i, n := range s.ruled {
		if n > 0 {
			had[s.program.Set().At(i).Name] += n
		}
	}
}

// judge applies the rules about the severity to the record that was scanned last, with the code that was decided.
func (p *pass) judge(f *findings, d decision) {
	r := &p.evidence
	r.trie, r.noted = p.state.factTrie, &f.facts
	if d.verdict == known {
		p.judged = p.state.program.Decide(&p.answer, d.entry, p.state.catalog.At(d.entry), f.facts.present, f.facts.plain, r)
	} else {
		p.judged = p.state.program.Decide(&p.answer, -1, &catalog.Entry{Code: d.code}, f.facts.present, f.facts.plain, r)
	}
	if r.noted != &f.facts {
		r.again.reset()
	}
	r.noted = nil
}

// evidence is a record as the rules about the severity ask for it. It implements rules.Record.
type evidence struct {
	noted *facts    // the early ones, and from All on those of again
	trie  *trieNode // of all facts
	again findings  // of a second scan
}

// All implements rules.Record: it scans the record again.
func (v *evidence) All() (present uint64) {
	record, start, packed := v.noted.docs[0], v.noted.start, v.noted.packed
	v.again.facts.begin(record, start, packed)
	if packed {
		v.again.scan(v.trie, view.Bytes(record), start)
	} else {
		v.again.scanWhole(v.trie, record)
	}
	v.noted = &v.again.facts
	return v.noted.present
}

// Read implements rules.Record.
func (v *evidence) Read(field int, to *rules.Answer) { v.noted.read(field, to) }

// beginFacts makes the findings ready to note facts of the record that begins at start, if rules ask for facts.
func (p *pass) beginFacts(record []byte, start int, packed bool) {
	if p.state.program != nil {
		p.found.facts.begin(view.String(record), start, packed)
	}
}

// A changeKey identifies what is appended to records with an entry of the catalog that rules have changed in the same way.
type changeKey struct {
	entry  int
	change rules.Change
}

// changedEntries are encoded once, as the entries of the catalog are. There are as many as codes and rules meet in records. The zero
// value is ready.
type changedEntries struct {
	known atomic.Pointer[map[changeKey]*changedEntry] // replaced as a whole
	mu    sync.Mutex
}

type changedEntry struct {
	severity catalog.Severity
	encoded  encodedEntry
}

// maxChanged bounds the memory of changedEntries. Rules for many users or apps have few reasons and descriptions, so real ones stay far
// below.
const maxChanged = 1 << 14

// get returns the entry for a key, which encode makes if the key is new.
func (c *changedEntries) get(key changeKey, encode func() *changedEntry) *changedEntry {
	if known := c.known.Load(); known != nil {
		if x, ok := (*known)[key]; ok {
			return x
		}
	}
	made := encode()
	c.mu.Lock()
	defer c.mu.Unlock()
	next := map[changeKey]*changedEntry{key: made}
	if known := c.known.Load(); known != nil {
		if len(*known) >= maxChanged {
			return made
		}
		for k, x := range *known {
			next[k] = x
		}
		next[key] = made
	}
	c.known.Store(&next)
	return made
}

// changed returns what is appended for an entry that rules have changed.
func (p *pass) changed(d decision, enc encoding, e *catalog.Entry, change rules.Change) *changedEntry {
	made := func() *changedEntry {
		v := p.state.program.Verdict(e, change)
		return &changedEntry{v.Severity, p.engine.tree.encode(enc, &v)}
	}
	if d.verdict != known {
		return made()
	}
	of := &p.state.changedMsgpack
	if _, isJSON := enc.(jsonEncoding); isJSON {
		of = &p.state.changedJSON
	}
	return of.get(changeKey{d.entry, change}, made)
}
