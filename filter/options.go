package filter

import (
	"fmt"
	"strings"

	"fluent-bit-entra-signin/internal/keypath"
	"fluent-bit-entra-signin/internal/option"
)

// Schemas that the appended fields can follow.
const (
	SchemaFlat = "flat"
	SchemaECS  = "ecs"
	SchemaOCSF = "ocsf"
)

// FieldNames are the fields that Options.Fields may name, in the order in which they are appended.
var FieldNames = []string{"description", "severity", "name", "outcome", "category", "action", "technique", "credential",
	"code"}

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
			Help: "Fields to append: description, severity, name, outcome, category, action, technique, credential, code."},
		{Name: "Description_Key", Default: "description", Set: option.String(&o.DescriptionKey),
			Help: "Name of the field that holds the description."},
		{Name: "Severity_Key", Default: "severity", Set: option.String(&o.SeverityKey),
			Help: "Name of the field that holds the severity."},
		{Name: "Prefix", Set: option.String(&o.Prefix),
			Help: "Put before the name of every appended field, e.g. entra_."},
		{Name: "Schema", Default: SchemaFlat, Set: option.Enum(&o.Schema, SchemaFlat, SchemaECS, SchemaOCSF),
			Help: "Where the fields go: flat (top level), ecs (Elastic Common Schema) or ocsf."},
		{Name: "Overwrite", Default: "on", Set: option.Bool(&o.Overwrite),
			Help: "Replace a field that the record already has; off keeps it."},
		{Name: "Json_Key", Default: "log,message,payload,body,event.original", Set: o.paths(&o.JSONKey),
			Help: "Keys whose string may hold the record as JSON; empty for none."},
		{Name: "Parse_Json", Default: "off", Set: option.Bool(&o.ParseJSON),
			Help: "Replace such a string by the record it holds."},
		{Name: "Split", Default: "on", Set: option.Bool(&o.Split),
			Help: "Make one event of each record in an envelope such as {\"records\":[...]}."},
		{Name: "Envelope_Key", Set: option.String(&o.EnvelopeKey),
			Help: "Key under which a split event keeps what stood beside its list; empty leaves that at the top level."},
		{Name: "Time_From_Record", Default: "off", Set: option.Bool(&o.TimeFromRecord),
			Help: "Give the event of a sign-in the time that its record states."},
	}
}

func (o *Options) fields(value string) error {
	names := option.Fields(strings.ToLower(value))
	if len(names) == 0 {
		return fmt.Errorf("want at least one of %s", strings.Join(FieldNames, ", "))
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
