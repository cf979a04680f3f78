package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/internal/printable"
)

// Time is a time in seconds since 1970; 0 for none. In JSON it is RFC 3339, or null.
type Time int64

// String writes the time as a person reads it, in UTC; "" for none.
func (t Time) String() string {
	if t == 0 {
		return ""
	}
	return time.Unix(int64(t), 0).UTC().Format("2006-01-02 15:04:05")
}

// Day is the date of the time, and Clock what is left.
func (t Time) Day() string { return t.String()[:min(len(t.String()), 10)] }

// Clock is the time of the day.
func (t Time) Clock() string { return strings.TrimSpace(t.String()[min(len(t.String()), 10):]) }

// MarshalJSON writes the time in RFC 3339.
func (t Time) MarshalJSON() ([]byte, error) {
	if t == 0 {
		return []byte("null"), nil
	}
	return json.Marshal(time.Unix(int64(t), 0).UTC())
}

// A Report is what a tally comes to. The names and their order in JSON are a promise.
type Report struct {
	Version     int      `json:"version"` // of this form: 1
	Inputs      []Input  `json:"inputs"`
	Interrupted bool     `json:"interrupted"` // only a part of the inputs was read
	Records     uint64   `json:"records"`
	WithoutCode uint64   `json:"records_without_code"`
	Undated     uint64   `json:"records_without_time"`
	Broken      int      `json:"broken"` // lines that are no records
	BrokenAt    []Broken `json:"broken_first"`
	First       Time     `json:"first"`
	Last        Time     `json:"last"`
	Severities  []Share  `json:"severities"`
	Outcomes    []Share  `json:"outcomes"`
	Context     *Context `json:"context,omitempty"` // nil without Context
	Kinds       []Kind   `json:"findings"`
	Codes       []Code   `json:"codes"`
	Accounts    Table    `json:"accounts"`
	Addresses   Table    `json:"addresses"`
	Apps        Table    `json:"apps"`
	Countries   Table    `json:"countries"`
	Clients     Table    `json:"clients"`
	Timeline    Timeline `json:"timeline"`
	Notes       []string `json:"notes"` // on how the numbers came about
}

// A Context is what the rules of the context made of the records.
type Context struct {
	Raised  uint64      `json:"records_raised"`  // to a severity above that of the code
	Lowered uint64      `json:"records_lowered"` // to one below
	Rules   []RuleCount `json:"rules"`           // that had a part, the most frequent first
}

// Sum is how many records changed, in words.
func (c *Context) Sum() string {
	return fmt.Sprintf("%s above the severity of the code alone, %s below", count(c.Raised, "record"), group(c.Lowered))
}

// Summary is what the rule does and why, in words.
func (r RuleCount) Summary() string { return r.summary }

// A RuleCount is how many records a rule had a part in.
type RuleCount struct {
	Rule    string `json:"rule"`
	Effect  string `json:"effect"` // as in a file of rules
	Reason  string `json:"reason"` // or the description that the rule gives
	Records uint64 `json:"records"`

	summary string // effect and reason in words
}

// A Share is how many records have a word.
type Share struct {
	Word    string `json:"word"`
	Records uint64 `json:"records"`
}

// A Code is what is known of an error code, and what the input has of it.
type Code struct {
	Code        uint32   `json:"code"`
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Severity    string   `json:"severity"`
	Outcome     string   `json:"outcome"`
	Category    string   `json:"category"`
	Credential  string   `json:"credential"`
	Action      string   `json:"action"`
	Techniques  []string `json:"techniques"`
	Records     uint64   `json:"records"`
	Accounts    Number   `json:"accounts"`
	Addresses   Number   `json:"addresses"`
	First       Time     `json:"first"`
	Last        Time     `json:"last"`
}

// A Table is who or what comes up, the first with the most to tell.
type Table struct {
	Number Number `json:"different"`
	Cut    bool   `json:"cut"` // not all were kept
	Rows   []Row  `json:"rows"`
}

// A Row is one of them.
type Row struct {
	Name       string `json:"name"`
	App        bool   `json:"service_principal,omitempty"`
	Records    uint32 `json:"records"`
	Failures   uint32 `json:"failures"`
	Interrupts uint32 `json:"interrupts"`
	Rejected   uint32 `json:"passwords_rejected"`
	High       uint32 `json:"high_severity"`
	Worst      string `json:"worst_severity"`
	First      Time   `json:"first"`
	Last       Time   `json:"last"`
}

// A Timeline is how many records there were over time.
type Timeline struct {
	Step int64 `json:"step_seconds"`
	Bins []Bin `json:"bins"`
}

