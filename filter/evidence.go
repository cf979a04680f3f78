package filter

import "math/bits"

// evidence is what a record says of itself, gathered when a place first needs it.
type evidence struct {
	engine   *Engine
	sighting *sighting
	mark     mark
	gathered bool
}

// supports tells whether a code at a place of this trust may be believed; telling is whether the catalog has the code
// and it is not 0, which alone makes it unlikely that it is something else.
func (ev *evidence) supports(t trust, telling bool) bool {
	if t == always {
		return true
	}
	if !ev.gathered {
		ev.mark, ev.gathered = ev.engine.markOf(ev.sighting), true
	}
	if t == inWords {
		return ev.mark != other
	}
	switch ev.mark {
	case signIn:
		return true
	case other:
		return t == own && telling
	}
	return t == own || t == shared && (telling || ev.sighting.seen&ev.engine.masks.principals != 0)
}

// markOf tells whether a record says that it is a sign-in, says that it is something else, or is silent. One mark
// against it outweighs the rest.
func (e *Engine) markOf(s *sighting) mark {
	found := silent
	for seen := s.seen & e.masks.marks; seen != 0; seen &= seen - 1 {
		i := bits.TrailingZeros64(seen)
		if s.values[i].kind != textual {
			continue
		}
		switch e.places[i].marks(s.values[i].text) {
		case other:
			return other
		case signIn:
			found = signIn
		}
	}
	if s.seen&e.masks.keys != 0 {
		return signIn
	}
	return found
}

// believe drops an answer from the words of a string where the record around the string says that it is something else.
func (e *Engine) believe(a answer, around *sighting) answer {
	if a.inWords && e.markOf(around) == other {
		return answer{}
	}
	return a
}
