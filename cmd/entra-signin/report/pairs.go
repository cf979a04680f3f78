package report

import (
	"cmp"
	"slices"

	"github.com/kamstrup/intmap"
)

// A pair is an account at an address.
type pair struct {
	account, place     uint32
	accepted, rejected uint32 // passwords
	right              mark   // the first time that one was accepted
	rightLast          int64
	wrong              mark // the first that was refused
	wrongLast          int64
	known              bool   // the device was one that the tenant knows
	times              *times // of refusals, from the second on
}

// times are some of the times that passwords were refused.
type times struct {
	list []int64
	ids  []ID // of the first
}

// How much is kept of a pair's refusals. With more, the earliest in the input stay.
const (
	maxTimes = 256
	maxIDs   = 10
)

// pairs are kept up to a limit.
type pairs struct {
	limit int
	index *intmap.Map[uint64, uint32] // by key
	list  list[pair]
	cut   bool
	marks *budget // for times and ids
}

func newPairs(limit int, marks *budget) *pairs {
	return &pairs{limit: limit, index: intmap.New[uint64, uint32](0), marks: marks}
}

// key is another number for every pair. Its bits are mixed, because intmap hardly does that, and pairs of one address differ in the upper
// half only (the finalizer of MurmurHash3).
func key(account, place uint32) uint64 {
	k := uint64(account)<<32 | uint64(place)
	k = (k ^ k>>33) * 0xff51afd7ed558ccd
	k = (k ^ k>>33) * 0xc4ceb9fe1a85ec53
	return k ^ k>>33
}

func (p *pairs) add(account, place uint32, e *Event) {
	right, wrong := isAccepted(e), isRejected(e)
	if !right && !wrong || e.Time == 0 {
		return
	}
	if p.list.len() >= p.limit {
		p.halve()
	}
	var one *pair
	k := key(account, place)
	if i, ok := p.index.Get(k); ok {
		one = p.list.at(i)
	} else {
		i, one = p.list.add(pair{account: account, place: place})
		p.index.Put(k, i)
	}
	one.known = one.known || e.Flags&ManagedPlace != 0
	if right {
		if one.accepted == 0 || e.Time < one.right.time {
			one.right = mark{e.Time, e.ID}
		}
		one.rightLast = max(one.rightLast, e.Time)
		one.accepted++
		return
	}
	first := one.wrong
	if one.rejected == 0 || e.Time < one.wrong.time {
		one.wrong = mark{e.Time, e.ID}
	}
	one.wrongLast = max(one.wrongLast, e.Time)
	one.rejected++
	switch one.rejected {
	case 1:
		return
	case 2:
		one.times = &times{list: []int64{first.time}, ids: []ID{first.id}}
	}
	if len(one.times.list) < maxTimes && p.marks.take() {
		one.times.list = append(one.times.list, e.Time)
	}
	if len(one.times.ids) < min(maxIDs, len(one.times.list)) {
		one.times.ids = append(one.times.ids, e.ID)
	}
}

// refusals returns the times and ids of a pair's refusals that were kept.
func (p *pair) refusals() (list []int64, ids []ID) {
	switch {
	case p.rejected == 0:
		return nil, nil
	case p.times == nil:
		return []int64{p.wrong.time}, []ID{p.wrong.id}
	}
	return p.times.list, p.times.ids
}

// move gives accounts and addresses their new numbers, and drops pairs of those that were dropped.
func (p *pairs) move(renumber func(*pair)) {
	kept := uint32(0)
	p.index = intmap.New[uint64, uint32](p.limit)
	for _, one := range p.list.all() {
		if renumber(one); one.account == dropped || one.place == dropped {
			p.cut = true
			continue
		}
		p.index.Put(key(one.account, one.place), kept)
		*p.list.at(kept) = *one
		kept++
	}
	p.list.cut(int(kept))
}

// halve drops half of the pairs: first those without refusals, the longest unseen first, then those with the fewest refusals.
func (p *pairs) halve() {
	order := make([]uint32, p.list.len())
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(a, b uint32) int {
		x, y := p.list.at(a), p.list.at(b)
		return cmp.Or(cmp.Compare(y.rejected, x.rejected), cmp.Compare(y.rightLast, x.rightLast),
			cmp.Compare(x.account, y.account), cmp.Compare(x.place, y.place))
	})
	for _, i := range order[len(order)/2:] {
		p.list.at(i).account = dropped
	}
	p.move(func(*pair) {})
}