// A Bin is one step of a timeline.
type Bin struct {
	Start      Time              `json:"start"`
	Severities map[string]uint64 `json:"severities"`
	Outcomes   map[string]uint64 `json:"outcomes"`
}

// severityOrder is that of every list: the worst first, and unknown last.
var severityOrder = []catalog.Severity{catalog.Critical, catalog.High, catalog.Medium, catalog.Low, catalog.Info, catalog.Unknown}

var outcomeOrder = []catalog.Outcome{catalog.Failure, catalog.Interrupt, catalog.Success, catalog.NoOutcome}

// Report sums up what has been counted.
func (t *Tally) Report() *Report {
	r := &Report{
		Version: 1, Inputs: t.inputs, Records: t.records.Records, WithoutCode: t.records.NoCode, Undated: t.undated,
		Broken: t.nBroke, BrokenAt: t.broken, First: Time(t.span.first), Last: Time(t.span.last),
		Accounts: t.table(t.accounts, (*nameStat).weight), Addresses: t.table(t.places, (*nameStat).weight),
		Apps: t.table(t.apps, byRecords), Countries: t.table(t.country, byRecords), Clients: t.table(t.client, byRecords),
		Timeline: t.timeline(),
	}
	if r.Inputs == nil {
		r.Inputs = []Input{}
	}
	if r.BrokenAt == nil {
		r.BrokenAt = []Broken{}
	}
	for _, s := range severityOrder {
		n := uint64(0)
		for o := range t.counts {
			n += uint64(t.counts[o][s])
		}
		r.Severities = append(r.Severities, Share{s.String(), n})
	}
	for _, o := range outcomeOrder {
		n := uint64(0)
		for s := range t.counts[o] {
			n += uint64(t.counts[o][s])
		}
		r.Outcomes = append(r.Outcomes, Share{o.String(), n})
	}
	r.Context = t.context()
	r.Codes = t.codeList()
	r.Kinds, r.Notes = t.findings()
	r.notes(t)
	r.clean()
	return r
}

func (t *Tally) context() *Context {
	if t.options.Rules == nil {
		return nil
	}
	c := &Context{Raised: t.raised, Lowered: t.lowered, Rules: []RuleCount{}}
	for name, n := range t.ruled {
		if rule, ok := t.options.Rules.Named(name); ok {
			c.Rules = append(c.Rules, RuleCount{name, rule.Effect.String(), cmp.Or(rule.Reason, rule.Description), n,
				strings.TrimSuffix(rule.Summary(), " ("+name+")")})
		}
	}
	slices.SortFunc(c.Rules, func(a, b RuleCount) int {
		return cmp.Or(cmp.Compare(b.Records, a.Records), cmp.Compare(a.Rule, b.Rule))
	})
	return c
}

func byRecords(s *nameStat) uint64 { return uint64(s.n) }

// codeList has the codes, the worst first and of those the most frequent.
func (t *Tally) codeList() []Code {
	list := []Code{}
	for _, number := range sortedKeys(t.codes) {
		c := t.codes[number]
		e := c.entry
		if e == nil {
			e = &catalog.Entry{Description: c.reason}
		}
		list = append(list, Code{
			Code: number, Name: e.Name, Description: e.Description, Severity: e.Severity.String(), Outcome: e.Outcome.String(),
			Category: string(e.Category), Credential: e.Credential.String(), Action: e.Action,
			Techniques: append([]string{}, e.Techniques()...), Records: c.n, Accounts: c.accounts.number(), Addresses: c.addresses.number(),
			First: Time(c.span.first), Last: Time(c.span.last),
		})
	}
	slices.SortStableFunc(list, func(a, b Code) int {
		return cmp.Or(cmp.Compare(severityRank(a.Severity), severityRank(b.Severity)), cmp.Compare(b.Records, a.Records))
	})
	return list
}

// severityRank is the place of a severity in severityOrder.
func severityRank(word string) int {
	return slices.IndexFunc(severityOrder, func(s catalog.Severity) bool { return s.String() == word })
}

func (t *Tally) table(n *names, weight func(*nameStat) uint64) Table {
	order := n.order(weight)
	table := Table{Number: n.number(), Cut: n.cut, Rows: []Row{}}
	for _, i := range order[:min(len(order), t.options.Top)] {
		s := n.list.at(i)
		table.Rows = append(table.Rows, Row{Name: s.name, App: s.app, Records: s.n, Failures: s.failures, Interrupts: s.interrupts,
			Rejected: s.rejected, High: s.high, Worst: s.worst.String(), First: Time(s.span.first), Last: Time(s.span.last)})
	}
	return table
}

