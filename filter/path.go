package filter

import (
	"fmt"

	"fluent-bit-entra-signin/internal/keypath"
)

// parsePath reads where a value is in a record.
func parsePath(text string) (keypath.Path, error) {
	path, err := keypath.Parse(text)
	if err != nil {
		return nil, err
	}
	for _, step := range path {
		if len(step.Key) > maxKey {
			return nil, fmt.Errorf("path %q: the key %q has %d bytes: want at most %d", text, step.Key, len(step.Key), maxKey)
		}
	}
	return path, nil
}

// groupings returns every way to write a path with some of its dots inside keys: a.b.c, "a.b".c, a."b.c", "a.b.c".
// Elastic's tools write their field names either way, and mixed. Keys that would be too long to find are left out.
func groupings(path keypath.Path) []keypath.Path {
	if len(path) < 2 {
		return []keypath.Path{path}
	}
	var all []keypath.Path
	first := path[0]
	for _, tail := range groupings(path[1:]) {
		all = append(all, append(keypath.Path{first}, tail...))
		if first.Key == "" || tail[0].Key == "" {
			continue
		}
		if joined := first.Key + "." + tail[0].Key; len(joined) <= maxKey {
			all = append(all, append(keypath.Keys(joined), tail[1:]...))
		}
	}
	return all
}
