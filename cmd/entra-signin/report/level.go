package report

import (
	"strings"

	"fluent-bit-entra-signin/filter"
)

// A level is an object of a record, with what its keys mean. Records of one source have the same keys in the same order, so a key is
// first compared with the one that followed the key before last time. It belongs to one goroutine.
type level struct {
	keys  map[string]*levelKey
	start levelKey     // stands for the beginning of the object
	other levelKey     // the last key that is not in keys
	asked filter.Asked // of what stands under keys that no shape has
}

type levelKey struct {
	meaning
	text  string    // the key in JSON, and the colon
	after *levelKey // the key that followed last time; nil for none
}

// A level learns keys that no shape has, up to a limit: what records say must not take memory without bound.
const (
	mostKeys   = 1000
	longestKey = 100
)

// A meaning is what a key leads to.
type meaning struct {
	field field
	level *level // what an object under the key is looked into for; nil for nothing
	take  take
	any   bool // there is any of these
}

// take is how much of a value the engine asks for.
type take uint8

const (
	takeNothing take = iota
	takeSome         // of an object the pairs that its level says; of anything else all
	takeAll
)

// newLevel returns the level of a shape, for an engine that asks so much of the object.
func newLevel(s *shape, asked filter.Asked) *level {
	l := &level{keys: make(map[string]*levelKey), asked: asked}
	for name, of := range s.keys {
		m := meaning{field: of.field}
		inside, ok := asked.Under(name)
		if of.shape != nil {
			m.level = newLevel(of.shape, inside)
		}
		switch {
		case !ok || of.field == ourCode || of.field == ourSeverity:
		case inside.Some() && m.level != nil:
			m.take = takeSome
		default:
			m.take = takeAll
		}
		l.add(name, m)
	}
	return l
}

func (l *level) add(name string, m meaning) *levelKey {
	m.any = m.field != none || m.level != nil || m.take != takeNothing
	k := &levelKey{meaning: m, text: `"` + name + `":`}
	l.keys[strings.Clone(name)] = k
	return k
}

// find returns a key, which follows another.
func (l *level) find(name string, before *levelKey) *levelKey {
	k := l.keys[name]
	if k == nil {
		m := meaning{}
		if _, ok := l.asked.Under(name); ok {
			m.take, m.any = takeAll, true
		}
		if len(l.keys) == mostKeys || len(name) > longestKey || !isPlain(name) {
			l.other = levelKey{meaning: m}
			return &l.other
		}
		k = l.add(name, m)
	}
	before.after = k
	return k
}

// isPlain tells whether a key is written in JSON as it is.
func isPlain(key string) bool {
	for _, c := range []byte(key) {
		if c < ' ' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
