package report

import (
	"fmt"
	"net/netip"
	"slices"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/filter"
)

// counts are records by outcome and severity.
type counts [catalog.Failure + 1][catalog.Critical + 1]uint32

// span is the time of the first and last of some records, in seconds since 1970; 0 for none.
type span struct{ first, last int64 }

func (s *span) add(t int64) {
	if t == 0 {
		return
	}
	if s.first == 0 || t < s.first {
		s.first = t
	}
	s.last = max(s.last, t)
}

// codeStat is what is known of a code in the input.
type codeStat struct {
	entry     *catalog.Entry // nil where the catalog lacks it
	reason    string         // the words of the first record, for such a code
	n         uint64
	span      span
	accounts  distinct
	addresses distinct
}

// nameStat is what is known of an account, address, app, country or client.
type nameStat struct {
	n, failures, interrupts uint32
	rejected                uint32 // passwords refused
	high                    uint32 // records of severity high or critical
	span                    span
	worst                   catalog.Severity
	lastCode                uint32 // whose number of accounts and addresses has this one; plus 1
	app                     bool
	mfa                     *mfaState
	recent                  [2]mark // times an MFA prompt was passed, the latest that came
	next                    uint8   // of recent
}

// mark is a record: when, and which.
type mark struct {
	time int64
	id   ID
}

func (s *nameStat) add(e *Event) {
	s.n++
	s.span.add(e.Time)
	if e.Entry != nil {
		switch e.Entry.Outcome {
		case catalog.Failure:
			s.failures++
		case catalog.Interrupt:
			s.interrupts++
		}
		if isRejected(e) {
			s.rejected++
		}
	}
	if e.Severity >= catalog.High {
		s.high++
	}
	s.worst = max(s.worst, e.Severity)
}

// weight is how much there is to tell of a name: what went wrong, before what went well.
func (s *nameStat) weight() uint64 {
	return uint64(s.high)<<44 + uint64(min(s.rejected, 1<<16))<<28 + uint64(min(s.failures, 1<<12))<<16 + uint64(min(s.n, 1<<16-1))
}

// A Tally counts events.
type Tally struct {
	options Options

	records  filter.Counts
	events   uint64
	undated  uint64
	counts   counts
	span     span
	slots    map[int32]*counts // by their number since 1970
	codes    map[uint32]*codeStat
	unknown  int      // of these, that the catalog lacks
	other    codeStat // those that there was no room for
	accounts *names
	apps     *names
	places   *names // addresses
	country  *names
	client   *names
	pairs    *pairs
	subjects map[subject]*evidence
	lost     bool              // subjects that there was no room for
	marks    budget            // of what happened to accounts and pairs
	ruled    map[string]uint64 // records by rule of the context
	raised   uint64            // records whose severity is above that of their code
	lowered  uint64

	broken []Broken
	nBroke int
	keys   []byte
	inputs []Input
}

// An Input is a file, and what was read of it.
type Input struct {
	Name    string `json:"name"`
	Records uint64 `json:"records"`
	Broken  int    `json:"broken"`
	Error   string `json:"error,omitempty"`
}

// NewTally returns a tally that has seen nothing.
func NewTally(o Options) *Tally {
	t := &Tally{
		options:  o,
		slots:    make(map[int32]*counts),
		codes:    make(map[uint32]*codeStat),
		accounts: newNames(o.maxAccounts),
		places:   newNames(o.maxAddresses),
		apps:     newNames(o.maxSubjects),
		country:  newNames(o.maxSubjects),
		client:   newNames(o.maxSubjects),
		subjects: make(map[subject]*evidence),
		ruled:    make(map[string]uint64),
		marks:    budget{left: o.maxMarks},
	}
	t.pairs = newPairs(o.maxPairs, &t.marks)
	return t
}

// Begin notes that another input is read.
func (t *Tally) Begin(name string) { t.inputs = append(t.inputs, Input{Name: name}) }

// End notes what the input that was begun last ended with, if that is an error.
func (t *Tally) End(err error) {
	if err != nil {
		t.inputs[len(t.inputs)-1].Error = err.Error()
	}
}

// Records returns how many records have been counted.
func (t *Tally) Records() uint64 { return t.records.Records }

// Add counts a part, which is over then. Parts come in the order of the input. What is kept of the events is copied: their texts
// refer to memory of the part.
func (t *Tally) Add(p *Part) {
	in := &t.inputs[len(t.inputs)-1]
	in.Records += p.Counts.Records
	in.Broken += p.NBroke
	t.records.Add(&p.Counts)
	t.nBroke += p.NBroke
	if room := maxBroken - len(t.broken); room > 0 {
		t.broken = append(t.broken, p.Broken[:min(room, len(p.Broken))]...)
	}
	if t.keys == nil {
		t.keys = p.Keys
	}
	for name, n := range p.Rules {
		t.ruled[name] += n
	}
	for i := range p.Events {
		t.event(&p.Events[i])
	}
	p.Release()
}

// longestName is how much of a name is kept. Real ones are shorter.
const longestName = 256

