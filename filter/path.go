package filter

import (
	"fmt"
	"strings"
)

// maxPath bounds how many keys a path may have.
const maxPath = 8

// parsePath reads where a value is: keys from the outside in, with dots between them (properties.status.errorCode), or
// in Fluent Bit's record accessor notation ($properties['status']['errorCode']), which allows dots in keys.
func parsePath(text string) ([]string, error) {
	rest, accessor := strings.CutPrefix(text, "$")
	if !accessor {
		return checkPath(text, strings.Split(rest, "."))
	}
	malformed := fmt.Errorf("path %q: want keys with dots between them, or $key['key']", text)
	head, brackets := rest, ""
	if i := strings.IndexByte(rest, '['); i >= 0 {
		head, brackets = rest[:i], rest[i:]
	}
	var keys []string
	if head != "" || brackets == "" {
		keys = append(keys, head)
	}
	for brackets != "" {
		if len(brackets) < 2 || brackets[0] != '[' || brackets[1] != '\'' && brackets[1] != '"' {
			return nil, malformed
		}
		end := strings.Index(brackets[2:], brackets[1:2]+"]")
		if end < 0 {
			return nil, malformed
		}
		keys = append(keys, brackets[2:2+end])
		brackets = brackets[2+end+2:]
	}
	return checkPath(text, keys)
}

func checkPath(text string, keys []string) ([]string, error) {
	if len(keys) > maxPath {
		return nil, fmt.Errorf("path %q has %d keys: want at most %d", text, len(keys), maxPath)
	}
	for _, key := range keys {
		if key == "" {
			return nil, fmt.Errorf("path %q: a key is empty", text)
		}
		if len(key) > maxKey {
			return nil, fmt.Errorf("path %q: the key %q has %d bytes: want at most %d", text, key, len(key), maxKey)
		}
	}
	return keys, nil
}

// groupings returns every way to write a path with some of its dots inside keys: a.b.c, "a.b".c, a."b.c", "a.b.c".
// Elastic's tools write their field names either way, and mixed. Keys that would be too long to find are left out.
func groupings(path []string) [][]string {
	if len(path) < 2 {
		return [][]string{path}
	}
	var all [][]string
	first := path[0]
	for _, tail := range groupings(path[1:]) {
		all = append(all, append([]string{first}, tail...))
		if joined := first + "." + tail[0]; len(joined) <= maxKey {
			all = append(all, append([]string{joined}, tail[1:]...))
		}
	}
	return all
}
