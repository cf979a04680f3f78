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
		if c := cmp.Compare(weights[b], weights[a]); c != 0 {
			return c
		}
		x, y := n.list.at(a), n.list.at(b)
		if c := cmp.Compare(y.n, x.n); c != 0 {
			return c
		}
		return strings.Compare(x.name, y.name)
	})
	return order
}

// halve drops the half with the least to tell, and of those with as much to tell the ones that came first. It returns the new numbers of
// the others by their old ones.
func (n *names) halve() (moved []uint32) {
	if n.seen == nil {
		n.seen = hyperloglog.NewNoSparse()
		for _, one := range n.list.all() {
			n.seen.InsertHash(one.hash)
		}
	}
	n.cut = true
	moved = make([]uint32, n.list.len())
	weights := make([]uint64, len(moved))
	for i, one := range n.list.all() {
		weights[i] = one.weight()
	}
	sorted := slices.Clone(weights)
	slices.Sort(sorted)
	kept := sorted[len(sorted)/2:]
	least := kept[0] // of the weights that are kept, at least in part
	equal := 0
	for equal < len(kept) && kept[equal] == least {
		equal++
	}
	for i := len(weights) - 1; i >= 0; i-- {
		switch {
		case weights[i] > least:
		case weights[i] == least && equal > 0:
			equal--
		default:
			moved[i] = dropped
		}
	}
	n.first = intmap.New[uint64, uint32](n.limit)
	to := uint32(0)
	for from, one := range n.list.all() {
		if moved[from] == dropped {
			continue
		}
		hash := n.index(one.name)
		next, ok := n.first.Get(hash)
		if !ok {
			next = dropped
		}
		n.first.Put(hash, to)
		place := n.list.at(to)
		*place = *one
		place.next = next
		moved[from] = to
		to++
	}
	n.list.cut(int(to))
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
