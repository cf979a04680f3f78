package filter

import (
	"slices"
	"strconv"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/catalog/rules"
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

// A fieldValue returns what a verdict has for a field: a string, an int64 or a []string, or nil for nothing.
type fieldValue func(v *rules.Verdict) any

// fieldValues are the values of FieldNames.
var fieldValues = map[string]fieldValue{
	"description": word(func(v *rules.Verdict) string { return v.Description }),
	"severity":    word(func(v *rules.Verdict) string { return v.Severity.String() }),
	"name":        word(func(v *rules.Verdict) string { return v.Name }),
	"outcome":     word(func(v *rules.Verdict) string { return v.Outcome.String() }),
	"category":    word(func(v *rules.Verdict) string { return string(v.Category) }),
	"action":      word(func(v *rules.Verdict) string { return v.Action }),
	"technique":   word(func(v *rules.Verdict) string { return v.Technique }),
	"credential":  word(func(v *rules.Verdict) string { return v.Credential.String() }),
	"code":        func(v *rules.Verdict) any { return int64(v.Code) },

	"severity_base": word(func(v *rules.Verdict) string { return v.Base.String() }),
	"reason":        word(func(v *rules.Verdict) string { return v.Reason }),
}

// word is a field that is left out if it is empty.
func word(get func(*rules.Verdict) string) fieldValue {
	return func(v *rules.Verdict) any {
		if s := get(v); s != "" {
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

// contextSchemas are the fields that Context adds to them.
var contextSchemas = map[string][]schemaField{
	SchemaECS:  ecsContext,
	SchemaOCSF: ocsfContext,
}

type schemaField struct {
	path  []string
	value fieldValue
}

// ecs follows the Elastic Common Schema 8. event.severity has no scale of its own there; the numbers are the risk scores
// that Elastic's detection rules use for the same words. event.outcome has no value for an interrupt, which is neither success nor
// failure. ECS has no field for a credential, so that goes to labels, which are for a user's own values.
var ecs = []schemaField{
	{[]string{"event", "severity"}, func(v *rules.Verdict) any {
		return [...]int64{0, 1, 21, 47, 73, 99}[v.Severity]
	}},
	{[]string{"event", "outcome"}, func(v *rules.Verdict) any {
		return [...]string{"unknown", "success", "unknown", "failure"}[v.Outcome]
	}},
	{[]string{"event", "reason"}, fieldValues["description"]},
	{[]string{"error", "code"}, unlessSuccess(func(v *rules.Verdict) any { return strconv.FormatUint(uint64(v.Code), 10) })},
	{[]string{"error", "message"}, unlessSuccess(fieldValues["description"])},
	{[]string{"log", "level"}, fieldValues["severity"]},
	{[]string{"threat", "technique", "id"}, func(v *rules.Verdict) any {
		if ids := v.Techniques(); len(ids) > 0 {
			return ids
		}
		return nil
	}},
	{[]string{"labels", "credential"}, fieldValues["credential"]},
}

// ecsContext is what Context adds: the rule that gave the severity. event.risk_score is left out, because it holds a score of the source.
var ecsContext = []schemaField{
	{[]string{"rule", "name"}, word(func(v *rules.Verdict) string { return v.Rule })},
	{[]string{"rule", "description"}, fieldValues["reason"]},
}

// ocsf follows the class Authentication (3002) of the Open Cybersecurity Schema Framework 1.x. severity_id is 0 for unknown, and
// 1 for informational to 5 for critical. status_id is 0 for unknown, 1 for success, 2 for failure and 99 for anything else, such
// as an interrupt. OCSF has no field for a credential: auth_factors names the factors that were used, and not their result.
var ocsf = []schemaField{
	{[]string{"severity_id"}, func(v *rules.Verdict) any { return int64(v.Severity) }},
	{[]string{"severity"}, func(v *rules.Verdict) any {
		return [...]string{"Unknown", "Informational", "Low", "Medium", "High", "Critical"}[v.Severity]
	}},
	{[]string{"status_id"}, func(v *rules.Verdict) any { return [...]int64{0, 1, 99, 2}[v.Outcome] }},
	{[]string{"status_code"}, func(v *rules.Verdict) any { return strconv.FormatUint(uint64(v.Code), 10) }},
	{[]string{"status_detail"}, fieldValues["description"]},
	{[]string{"class_uid"}, func(*rules.Verdict) any { return int64(3002) }},
}

// ocsfContext is what Context adds if a rule gave the severity. risk_level_id is 0 for informational to 4 for critical.
var ocsfContext = []schemaField{
	{[]string{"risk_level_id"}, ifReason(func(v *rules.Verdict) any { return int64(v.Severity) - 1 })},
	{[]string{"risk_level"}, ifReason(func(v *rules.Verdict) any {
		return [...]string{"Unknown", "Info", "Low", "Medium", "High", "Critical"}[v.Severity]
	})},
	{[]string{"risk_details"}, fieldValues["reason"]},
}

func ifReason(value fieldValue) fieldValue {
	return func(v *rules.Verdict) any {
		if v.Reason == "" {
			return nil
		}
		return value(v)
	}
}

func unlessSuccess(value fieldValue) fieldValue {
	return func(v *rules.Verdict) any {
		if v.Outcome == catalog.Success {
			return nil
		}
		return value(v)
	}
}

// newOutTree makes the tree for options that were checked.
func newOutTree(o *Options) *outTree {
	t := &outTree{}
	if !o.flat() {
		for _, f := range schemas[o.Schema] {
			t.add(f.path, f.value)
		}
		if o.Context {
			for _, f := range contextSchemas[o.Schema] {
				t.add(f.path, f.value)
			}
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
