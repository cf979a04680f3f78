package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// sources are the pairs, by where they come from.
type sources struct {
	*Tally
	ranges  []string             // by address
	byPlace map[string][]*pair   // with refusals, by address and by range
	right   map[string][]*pair   // with accepted passwords, of those sources
	groups  map[groupKey][]*pair // with refusals, by account and range
	known   map[groupKey][]*pair // with accepted passwords, of those
}

// A groupKey is an account in a range.
type groupKey struct {
	account uint32
	source  string
}

func (t *Tally) sources() *sources {
	s := &sources{Tally: t, ranges: make([]string, t.places.list.len()), byPlace: make(map[string][]*pair), right: make(map[string][]*pair),
		groups: make(map[groupKey][]*pair), known: make(map[groupKey][]*pair)}
	for i, one := range t.places.list.all() {
		s.ranges[i] = rangeOf(one.name)
	}
	for _, p := range t.pairs.list.all() {
		if p.rejected == 0 {
			continue
		}
		address, net := t.places.name(p.place), s.ranges[p.place]
		s.byPlace[address] = append(s.byPlace[address], p)
		if net != address {
			s.byPlace[net] = append(s.byPlace[net], p)
		}
		s.groups[groupKey{p.account, net}] = append(s.groups[groupKey{p.account, net}], p)
	}
	for _, p := range t.pairs.list.all() {
		if p.accepted == 0 {
			continue
		}
		address, net := t.places.name(p.place), s.ranges[p.place]
		if s.byPlace[address] != nil {
			s.right[address] = append(s.right[address], p)
		}
		if net != address && s.byPlace[net] != nil {
			s.right[net] = append(s.right[net], p)
		}
		if k := (groupKey{p.account, net}); s.groups[k] != nil {
			s.known[k] = append(s.known[k], p)
		}
	}
	return s
}

// A spray is a source that was refused for many accounts in a short time.
type spray struct {
	source   string
	accounts map[uint32]bool
	pairs    []*pair
	span     span
	n        uint64 // refusals
	hits     []*pair
}

// sprays returns the findings for sources that were refused for many accounts: those after which a password was right, and the
// others.
func (s *sources) sprays() (right, refused []Finding, note string) {
	var all []*spray
	hours := make(map[int64]map[string]bool) // ranges, by the hour in which they begin
	for source := range s.byPlace {
		sp := s.sprayOf(source)
		if sp == nil {
			continue
		}
		all = append(all, sp)
	}
	slices.SortFunc(all, func(a, b *spray) int { return strings.Compare(a.source, b.source) })
	all = slices.DeleteFunc(all, func(sp *spray) bool { // a range that has no more to tell than one address in it
		return strings.Contains(sp.source, "/") && slices.ContainsFunc(all, func(one *spray) bool {
			return one.source != sp.source && rangeOf(one.source) == sp.source && len(one.accounts)*10 >= len(sp.accounts)*9
		})
	})
	for _, sp := range all {
		hour := sp.span.first / 3600
		if hours[hour] == nil {
			hours[hour] = make(map[string]bool)
		}
		hours[hour][rangeName(sp.source)] = true
	}
	everywhere := 0
	for _, sp := range all {
		f := Finding{Source: sp.source, Count: sp.n, First: Time(sp.span.first), Last: Time(sp.span.last)}
		var marks []mark
		for _, p := range sp.pairs {
			marks = append(marks, p.wrong)
		}
		f.IDs = idsOf(marks)
		if len(sp.hits) == 0 {
			if len(hours[sp.span.first/3600]) >= 3 {
				everywhere++
				continue
			}
			f.Text = fmt.Sprintf("%s was refused for %d accounts, %d times", sp.source, len(sp.accounts), sp.n)
			f.order = int64(len(sp.accounts))
			refused = append(refused, f)
			continue
		}
		for _, hit := range sp.hits {
			one := f
			one.Account = s.accounts.name(hit.account)
			one.Count = sp.n + uint64(hit.accepted)
			one.Last = max(one.Last, Time(hit.right.time))
			one.IDs = append(idsOf([]mark{hit.right}), f.IDs[:min(len(f.IDs), maxIDs-1)]...)
			one.Text = fmt.Sprintf("%s was refused for %d accounts, and then the password of %s was right", sp.source, len(sp.accounts), one.Account)
			one.order = int64(len(sp.accounts))
			right = append(right, one)
		}
	}
	if everywhere > 0 {
		note = fmt.Sprintf("%s refused for many accounts at the same time as others: that may be an outage, or an attack from many "+
			"addresses, and is not counted as a finding.", pluralWas(everywhere, "source"))
	}
	return right, refused, note
}