func (t *Tally) event(e *Event) {
	outcome, severity, ofCode := catalog.NoOutcome, e.Severity, catalog.Unknown
	if e.Entry != nil {
		outcome, ofCode = e.Entry.Outcome, e.Entry.Severity
	}
	switch {
	case severity > ofCode:
		t.raised++
	case severity < ofCode:
		t.lowered++
	}
	for _, name := range []*string{&e.Account, &e.App, &e.Country, &e.Client} {
		*name = (*name)[:min(len(*name), longestName)]
	}
	t.events++
	t.counts[outcome][severity]++
	t.span.add(e.Time)
	if s := t.slot(e.Time); s != nil {
		s[outcome][severity]++
	}
	code := t.code(e)
	code.n++
	code.span.add(e.Time)

	account, place := dropped, dropped
	if e.Account != "" {
		t.room()
		var stat *named
		account, stat = t.accounts.get(e.Account)
		stat.add(e)
		stat.app = e.IsApp
		if stat.lastCode != e.Code+1 { // most records have the code of the record before
			code.accounts.add(stat.hash)
			stat.lastCode = e.Code + 1
		}
		t.mfa(&stat.nameStat, e)
	}
	if address := cleanAddress(e.Address); address != "" {
		t.room()
		var stat *named
		place, stat = t.places.get(address)
		stat.add(e)
		if stat.lastCode != e.Code+1 {
			code.addresses.add(stat.hash)
			stat.lastCode = e.Code + 1
		}
	}
	t.count(t.apps, e.App, e)
	t.count(t.country, e.Country, e)
	t.count(t.client, e.Client, e)
	if account != dropped && place != dropped && !e.IsApp {
		t.pairs.add(account, place, e)
	}
	t.note(e)
}

// code returns what is known of the code of a record. Codes that the catalog lacks are kept up to a limit; the others count together.
func (t *Tally) code(e *Event) *codeStat {
	code := t.codes[e.Code]
	switch {
	case code != nil:
	case e.Entry == nil && t.unknown == t.options.maxUnknown:
		return &t.other
	default:
		code = &codeStat{entry: e.Entry, reason: clone(e.Reason, e.Entry)}
		t.codes[e.Code] = code
		if e.Entry == nil {
			t.unknown++
		}
	}
	return code
}

// count counts a record for an app, a country or a client.
func (t *Tally) count(n *names, name string, e *Event) {
	if name == "" {
		return
	}
	if n.full() {
		n.halve()
	}
	_, stat := n.get(name)
	stat.add(e)
}

// room makes room for an account and an address.
func (t *Tally) room() {
	if t.accounts.full() {
		moved := t.accounts.halve()
		t.pairs.move(func(p *pair) { p.account = moved[p.account] })
	}
	if t.places.full() {
		moved := t.places.halve()
		t.pairs.move(func(p *pair) { p.place = moved[p.place] })
	}
}

// Records are counted over time in slots of ten minutes, of more than a year. Records of other times are counted as undated.
const (
	slotSeconds = 600
	mostSlots   = 6 * 24 * 400
)

func (t *Tally) slot(at int64) *counts {
	s := t.slots[int32(at/slotSeconds)]
	if s == nil {
		if at == 0 || len(t.slots) >= mostSlots {
			t.undated++
			return nil
		}
		s = new(counts)
		t.slots[int32(at/slotSeconds)] = s
	}
	return s
}

// clone copies what a record says of a code that the catalog lacks.
func clone(reason string, entry *catalog.Entry) string {
	if entry != nil {
		return ""
	}
	if len(reason) > 300 {
		reason = reason[:300] + "…"
	}
	return string([]byte(reason))
}

// cleanAddress returns an IP address without a port, "" where there is none.
func cleanAddress(s string) string {
	if s == "" {
		return ""
	}
	if a, err := netip.ParseAddr(s); err == nil {
		if a.Is4() || !a.Is4In6() {
			return s
		}
		return a.Unmap().String()
	}
	if a, err := netip.ParseAddrPort(s); err == nil {
		return a.Addr().Unmap().String()
	}
	return ""
}

// isRejected tells whether a user's password was refused, or there is no such user. Secrets of apps are another matter.
func isRejected(e *Event) bool {
	return e.Entry != nil && e.Entry.Credential >= catalog.Rejected && e.Entry.Category != "client_credential" && !e.IsApp
}

// isAccepted tells whether a user's password was right. Where a token took its place, nobody typed one.
func isAccepted(e *Event) bool {
	return e.Entry != nil && e.Entry.Credential == catalog.Accepted && !e.IsApp && e.Flags&Token == 0 &&
		(e.Flags&NonInteractive == 0 || e.Flags&(ROPC|Legacy) != 0)
}

// rangeOf returns the range that an address is in: /24, and /64 for IPv6.
func rangeOf(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	bits := 24
	if a.Is6() {
		bits = 64
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return address
	}
	return p.String()
}

// sortedKeys are the keys of a map in order.
func sortedKeys[K interface{ ~int32 | ~uint32 }, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// where names a line of an input.
func where(name string, line int) string { return fmt.Sprintf("%s:%d", name, line) }
