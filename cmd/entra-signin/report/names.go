package report

import (
	"cmp"
	"hash/maphash"
	"slices"
	"strings"

	"github.com/axiomhq/hyperloglog"
	"github.com/dgryski/go-metro"
	"github.com/kamstrup/intmap"
)

// names are things that have a name and statistics: accounts, addresses, apps. Each has a number as long as it is kept.
type names struct {
	limit int
	index func(string) uint64         // the hash for first, another in every run: nobody can make names that all have one
	first *intmap.Map[uint64, uint32] // by hash
	list  list[named]

	cut  bool
	seen *hyperloglog.Sketch // of all names, from the first cut on
}

type named struct {
	name string
	nameStat
	hash uint64 // that counts it among different names
	next uint32 // another name with the same hash, which hardly happens; dropped for none
}

const dropped = ^uint32(0)

func newNames(limit int) *names {
	seed := maphash.MakeSeed()
	index := func(name string) uint64 { return maphash.String(seed, name) }
	return &names{limit: limit, index: index, first: intmap.New[uint64, uint32](0)}
}

// get returns the number and the statistics of a name.
func (n *names) get(name string) (uint32, *named) {
	hash := n.index(name)
	first, ok := n.first.Get(hash)
	for i := first; ok && i != dropped; {
		one := n.list.at(i)
		if one.name == name {
			return i, one
		}
		i = one.next
	}
	if !ok {
		first = dropped
	}
	name = strings.Clone(name)
	i, one := n.list.add(named{name: name, hash: hashOf(name), next: first})
	n.first.Put(hash, i)
	if n.seen != nil {
		n.seen.InsertHash(one.hash)
	}
	return i, one
}

// name returns the name with a number.
func (n *names) name(i uint32) string { return n.list.at(i).name }

func (n *names) full() bool { return n.list.len() >= n.limit }

// order returns the numbers of all names, those with the most weight first, and of those the ones with the most records.
func (n *names) order(weight func(*nameStat) uint64) []uint32 {
	order := make([]uint32, n.list.len())
	weights := make([]uint64, len(order))
	for i, one := range n.list.all() {
		order[i], weights[i] = i, weight(&one.nameStat)
	}
	slices.SortFunc(order, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(weights[b], weights[a]), cmp.Compare(n.list.at(b).n, n.list.at(a).n), cmp.Compare(n.name(a), n.name(b)))
	})
	return order
}

// halve drops the half with the least to tell, and returns the new numbers of the others by their old ones.
func (n *names) halve() (moved []uint32) {
	if n.seen == nil {
		n.seen = hyperloglog.NewNoSparse()
		for _, one := range n.list.all() {
			n.seen.InsertHash(one.hash)
		}
	}
	n.cut = true
	order := n.order((*nameStat).weight)
	moved = make([]uint32, len(order))
	for i := range moved {
		moved[i] = dropped
	}
	kept := order[:len(order)/2]
	slices.Sort(kept) // so that nothing is overwritten before it has moved
	n.first = intmap.New[uint64, uint32](n.limit)
	for to, from := range kept {
		to := uint32(to)
		moved[from] = to
		one := n.list.at(to)
		*one = *n.list.at(from)
		hash := n.index(one.name)
		one.next = dropped
		if first, ok := n.first.Get(hash); ok {
			one.next = first
		}
		n.first.Put(hash, to)
	}
	n.list.cut(len(kept))
	return moved
}

// number is how many names there were, and whether that is an estimate.
func (n *names) number() Number {
	if n.seen != nil {
		return Number{int(n.seen.Estimate()), true}
	}
	return Number{n.list.len(), false}
}

// A Number of different things.
type Number struct {
	N         int  `json:"n"`
	Estimated bool `json:"estimated"`
}

// hashOf is the hash by which different names are counted. Unlike that of names, it is the same in every run.
func hashOf(name string) uint64 { return metro.Hash64Str(name, 1337) }

// distinct counts different names by their hashes, without keeping the names: exactly while there are few, and then with a sketch.
type distinct struct {
	few    *intmap.Set[uint64]
	sketch *hyperloglog.Sketch
}

// exactly is how many names are counted without an error.
const exactly = 1000

func (d *distinct) add(hash uint64) {
	switch {
	case d.sketch != nil:
		d.sketch.InsertHash(hash)
		return
	case d.few == nil:
		d.few = intmap.NewSet[uint64](0)
	}
	if d.few.Add(hash); d.few.Len() > exactly {
		d.sketch = hyperloglog.NewNoSparse()
		for hash := range d.few.All() {
			d.sketch.InsertHash(hash)
		}
		d.few = nil
	}
}

func (d *distinct) number() Number {
	switch {
	case d.sketch != nil:
		return Number{int(d.sketch.Estimate()), true}
	case d.few != nil:
		return Number{d.few.Len(), false}
	}
	return Number{}
}