// rangeName is the range of a source that may be one.
func rangeName(source string) string {
	if strings.Contains(source, "/") {
		return source
	}
	return rangeOf(source)
}

func pluralWas(n int, word string) string {
	if n == 1 {
		return "1 " + word + " was"
	}
	return fmt.Sprintf("%d %ss were", n, word)
}

// sprayOf tells whether a source was refused for many accounts in a short time; nil if it was not, or if it is a place that many
// people sign in from.
func (s *sources) sprayOf(source string) *spray {
	refused := slices.Clone(s.byPlace[source])
	if len(refused) < s.options.SprayAccounts {
		return nil
	}
	slices.SortFunc(refused, func(a, b *pair) int {
		return cmp.Or(cmp.Compare(a.wrong.time, b.wrong.time), cmp.Compare(a.account, b.account), cmp.Compare(a.place, b.place))
	})
	window := int64(s.options.SprayWindow.Seconds())
	inWindow := make(map[uint32]int) // pairs by account
	from, first := 0, -1
	sp := &spray{source: source, accounts: make(map[uint32]bool)}
	for i, p := range refused {
		inWindow[p.account]++
		for ; p.wrong.time-refused[from].wrong.time > window; from++ {
			if a := refused[from].account; inWindow[a] == 1 {
				delete(inWindow, a)
			} else {
				inWindow[a]--
			}
		}
		if len(inWindow) < s.options.SprayAccounts {
			continue
		}
		if first < 0 {
			first = from
		}
		for ; first <= i; first++ {
			one := refused[first]
			sp.pairs = append(sp.pairs, one)
			sp.accounts[one.account] = true
			sp.n += uint64(one.rejected)
			sp.span.add(one.wrong.time)
			sp.span.add(one.wrongLast)
		}
	}
	if len(sp.pairs) == 0 {
		return nil
	}
	accepted := make(map[uint32]bool)
	for _, p := range s.right[source] {
		accepted[p.account] = true
	}
	if 2*len(accepted) > len(sp.accounts) {
		return nil
	}
	hits := make(map[uint32]*pair)
	before := make(map[uint32]bool)
	for _, p := range s.right[source] {
		if p.right.time < sp.span.first {
			before[p.account] = true
		} else if h := hits[p.account]; h == nil || p.right.time < h.right.time {
			hits[p.account] = p
		}
	}
	for account, p := range hits {
		if !before[account] {
			sp.hits = append(sp.hits, p)
		}
	}
	slices.SortFunc(sp.hits, func(a, b *pair) int { return cmp.Compare(a.account, b.account) })
	return sp
}

// guessed returns accounts whose password was refused many times from a range and then accepted.
func (s *sources) guessed() (found []Finding, note string) {
	hours := make(map[int64]map[string]bool)
	for k, refused := range s.groups {
		f, at, ok := s.guess(k, refused)
		if !ok {
			continue
		}
		found = append(found, f)
		if hours[at/3600] == nil {
			hours[at/3600] = make(map[string]bool)
		}
		hours[at/3600][f.Account] = true
	}
	all := len(found)
	found = slices.DeleteFunc(found, func(f Finding) bool { return len(hours[int64(f.Last)/3600]) >= 5 })
	if left := all - len(found); left > 0 {
		note = fmt.Sprintf("%d accounts failed many times and were accepted in the same hour as four or more others: that may be the end of an "+
			"outage, and is not counted as a finding.", left)
	}
	return found, note
}

