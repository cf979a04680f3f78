package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/axiomhq/hyperloglog"
)

// names are things that have a name and statistics: accounts, addresses, apps. Each has a number as long as it is kept.
type names[S any] struct {
	limit  int
	weight func(*S) uint64 // how much there is to tell; the least is dropped first

	index map[string]uint32
	list  []string
	stats []S

	cut  bool
	seen *hyperloglog.Sketch // of all names, from the first cut on
}

func newNames[S any](limit int, weight func(*S) uint64) *names[S] {
	return &names[S]{limit: limit, weight: weight, index: make(map[string]uint32)}
}

// get returns the number and the statistics of a name. The latter move with the next new name.
func (n *names[S]) get(name string) (uint32, *S) {
	if i, ok := n.index[name]; ok {
		return i, &n.stats[i]
	}
	name = strings.Clone(name)
	i := uint32(len(n.list))
	n.index[name] = i
	n.list = append(n.list, name)
	var zero S
	n.stats = append(n.stats, zero)
	if n.seen != nil {
		n.seen.Insert([]byte(name))
	}
	return i, &n.stats[i]
}

func (n *names[S]) full() bool { return len(n.list) >= n.limit }

const dropped = ^uint32(0)

// halve drops the half with the least to tell, and returns the new numbers of the others by their old ones.
func (n *names[S]) halve() (moved []uint32) {
	if n.seen == nil {
		n.seen = hyperloglog.New14()
		for _, name := range n.list {
			n.seen.Insert([]byte(name))
		}
	}
	n.cut = true
	order := make([]uint32, len(n.list))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(n.weight(&n.stats[b]), n.weight(&n.stats[a])), cmp.Compare(n.list[a], n.list[b]))
	})
	moved = make([]uint32, len(order))
	for i := range moved {
		moved[i] = dropped
	}
	kept := order[:len(order)/2]
	slices.Sort(kept) // so that nothing is overwritten before it has moved
	n.index = make(map[string]uint32, n.limit)
	for to, from := range kept {
		moved[from] = uint32(to)
		n.list[to], n.stats[to] = n.list[from], n.stats[from]
		n.index[n.list[to]] = uint32(to)
	}
	clear(n.list[len(kept):])
	clear(n.stats[len(kept):])
	n.list, n.stats = n.list[:len(kept)], n.stats[:len(kept)]
	return moved
}

// number is how many names there were, and whether that is an estimate.
func (n *names[S]) number() Number {
	if n.seen != nil {
		return Number{int(n.seen.Estimate()), true}
	}
	return Number{len(n.list), false}
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
