// Package keypath reads the paths by which options name a value in a record.
//
// # Syntax
//
//	status.errorCode                keys from the outside in, with dots between them
//	error_codes[0]                  an element of a list, counted from 0
//	$['Sign-in error code'].code    a key of any characters, in single or double quotes
//
// A path may begin with $, as in Fluent Bit's record accessor. A key that holds a dot, a blank, a comma, a bracket or a
// quotation mark stands in brackets and quotation marks. It ends at the same quotation mark followed by ].
//
// Nothing in this package has state, so all of it may run at once.
package keypath

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// A Path is the way from a record to a value in it, from the outside in. The first step is a key.
type Path []Step

// A Step leads into a map, by its key, or into a list where the key is "".
type Step struct {
	Key   string
	Index int // from 0 to MaxIndex
}

// Limits of a path.
const (
	MaxSteps = 8
	MaxKey   = 255 // bytes of a key
	MaxIndex = 9999
)

// Keys returns the path through these keys.
func Keys(keys ...string) Path {
	p := make(Path, len(keys))
	for i, key := range keys {
		p[i].Key = key
	}
	return p
}

// Parse reads a path. The error says what is wrong with the path and shows what a path looks like.
func Parse(text string) (Path, error) {
	p, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("path %q: %w: write a path such as status.errorCode, error_codes[0] or ['odd key'].code", text, err)
	}
	return p, nil
}

func parse(text string) (p Path, err error) {
	rest := strings.TrimPrefix(text, "$")
	switch {
	case rest == "":
		return nil, errors.New("no key is named")
	case rest[0] == '/':
		return nil, errors.New("the keys stand between slashes, not dots")
	}
	for key := rest[0] != '['; ; {
		var step Step
		if key {
			step.Key, rest, err = cutKey(rest)
		} else {
			step, rest, err = cutBracket(rest)
		}
		switch {
		case err != nil:
			return nil, err
		case step.Key == "" && len(p) == 0:
			return nil, errors.New("a record is a map, and the path begins with a place in a list")
		case len(step.Key) > MaxKey:
			return nil, fmt.Errorf("a key has %d bytes, more than the %d that are possible", len(step.Key), MaxKey)
		case len(p) == MaxSteps:
			return nil, fmt.Errorf("the path has more than %d steps", MaxSteps)
		}
		p = append(p, step)
		if rest == "" {
			return p, nil
		}
		if key = rest[0] == '.'; key {
			rest = rest[1:]
		} else if rest[0] != '[' {
			return nil, errors.New("a bracket is followed by something that is neither a dot nor a bracket")
		}
	}
}

// special are the characters that a key outside of brackets cannot have.
const special = ".[]'\", \t\r\n"

// cutKey takes a key without brackets off the start of a path.
func cutKey(text string) (key, rest string, err error) {
	end := strings.IndexAny(text, special)
	if end < 0 {
		end = len(text)
	}
	key, rest = text[:end], text[end:]
	switch {
	case rest != "" && rest[0] != '.' && rest[0] != '[':
		return "", "", fmt.Errorf("%q stands outside of brackets", rest[:1])
	case key == "":
		return "", "", errors.New("a key is empty")
	}
	return key, rest, nil
}

// cutBracket takes a step in brackets off the start of a path.
func cutBracket(text string) (step Step, rest string, err error) {
	inner, quoted, rest, ok := bracket(text)
	switch {
	case !ok:
		return step, "", errors.New("a bracket is not closed")
	case quoted && inner == "":
		return step, "", errors.New("a key is empty")
	case quoted:
		return Step{Key: inner}, rest, nil
	}
	n, err := strconv.ParseUint(inner, 10, 32)
	if err != nil {
		return step, "", fmt.Errorf("%q is neither a place in a list nor a key in quotation marks", "["+inner+"]")
	}
	if n > MaxIndex {
		return step, "", fmt.Errorf("[%s] is beyond the place %d, the last that is possible", inner, MaxIndex)
	}
	return Step{Index: int(n)}, rest, nil
}

// bracket takes a pair of brackets off the start of a text, which begins with the first of the two.
func bracket(text string) (inner string, quoted bool, rest string, ok bool) {
	end := "]"
	text = text[1:]
	if quoted = text != "" && (text[0] == '\'' || text[0] == '"'); quoted {
		end, text = text[:1]+"]", text[1:]
	}
	inner, rest, ok = strings.Cut(text, end)
	return inner, quoted, rest, ok
}

// Cut takes the first path, or what should be one, off the start of a list. The path ends at the first of the separators
// that stands neither in brackets nor in quotation marks; rest begins with the separator.
func Cut(list, separators string) (text, rest string) {
	for at := 0; at < len(list); {
		switch c := list[at]; {
		case strings.IndexByte(separators, c) >= 0:
			return list[:at], list[at:]
		case c == '[':
			_, _, rest, ok := bracket(list[at:])
			if !ok {
				return list, ""
			}
			at = len(list) - len(rest)
		case c == '\'' || c == '"':
			end := strings.IndexByte(list[at+1:], c)
			if end < 0 {
				return list, ""
			}
			at += end + 2
		default:
			at++
		}
	}
	return list, ""
}

// Split returns the paths in a list that is separated by commas or white space.
func Split(list string) []string {
	const separators = ", \t\r\n"
	paths := []string{}
	for {
		list = strings.TrimLeft(list, separators)
		if list == "" {
			return paths
		}
		var text string
		text, list = Cut(list, separators)
		paths = append(paths, text)
	}
}

// ParseAll reads several paths.
func ParseAll(texts []string) ([]Path, error) {
	paths := make([]Path, len(texts))
	for i, text := range texts {
		var err error
		if paths[i], err = Parse(text); err != nil {
			return nil, err
		}
	}
	return paths, nil
}

// String writes a path as Parse reads it, without $.
func (p Path) String() string {
	var b strings.Builder
	for i, step := range p {
		switch {
		case step.Key == "":
			fmt.Fprintf(&b, "[%d]", step.Index)
		case strings.ContainsAny(step.Key, special), i == 0 && (step.Key[0] == '$' || step.Key[0] == '/'):
			quote := "'"
			if strings.Contains(step.Key, "']") {
				quote = `"`
			}
			b.WriteString("[" + quote + step.Key + quote + "]")
		default:
			if i > 0 {
				b.WriteByte('.')
			}
			b.WriteString(step.Key)
		}
	}
	return b.String()
}
