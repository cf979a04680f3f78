package filter

import (
	"slices"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/internal/keypath"
)

// A target is a key that is appended: a leaf holds a field, the others hold more targets.
type target struct {
	key   string
	field field
	kids  []int8 // positions in layout.targets; nil for a leaf
}

// A layout is the tree of targets that the options ask for.
type layout struct {
	targets []target
	roots   []int8
}

// A field is the value that an entry has for it: a string, an int64 or a []string; nil where there is nothing to say.
type field func(e *catalog.Entry) any

// fields are those of FieldNames.
var fields = map[string]field{
	"description": word(func(e *catalog.Entry) string { return e.Description }),
	"severity":    word(func(e *catalog.Entry) string { return e.Severity.String() }),
	"name":        word(func(e *catalog.Entry) string { return e.Name }),
	"outcome":     word(func(e *catalog.Entry) string { return e.Outcome.String() }),
	"category":    word(func(e *catalog.Entry) string { return string(e.Category) }),
	"action":      word(func(e *catalog.Entry) string { return e.Action }),
	"technique":   word(func(e *catalog.Entry) string { return e.Technique }),
	"credential":  word(func(e *catalog.Entry) string { return e.Credential.String() }),
	"code":        func(e *catalog.Entry) any { return int64(e.Code) },
}

// word is a field that is left out where it is empty.
func word(get func(*catalog.Entry) string) field {
	return func(e *catalog.Entry) any {
		if s := get(e); s != "" {
			return s
		}
		return nil
	}
}

// newLayout places the fields as the options, which were checked, say.
func newLayout(o *Options) *layout {
	l := &layout{}
	if !o.flat() {
		for _, f := range schemas[o.Schema] {
			l.add(f.path, f.field)
		}
		return l
	}
	for _, name := range o.Fields {
		l.add([]string{o.Prefix + o.key(name)}, fields[name])
	}
	return l
}

// add places a field at a path.
func (l *layout) add(path []string, f field) {
	parent := int8(-1)
	for _, key := range path {
		at := l.kid(parent, key)
		if at < 0 {
			at = int8(len(l.targets))
			l.targets = append(l.targets, target{key: key})
			kids := l.level(parent)
			*kids = append(*kids, at)
		}
		parent = at
	}
	l.targets[parent].field = f
}

// level returns the targets below a parent, or the roots for -1.
func (l *layout) level(parent int8) *[]int8 {
	if parent < 0 {
		return &l.roots
	}
	return &l.targets[parent].kids
}

func (l *layout) kid(parent int8, key string) int8 {
	for _, t := range *l.level(parent) {
		if l.targets[t].key == key {
			return t
		}
	}
	return -1
}

// spots adds to spots where a scan notes the targets of a level, which is at path.
func (l *layout) spots(spots []spot, path keypath.Path, level []int8) []spot {
	for _, t := range level {
		at := append(slices.Clone(path), keypath.Step{Key: l.targets[t].key})
		spots = append(spots, spot{path: at, target: t})
		spots = l.spots(spots, at, l.targets[t].kids)
	}
	return spots
}
