package filter

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"fluent-bit-entra-signin/internal/keypath"
	"fluent-bit-entra-signin/internal/option"
)

// Schemas that the appended fields can follow.
const (
	SchemaFlat = "flat"
	SchemaECS  = "ecs"
	SchemaOCSF = "ocsf"
)

// FieldNames are the fields that Options.Fields may name. They are appended in the order of Options.Fields.
var FieldNames = []string{"description", "severity", "name", "outcome", "category", "action", "technique", "credential",
	"code", "severity_base", "reason"}

// Options say how records are enriched. Start from DefaultOptions; the zero value appends nothing.
type Options struct {
	// CodeKey are paths of the error code, tried in this order instead of the built-in places.
	CodeKey []string
	// JSONKey are paths of strings that may hold a record as JSON.
	JSONKey []string
	// ParseJSON replaces such a string by the record in it.
	ParseJSON bool
	// Split makes an event of each record of an envelope.
	Split bool
	// EnvelopeKey is the key under which an event made by Split keeps what stood beside the list. With "" the event keeps that
	// at the top level, without the keys of a Kafka message.
	EnvelopeKey string
	// TimeFromRecord gives the event of a sign-in, and every event made by Split, the time that its record states.
	TimeFromRecord bool
	// Fields are the fields to append, from FieldNames; for SchemaFlat only.
	Fields []string
	// DescriptionKey and SeverityKey rename two of the fields.
	DescriptionKey, SeverityKey string
	// Prefix stands before the name of every appended field.
	Prefix string
	// Schema is where the fields go: SchemaFlat (also ""), SchemaECS or SchemaOCSF.
	Schema string
	// Overwrite replaces the value of a field that the record has already; off keeps it.
	Overwrite bool
	// Context lets other fields of a record change the severity of its code, by the rules of package rules.
	Context bool
}

// DefaultOptions are those of a filter with no option set.
func DefaultOptions() (o Options) {
	option.SetDefaults(o.List())
	return o
}

// List describes the options and fills o when they are set.
func (o *Options) List() []option.Option {
	return []option.Option{
		{Name: "Code_Key", Set: o.paths(&o.CodeKey),
			Help: "Where the error code is, e.g. result.code; several are tried in order. Replaces the built-in places."},
		{Name: "Fields", Default: "description,severity", Set: o.fields,
			Help: "Fields to append: description, severity, name, outcome, category, action, technique, credential, code, severity_base, reason."},
		{Name: "Description_Key", Default: "description", Set: option.String(&o.DescriptionKey),
			Help: "Name of the field that holds the description."},
		{Name: "Severity_Key", Default: "severity", Set: option.String(&o.SeverityKey),
			Help: "Name of the field that holds the severity."},
		{Name: "Prefix", Set: option.String(&o.Prefix),
			Help: "Prefix of the name of every appended field, e.g. entra_."},
		{Name: "Schema", Default: SchemaFlat, Set: option.Enum(&o.Schema, SchemaFlat, SchemaECS, SchemaOCSF),
			Help: "Where the fields go: flat (top level), ecs (Elastic Common Schema) or ocsf."},
		{Name: "Overwrite", Default: "on", Set: option.Bool(&o.Overwrite),
			Help: "Replace a field that the record already has; off keeps it."},
		{Name: "Json_Key", Default: "log,message,payload,body,event.original", Set: o.paths(&o.JSONKey),
			Help: "Keys that may hold the record, as a map or as JSON in a string; empty for none."},
		{Name: "Parse_Json", Default: "off", Set: option.Bool(&o.ParseJSON),
			Help: "Replace a string under Json_Key with the record in it."},
		{Name: "Split", Default: "on", Set: option.Bool(&o.Split),
			Help: "Make one event of each record in an envelope such as {\"records\":[...]}."},
		{Name: "Envelope_Key", Set: option.String(&o.EnvelopeKey),
			Help: "Key under which a split event keeps what stood beside its list; empty leaves that at the top level."},
		{Name: "Time_From_Record", Default: "off", Set: option.Bool(&o.TimeFromRecord),
			Help: "Use the time in the record of a sign-in as the time of its event."},
		{Name: "Context", Default: "off", Set: option.Bool(&o.Context),
			Help: "Let other fields of the record change the severity: risk, what the user answered to MFA, the protocol, the client."},
	}
}

func (o *Options) fields(value string) error {
	names := option.Fields(strings.ToLower(value))
	if len(names) == 0 {
		return fmt.Errorf("must be at least one of %s", strings.Join(FieldNames, ", "))
	}
	if err := checkFields(names); err != nil {
		return err
	}
	o.Fields = names
	return nil
}

func (o *Options) paths(p *[]string) func(string) error {
	return func(value string) error {
		paths := keypath.Split(value)
		if err := checkPaths(paths); err != nil {
			return err
		}
		*p = paths
		return nil
	}
}