// steps are how long a bin of a timeline may be: ten minutes to four weeks. Weeks begin on Monday.
var steps = []int64{600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 86400, 7 * 86400, 28 * 86400}

// mostBins is how many bins fit beside each other.
const mostBins = 60

func (t *Tally) timeline() Timeline {
	keys := sortedKeys(t.slots)
	if len(keys) == 0 {
		return Timeline{Step: steps[0], Bins: []Bin{}}
	}
	const monday = 4 * 86400 // 1970 began on a Thursday
	first, last := int64(keys[0])*slotSeconds, int64(keys[len(keys)-1])*slotSeconds
	step := steps[len(steps)-1]
	for _, s := range steps {
		if (last-monday)/s-(first-monday)/s < mostBins {
			step = s
			break
		}
	}
	start := func(at int64) int64 { return (at-monday)/step*step + monday }
	line := Timeline{Step: step, Bins: []Bin{}}
	for at := start(first); at <= last && len(line.Bins) < 10*mostBins; at += step {
		line.Bins = append(line.Bins, Bin{Time(at), map[string]uint64{}, map[string]uint64{}})
	}
	for _, k := range keys {
		i := (start(int64(k)*slotSeconds) - start(first)) / step
		if i >= int64(len(line.Bins)) {
			break
		}
		bin := &line.Bins[i]
		for o := range t.slots[k] {
			for s, n := range t.slots[k][o] {
				if n > 0 {
					bin.Severities[catalog.Severity(s).String()] += uint64(n)
					bin.Outcomes[catalog.Outcome(o).String()] += uint64(n)
				}
			}
		}
	}
	return line
}

// notes says how the numbers came about.
func (r *Report) notes(t *Tally) {
	note := func(is bool, format string, args ...any) {
		if is {
			r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
		}
	}
	note(r.Context != nil, "Severities are those after the rules of the context, but for the table of codes, which has that of the code alone.")
	note(r.Records > 0 && r.WithoutCode == r.Records, "No record has an error code. The first has the keys %s; --code-key names another place.",
		Keys(t.keys))
	note(t.accounts.cut || t.places.cut, "There were more accounts or addresses than are kept. Those with the least to tell were dropped, and "+
		"findings about them may be missing.")
	note(t.pairs.cut && !t.accounts.cut && !t.places.cut, "There were more pairs of account and address than are kept: those without "+
		"refusals that were seen least lately were dropped, and findings may be missing.")
	note(t.marks.over, "There were more refusals or MFA prompts of single accounts than are kept: the later ones are counted, and findings may be missing.")
	note(t.other.n > 0, "There were more codes that the catalog lacks than are kept: %s with others.", count(t.other.n, "record"))
	note(t.lost, "There were more findings of one record each than are kept: the later ones are missing.")
	estimated := t.accounts.number().Estimated || t.places.number().Estimated
	for i := range r.Codes {
		estimated = estimated || r.Codes[i].Accounts.Estimated || r.Codes[i].Addresses.Estimated
	}
	note(estimated, "Numbers with ~ are estimates (HyperLogLog, within about 1 %%).")
	note(r.Undated > 0, "Records without a time, or with one more than a year from the others, are counted, but not over time: %s.", group(r.Undated))
	if r.Notes == nil {
		r.Notes = []string{}
	}
}

// WriteJSON writes the report for a program.
func (r *Report) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

// MarshalJSON writes where a line is and what is wrong with it.
func (b Broken) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{"at": b.Where, "error": b.What})
}

// clean makes texts of records fit to be shown: nothing in them moves the cursor of a terminal or turns the direction of writing.
func (r *Report) clean() {
	clean := func(texts ...*string) {
		for _, s := range texts {
			*s = strings.TrimSpace(printable.Text(*s))
		}
	}
	for i := range r.Kinds {
		for j := range r.Kinds[i].Findings {
			f := &r.Kinds[i].Findings[j]
			clean(&f.Account, &f.Source, &f.App, &f.Client, &f.Text)
		}
	}
	for i := range r.Codes {
		clean(&r.Codes[i].Description)
	}
	for _, t := range []*Table{&r.Accounts, &r.Addresses, &r.Apps, &r.Countries, &r.Clients} {
		for i := range t.Rows {
			clean(&t.Rows[i].Name)
		}
	}
	for i := range r.Inputs {
		clean(&r.Inputs[i].Name, &r.Inputs[i].Error)
	}
	for i := range r.BrokenAt {
		clean(&r.BrokenAt[i].Where)
	}
}
