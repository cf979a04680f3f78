package filter

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"fluent-bit-entra-signin/internal/option"
)

// check returns an *option.Error for the first option that cannot be met, by itself or beside the others.
func (o *Options) check() error {
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
	if n := len(placesOf(o)) - maxPlaces; n > 0 {
		return fmt.Errorf("too many paths: want %d fewer in Code_Key and Json_Key together", n)
	}
	return nil
}

func (o *Options) checkSchema() error {
	if _, named := schemas[o.Schema]; named || o.flat() {
		return nil
	}
	return fmt.Errorf("want one of %s, %s, %s", SchemaFlat, SchemaECS, SchemaOCSF)
}

func checkFields(names []string) error {
	for i, name := range names {
		if !slices.Contains(FieldNames, name) {
			return fmt.Errorf("no field is called %q: want some of %s", name, strings.Join(FieldNames, ", "))
		}
		if slices.Contains(names[:i], name) {
			return fmt.Errorf("%s stands twice: want it once", name)
		}
	}
	return nil
}

// flat tells whether the fields go to the top level.
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

// checkText refuses what nobody wants in a prefix: the classic format of Fluent Bit takes quotation marks for a part of the value, and
// a key with a blank cannot be named in most queries.
func checkText(prefix string) error {
	switch {
	case strings.ContainsAny(prefix, "\"'`"):
		return errors.New("a quotation mark would become part of every key: leave quotation marks out")
	case strings.ContainsFunc(prefix, unicode.IsSpace):
		return errors.New("a blank would become part of every key: want a prefix without blanks")
	}
	return nil
}

// checkKey tells what is wrong with the name that an option gives a field.
func (o *Options) checkKey(field string) error {
	key := o.key(field)
	if key == field || !slices.Contains(o.Fields, field) {
		return nil
	}
	if len(key) > maxKey {
		return fmt.Errorf("the key has %d bytes: want at most %d", len(key), maxKey)
	}
	for _, name := range o.Fields {
		if name != field && o.key(name) == key {
			return fmt.Errorf("the field %s is called so too: want another name", name)
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
			return fmt.Errorf("the key %q has %d bytes: want at most %d", key, len(key), maxKey)
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
