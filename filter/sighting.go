package filter

import "math/bits"

// kind is what was found at a place, whatever the encoding was.
type kind uint8

const (
	nothing kind = iota // null, a boolean, a map, …: nothing that a decision can use
	numeric
	textual
	list // the records of an envelope
)

// A value is what was found at a place.
type value struct {
	kind kind
	num  int64
	text string // may point into the input: gone when that is
	// start and end tell where the value stands in the input; end is 0 where that is inside a string.
	start, end int
}

// A sighting is what one record showed at the places that were looked at, whatever it was encoded in.
type sighting struct {
	seen    uint64 // bit n: values[n] is set
	asNamed uint64 // bit n: values[n] stands where the keys are spelled as the user spelled them
	values  [maxPlaces]value
	hits    []hit // the targets that the record has already
	within  bool  // the scan is inside a string of the record
}

// A hit is a target that the record has already.
type hit struct {
	target int8
	isMap  bool
	container
}

// maxHits bounds how often a record may repeat the targets for each repetition to be replaced. It keeps a record made of
// nothing else from taking time and memory; each target is noted at least once, so that none is appended twice.
const maxHits = 32

// reset drops all that was seen: its texts may point into memory that is not ours and must not be kept.
func (s *sighting) reset() {
	for seen := s.seen; seen != 0; seen &= seen - 1 {
		s.values[bits.TrailingZeros64(seen)] = value{}
	}
	s.seen, s.asNamed = 0, 0
	s.hits = s.hits[:0]
}

// note keeps what stands at the places of a node. Of a key that stands several times the first counts that holds more than
// 0, but a key that is spelled as the user spelled it counts before one in another case.
func (s *sighting) note(n *node, v value) {
	if s.within {
		v.start, v.end = 0, 0
	}
	better := n.asNamed &^ s.asNamed
	if better != 0 && v.void() {
		better = 0
	}
	for places := n.places; places != 0; places &= places - 1 {
		i := bits.TrailingZeros64(places)
		if s.seen>>i&1 == 0 || better>>i&1 != 0 || s.values[i].void() {
			s.values[i] = v
			s.asNamed = s.asNamed&^(1<<i) | n.asNamed&(1<<i)
		}
		s.seen |= 1 << i
	}
}

// among tells whether one of some places was seen at an index: two paths may lead to the same value.
func (s *sighting) among(places uint64, start int) bool {
	for places &= s.seen; places != 0; places &= places - 1 {
		if s.values[bits.TrailingZeros64(places)].start == start {
			return true
		}
	}
	return false
}

// void tells whether a value is not worth more than what the same key holds when it stands once more.
func (v *value) void() bool {
	return v.kind == nothing || v.kind == numeric && v.num == 0 || v.kind == textual && (v.text == "" || v.text == "0")
}

// hit keeps where a target stands. What stands inside a string is no place to write to.
func (s *sighting) hit(h hit) {
	if !s.within && (len(s.hits) < maxHits || s.find(h.target) == nil) {
		s.hits = append(s.hits, h)
	}
}

// find returns the first hit of a target, or nil.
func (s *sighting) find(target int8) *hit {
	for i := range s.hits {
		if s.hits[i].target == target {
			return &s.hits[i]
		}
	}
	return nil
}
