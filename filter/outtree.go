package filter

import (
	"slices"
	"strconv"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/internal/keypath"
)

// An outTree holds the keys that are appended to a record, as the options want them.
type outTree struct {
	fields []outField
	roots  []int8 // indexes in fields
}

// An outField is one key: a leaf has a value, every other key is a map of more keys.
type outField struct {
	key      string
	value    fieldValue
	children []int8 // indexes in outTree.fields; nil for a leaf
}

// A fieldValue returns what an entry has for a field: a string, an int64 or a []string, or nil for nothing.
type fieldValue func(e *catalog.Entry) any

// fieldValues are the values of FieldNames.
var fieldValues = map[string]fieldValue{
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

// word is a field that is left out if it is empty.
func word(get func(*catalog.Entry) string) fieldValue {
	return func(e *catalog.Entry) any {
		if s := get(e); s != "" {
			return s
		}
		return nil
	}
}

// schemas are the fields of the schemas that are not flat.
var schemas = map[string][]schemaField{
	SchemaECS:  ecs,
	SchemaOCSF: ocsf,
}

type schemaField struct {
	path  []string
	value fieldValue
}

// ecs follows the Elastic Common Schema 8. event.severity has no scale of its own there; the numbers are the risk scores
// that Elastic's detection rules use for the same words. event.outcome has no value for an interrupt, which is neither success nor
// failure. ECS has no field for a credential, so that goes to labels, which are for a user's own values.
var ecs = []schemaField{
	{[]string{"event", "severity"}, func(e *catalog.Entry) any {
		return [...]int64{0, 1, 21, 47, 73, 99}[e.Severity]
	}},
	{[]string{"event", "outcome"}, func(e *catalog.Entry) any {
		return [...]string{"unknown", "success", "unknown", "failure"}[e.Outcome]
	}},
	{[]string{"event", "reason"}, fieldValues["description"]},
	{[]string{"error", "code"}, unlessSuccess(func(e *catalog.Entry) any { return strconv.FormatUint(uint64(e.Code), 10) })},
	{[]string{"error", "message"}, unlessSuccess(fieldValues["description"])},
	{[]string{"log", "level"}, fieldValues["severity"]},
	{[]string{"threat", "technique", "id"}, func(e *catalog.Entry) any {
		if ids := e.Techniques(); len(ids) > 0 {
			return ids
		}
		return nil
	}},
	{[]string{"labels", "credential"}, fieldValues["credential"]},
}

// ocsf follows the class Authentication (3002) of the Open Cybersecurity Schema Framework 1.x. severity_id is 0 for unknown, and
// 1 for informational to 5 for critical. status_id is 0 for unknown, 1 for success, 2 for failure and 99 for anything else, such
// as an interrupt. OCSF has no field for a credential: auth_factors names the factors that were used, and not their result.
var ocsf = []schemaField{
	{[]string{"severity_id"}, func(e *catalog.Entry) any { return int64(e.Severity) }},
	{[]string{"severity"}, func(e *catalog.Entry) any {
		return [...]string{"Unknown", "Informational", "Low", "Medium", "High", "Critical"}[e.Severity]
	}},
	{[]string{"status_id"}, func(e *catalog.Entry) any { return [...]int64{0, 1, 99, 2}[e.Outcome] }},
	{[]string{"status_code"}, func(e *catalog.Entry) any { return strconv.FormatUint(uint64(e.Code), 10) }},
	{[]string{"status_detail"}, fieldValues["description"]},
	{[]string{"class_uid"}, func(*catalog.Entry) any { return int64(3002) }},
}

func unlessSuccess(value fieldValue) fieldValue {
	return func(e *catalog.Entry) any {
		if e.Outcome == catalog.Success {
			return nil
		}
		return value(e)
	}
}

// newOutTree makes the tree for options that were checked.
func newOutTree(o *Options) *outTree {
	t := &outTree{}
	if !o.flat() {
		for _, f := range schemas[o.Schema] {
			t.add(f.path, f.value)
		}
		return t
	}
	for _, name := range o.Fields {
		t.add([]string{o.Prefix + o.key(name)}, fieldValues[name])
	}
	return t
}

// add adds a field at a path.
func (t *outTree) add(path []string, value fieldValue) {
	parent := int8(-1)
	for _, key := range path {
		at := t.child(parent, key)
		if at < 0 {
			at = int8(len(t.fields))
			t.fields = append(t.fields, outField{key: key})
			level := t.level(parent)
			*level = append(*level, at)
		}
		parent = at
	}
	t.fields[parent].value = value
}

// level returns the children of a field, or the roots for -1.
func (t *outTree) level(parent int8) *[]int8 {
	if parent < 0 {
		return &t.roots
	}
	return &t.fields[parent].children
}

func (t *outTree) child(parent int8, key string) int8 {
	for _, i := range *t.level(parent) {
		if t.fields[i].key == key {
			return i
		}
	}
	return -1
}

// leaves adds what a scan notes for the fields of a level, which is at path.
func (t *outTree) leaves(leaves []leaf, path keypath.Path, level []int8) []leaf {
	for _, i := range level {
		at := append(slices.Clone(path), keypath.Step{Key: t.fields[i].key})
		leaves = append(leaves, leaf{path: at, field: i})
		leaves = t.leaves(leaves, at, t.fields[i].children)
	}
	return leaves
}