// Check returns an *option.Error for the first option that cannot be met, by itself or beside the others.
func (o *Options) Check() error {
	codeKey, jsonKey, fields := strings.Join(o.CodeKey, ","), strings.Join(o.JSONKey, ","), strings.Join(o.Fields, ",")
	for _, c := range []struct {
		option, value string
		err           error
	}{
		{"Code_Key", codeKey, checkPaths(o.CodeKey)},
		{"Json_Key", jsonKey, checkPaths(o.JSONKey)},
		{"Code_Key", codeKey, o.checkNumber()},
		{"Schema", o.Schema, o.checkSchema()},
		{"Fields", fields, checkFields(o.Fields)},
		{"Fields", fields, o.flatOnly(!slices.Equal(o.Fields, DefaultOptions().Fields) && len(o.Fields) > 0)},
		{"Fields", fields, o.checkContext()},
		{"Description_Key", o.DescriptionKey, o.flatOnly(o.key("description") != "description")},
		{"Severity_Key", o.SeverityKey, o.flatOnly(o.key("severity") != "severity")},
		{"Prefix", o.Prefix, o.flatOnly(o.Prefix != "")},
		{"Prefix", o.Prefix, checkText(o.Prefix)},
		{"Description_Key", o.DescriptionKey, o.checkKey("description")},
		{"Severity_Key", o.SeverityKey, o.checkKey("severity")},
		{"Prefix", o.Prefix, o.checkPrefix()},
	} {
		if c.err != nil {
			return &option.Error{Option: c.option, Value: c.value, Err: c.err}
		}
	}
	return nil
}

func checkPaths(paths []string) error {
	for _, text := range paths {
		if _, err := parsePath(text); err != nil {
			return err
		}
	}
	return nil
}

func (o *Options) checkNumber() error {
	if n := len(rulesOf(o)) - maxRules; n > 0 {
		return fmt.Errorf("too many paths: leave %d out of Code_Key and Json_Key together", n)
	}
	return nil
}

func (o *Options) checkSchema() error {
	if _, named := schemas[o.Schema]; named || o.flat() {
		return nil
	}
	return fmt.Errorf("must be one of %s, %s, %s", SchemaFlat, SchemaECS, SchemaOCSF)
}

func checkFields(names []string) error {
	for i, name := range names {
		if !slices.Contains(FieldNames, name) {
			return fmt.Errorf("no field is called %q: choose from %s", name, strings.Join(FieldNames, ", "))
		}
		if slices.Contains(names[:i], name) {
			return fmt.Errorf("%s is named twice: name it once", name)
		}
	}
	return nil
}

func (o *Options) checkContext() error {
	for _, name := range []string{"severity_base", "reason"} {
		if slices.Contains(o.Fields, name) && !o.Context {
			return fmt.Errorf("%s needs Context on", name)
		}
	}
	return nil
}

// flat reports whether the fields go to the top level.
func (o *Options) flat() bool { return o.Schema == "" || o.Schema == SchemaFlat }

func (o *Options) flatOnly(isSet bool) error {
	if !isSet || o.flat() {
		return nil
	}
	return fmt.Errorf("the schema %s names its fields itself: leave this option out, or use Schema %s", o.Schema, SchemaFlat)
}

// key returns what the option for a field says that it is called, without the prefix.
func (o *Options) key(field string) string {
	switch {
	case field == "description" && o.DescriptionKey != "":
		return o.DescriptionKey
	case field == "severity" && o.SeverityKey != "":
		return o.SeverityKey
	}
	return field
}

// checkText refuses a prefix that makes keys nobody wants: the classic format of Fluent Bit takes quotation marks for a part of the
// value, and most queries cannot name a key with a blank.
func checkText(prefix string) error {
	switch {
	case strings.ContainsAny(prefix, "\"'`"):
		return errors.New("a quotation mark would become part of every key: leave quotation marks out")
	case strings.ContainsFunc(prefix, unicode.IsSpace):
		return errors.New("a blank would become part of every key: leave blanks out")
	}
	return nil
}

// checkKey returns what is wrong with the name that an option gives a field.
func (o *Options) checkKey(field string) error {
	key := o.key(field)
	if key == field || !slices.Contains(o.Fields, field) {
		return nil
	}
	if len(key) > maxKey {
		return fmt.Errorf("the key has %d bytes; at most %d are allowed", len(key), maxKey)
	}
	for _, name := range o.Fields {
		if name != field && o.key(name) == key {
			return fmt.Errorf("already the name of the field %s: choose another name", name)
		}
	}
	return nil
}

func (o *Options) checkPrefix() error {
	if !o.flat() {
		return nil
	}
	for _, key := range o.Keys() {
		if len(key) > maxKey {
			return fmt.Errorf("the key %q has %d bytes; at most %d are allowed", key, len(key), maxKey)
		}
	}
	return nil
}

// Keys returns the keys of the fields that are appended, in order, for the schema flat.
func (o *Options) Keys() []string {
	keys := make([]string, len(o.Fields))
	for i, name := range o.Fields {
		keys[i] = o.Prefix + o.key(name)
	}
	return keys
}
