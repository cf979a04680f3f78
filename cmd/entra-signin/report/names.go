package report

import (
	"cmp"
	"hash/maphash"
	"slices"
	"strings"

	"github.com/axiomhq/hyperloglog"
	"github.com/kamstrup/intmap"
)

// names are things that have a name and statistics: accounts, addresses, apps. Each has a number as long as it is kept.
type names struct {
	limit int
	hash  func(string) uint64
	first *intmap.Map[uint64, uint32] // by hash
	list  list[named]

	cut  bool
	seen *hyperloglog.Sketch // of all names, from the first cut on
}

type named struct {
	name string
	nameStat
	next uint32 // another name with the same hash, which hardly happens; dropped for none
}

const dropped = ^uint32(0)

func newNames(limit int) *names {
	seed := maphash.MakeSeed()
	hash := func(name string) uint64 { return maphash.String(seed, name) }
	return &names{limit: limit, hash: hash, first: intmap.New[uint64, uint32](0)}
}

// get returns the number and the statistics of a name.
func (n *names) get(name string) (uint32, *nameStat) {
	hash := n.hash(name)
	first, ok := n.first.Get(hash)
	for i := first; ok && i != dropped; {
		one := n.list.at(i)
		if one.name == name {
			return i, &one.nameStat
		}
		i = one.next
	}
	if !ok {
		first = dropped
	}
	name = strings.Clone(name)
	i, one := n.list.add(named{name: name, next: first})
	n.first.Put(hash, i)
	if n.seen != nil {
		n.seen.Insert([]byte(name))
	}
	return i, &one.nameStat
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
		n.seen = hyperloglog.New14()
		for _, one := range n.list.all() {
			n.seen.Insert([]byte(one.name))
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
		hash := n.hash(one.name)
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

// distinct counts different names without keeping them.
type distinct struct{ sketch *hyperloglog.Sketch }

func (d *distinct) add(name string) {
	if d.sketch == nil {
		d.sketch = hyperloglog.New14()
	}
	d.sketch.Insert([]byte(name))
}

// exactly is how many names a sketch counts without an error to speak of: it keeps a list of their hashes, of 25 bits, while there are
// few.
const exactly = 1000

func (d *distinct) number() Number {
	if d.sketch == nil {
		return Number{}
	}
	n := int(d.sketch.Estimate())
	return Number{n, n > exactly}
}