func (s *sources) guess(k groupKey, refused []*pair) (f Finding, at int64, ok bool) {
	var (
		n     uint32
		first int64
		list  []int64
		marks []mark
	)
	for _, p := range refused {
		if p.known {
			return f, 0, false
		}
		n += p.rejected
		if first == 0 || p.wrong.time < first {
			first = p.wrong.time
		}
	}
	if int(n) < s.options.Failures {
		return f, 0, false
	}
	var right mark
	for _, p := range s.known[k] {
		if p.right.time <= first || p.known {
			return f, 0, false
		}
		if right.time == 0 || p.right.time < right.time {
			right = p.right
		}
	}
	if right.time == 0 {
		return f, 0, false
	}
	for _, p := range refused {
		some, ids := p.refusals()
		list = append(list, some...)
		for i, one := range ids {
			marks = append(marks, mark{some[i], one})
		}
	}
	window := int64(s.options.FailureWindow.Seconds())
	list = slices.DeleteFunc(list, func(t int64) bool { return t > right.time || t < right.time-window })
	marks = slices.DeleteFunc(marks, func(m mark) bool { return m.time > right.time || m.time < right.time-window })
	if len(list) < s.options.Failures {
		return f, 0, false
	}
	source := k.source
	if len(refused) == 1 {
		source = s.places.name(refused[0].place)
	}
	f = Finding{Account: s.accounts.name(k.account), Source: source, Count: uint64(len(list)) + 1, First: Time(slices.Min(list)), Last: Time(right.time),
		order: int64(len(list))}
	ids := idsOf(marks)
	f.IDs = append(idsOf([]mark{right}), ids[:min(len(ids), maxIDs-1)]...)
	atLeast := ""
	if int(n) > len(list) && len(list) >= maxTimes {
		atLeast = "at least "
	}
	f.Text = fmt.Sprintf("the password of %s was refused %s%d times from %s, and then accepted", f.Account, atLeast, len(list), source)
	return f, right.time, true
}

// prompts returns accounts with MFA prompts that were not accepted and then one that was, and accounts whose user refused one.
func (t *Tally) prompts() (passed, declined []Finding, note string) {
	type burst struct {
		finding Finding
		refused int
	}
	var bursts []burst
	hours := make(map[int64]int) // accounts with many prompts and none that the user refused, by the hour in which they begin
	window := int64(t.options.PromptWindow.Seconds())
	for _, one := range t.accounts.list.all() {
		m := one.mfa
		if m == nil {
			continue
		}
		account := one.name
		byTime := func(a, b mark) int {
			return cmp.Or(cmp.Compare(a.time, b.time), strings.Compare(a.id.String(), b.id.String()))
		}
		prompts, accepted, refused := slices.Clone(m.prompts), slices.Clone(m.accepted), slices.Clone(m.refused)
		slices.SortFunc(prompts, byTime)
		slices.SortFunc(accepted, byTime)
		slices.SortFunc(refused, byTime)
		if m.declined > 0 {
			declined = append(declined, Finding{Account: account, Count: uint64(m.declined), First: Time(refused[0].time),
				Last: Time(refused[len(refused)-1].time), IDs: idsOf(refused), order: int64(m.declined),
				Text: fmt.Sprintf("%s refused %s", account, plural(int(m.declined), "MFA prompt"))})
		}
		best, from := burst{}, 0
		for at, p := range prompts {
			for p.time-prompts[from].time > window {
				from++
			}
			some := prompts[from : at+1]
			no := 0
			for _, r := range refused {
				if r.time >= some[0].time && r.time <= p.time {
					no++
				}
			}
			if len(some) < t.options.Prompts && no < 2 {
				continue
			}
			if no == 0 && best.finding.Count == 0 {
				hours[some[0].time/3600]++
			}
			f := Finding{Account: account, Count: uint64(len(some)), First: Time(some[0].time), Last: Time(p.time), order: int64(len(some))}
			for _, yes := range accepted {
				if yes.time >= p.time && yes.time <= p.time+window {
					f.Last = Time(yes.time)
					f.IDs = append(idsOf([]mark{yes}), idsOf(some)...)
					f.IDs = f.IDs[:min(len(f.IDs), maxIDs)]
					f.Text = fmt.Sprintf("%s did not accept %s, refused %d of them, and then passed one", account, plural(len(some), "MFA prompt"), no)
					break
				}
			}
			if f.Text != "" && (best.finding.Text == "" || f.Count > best.finding.Count) {
				best = burst{f, no}
			} else if best.finding.Count == 0 {
				best = burst{f, no}
			}
		}
		if best.finding.Text != "" {
			bursts = append(bursts, best)
		}
	}
	left := 0
	for _, b := range bursts {
		if b.refused == 0 && hours[int64(b.finding.First)/3600] >= 5 {
			left++
			continue
		}
		passed = append(passed, b.finding)
	}
	if left > 0 {
		note = fmt.Sprintf("%d accounts had many MFA prompts in the same hour as four or more others, and passed one later: that may be an "+
			"outage of MFA, and is not counted as a finding.", left)
	}
	return passed, declined, note
}
