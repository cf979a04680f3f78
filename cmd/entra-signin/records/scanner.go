package records

// scanner finds the end of one JSON value. It takes the value in pieces, remembers where it was, and stops at the first
// byte that can belong to no JSON text, so that a damaged record does not swallow those after it. It is lenient inside
// numbers and literals: whoever gets the value checks it as a whole.
type scanner struct {
	pos   int // bytes seen
	state state
	open  []byte // brackets that are open, '{' or '['
}

type state uint8

const (
	wantValue      state = iota
	wantValueOrEnd       // after [
	wantKey              // after a comma in an object
	wantKeyOrEnd         // after {
	wantColon
	wantCommaOrEnd
	inKey
	inString
	inEscape    // after a backslash in a string
	inKeyEscape // after a backslash in a key
	inScalar    // in a number, true, false or null
)

type verdict uint8

const (
	unfinished verdict = iota // the value goes on after the bytes there are
	finished                  // pos is its end
	broken                    // this is no JSON
)

// deepest is how many brackets may be open. What goes deeper is no record, and giving up keeps the cost of damaged input,
// where every line is tried, within a fixed factor.
const deepest = 256

// run goes on with text, which begins with all that earlier calls have seen.
func (s *scanner) run(text []byte) verdict {
	for s.pos < len(text) {
		c := text[s.pos]
		switch s.state {
		case inString, inKey:
			if v := s.string(text); v != unfinished {
				return v
			}
			continue
		case inEscape:
			s.state = inString
			s.pos++
			continue
		case inKeyEscape:
			s.state = inKey
			s.pos++
			continue
		case inScalar:
			if isScalar(c) {
				s.pos++
				continue
			}
			if len(s.open) == 0 {
				return finished
			}
			s.state = wantCommaOrEnd
		}
		if c == ' ' || c == '\t' || c == '\n' || c == '\r' {
			s.pos++
			continue
		}
		if !s.step(c) {
			return broken
		}
		s.pos++
		if len(s.open) == 0 && s.state == wantCommaOrEnd {
			return finished
		}
	}
	return unfinished
}

// step takes a byte that is not inside a string or scalar, and tells whether it may stand there.
func (s *scanner) step(c byte) bool {
	switch s.state {
	case wantKeyOrEnd, wantKey:
		if c == '"' {
			s.state = inKey
			return true
		}
		return c == '}' && s.state == wantKeyOrEnd && s.close('{')
	case wantColon:
		s.state = wantValue
		return c == ':'
	case wantCommaOrEnd:
		switch c {
		case ',':
			s.state = wantValue
			if s.open[len(s.open)-1] == '{' {
				s.state = wantKey
			}
			return true
		case '}':
			return s.close('{')
		case ']':
			return s.close('[')
		}
		return false
	}
	switch {
	case c == '{':
		s.state = wantKeyOrEnd
		return s.push(c)
	case c == '[':
		s.state = wantValueOrEnd
		return s.push(c)
	case c == ']':
		return s.state == wantValueOrEnd && s.close('[')
	case c == '"':
		s.state = inString
		return true
	case isScalar(c):
		s.state = inScalar
		return true
	}
	return false
}

// string goes on inside a string or key up to its end.
func (s *scanner) string(text []byte) verdict {
	for ; s.pos < len(text); s.pos++ {
		switch c := text[s.pos]; {
		case c == '"':
			s.pos++
			if s.state == inKey {
				s.state = wantColon
				return unfinished
			}
			s.state = wantCommaOrEnd
			if len(s.open) == 0 {
				return finished
			}
			return unfinished
		case c == '\\':
			s.pos++
			if s.state == inKey {
				s.state = inKeyEscape
			} else {
				s.state = inEscape
			}
			return unfinished
		case c < ' ':
			return broken // a line break above all: JSON has none inside a string
		}
	}
	return unfinished
}

func (s *scanner) push(c byte) bool {
	s.open = append(s.open, c)
	return len(s.open) <= deepest
}

func (s *scanner) close(c byte) bool {
	last := len(s.open) - 1
	if s.open[last] != c {
		return false
	}
	s.open = s.open[:last]
	s.state = wantCommaOrEnd
	return true
}

func isScalar(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '-' || c == '+' || c == '.'
}
