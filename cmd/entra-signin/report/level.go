package report

import (
	"strings"

	"fluent-bit-entra-signin/filter"
)

// A level is an object of a record, with what its keys mean. Records of one source have the same keys in the same order, so a key is
// first compared with the one that followed the key before last time. It belongs to one goroutine.
type level struct {
	index map[string]uint16 // of keys
	keys  []levelKey        // the first stands for the beginning of the object
	asked filter.Asked      // of what stands under keys that no shape has
}

type levelKey struct {
	text    string // the key in JSON, and the colon
	after   uint16 // the key that followed last time
	meaning meaning
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
	l := &level{index: make(map[string]uint16), keys: make([]levelKey, 1), asked: asked}
	for _, name := range s.names() {
		of := s.keys[name]
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

func (l *level) add(name string, m meaning) (at uint16) {
	at = uint16(len(l.keys))
	l.keys = append(l.keys, levelKey{text: `"` + name + `":`, meaning: m})
	l.index[strings.Clone(name)] = at
	return at
}

// meaning returns what a key means, which follows the key at before. At is where the key is, 0 for nowhere.
func (l *level) meaning(key string, before uint16) (m meaning, at uint16) {
	at, ok := l.index[key]
	if ok {
		l.keys[before].after = at
		return l.keys[at].meaning, at
	}
	if _, ok := l.asked.Under(key); ok {
		m.take = takeAll
	}
	if len(l.keys) < mostKeys && len(key) <= longestKey && isPlain(key) {
		at = l.add(key, m)
		l.keys[before].after = at
	}
	return m, at
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
