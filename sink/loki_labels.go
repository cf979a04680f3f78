package sink

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"fluent-bit-entra-signin/internal/jsontext"
	"fluent-bit-entra-signin/internal/keypath"
	"fluent-bit-entra-signin/internal/msgpack"
)

// A label is one name=value of the options Labels and Structured_Metadata.
type label struct {
	name   string
	text   string       // the value itself
	path   keypath.Path // or where the record has the value, written $path
	member []byte       // "name": as JSON, followed by the value if that is a text
}

// appendTo appends sep and the label as a member of a JSON object, with at most most bytes of the value. It appends nothing if the
// record does not have the value, or if the value has no text. found is the value in the record. value is the whole value as text; its
// memory may be that of scratch.
func (l *label) appendTo(dst []byte, sep byte, scratch []byte, most int, found *msgpack.Token) (json, value []byte) {
	if l.path == nil {
		dst = append(dst, sep)
		return append(dst, l.member...), append(scratch[:0], l.text...)
	}
	value, _ = appendText(scratch[:0], found)
	if len(value) == 0 {
		return dst, value
	}
	dst = append(dst, sep)
	dst = append(dst, l.member...)
	return jsontext.AppendQuoted(dst, shorten(value, most)), value
}

// shorten returns the beginning of a text, cut between two characters.
func shorten(text []byte, most int) []byte {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}

// Default limits of Loki.
const (
	maxLabels   = 15
	maxMetadata = 128
)

// tooMany are fields that have another value in nearly every record. As a label, each value would be a stream, and Loki keeps
// memory and files for each stream.
var tooMany = func() map[string]bool {
	set := map[string]bool{}
	for _, name := range strings.Fields(`user username upn userprincipalname userid userkey userdisplayname displayname
		identity email mail ip ipaddress clientip clientipaddress actoripaddress calleripaddress sourceip id correlationid
		requestid originalrequestid sessionid intersystemsid uniquetokenidentifier deviceid code errorcode errornumber
		resulttype time timestamp createddatetime creationtime useragent`) {
		set[name] = true
	}
	return set
}()

// parseLabels parses a list such as "name=text, name=$path". A text with a comma must be quoted.
func parseLabels(list string, most int) ([]label, error) {
	var labels []label
	seen := map[string]bool{}
	for rest := list; strings.TrimSpace(rest) != ""; {
		name, value, found := strings.Cut(rest, "=")
		name = strings.TrimSpace(name)
		if !found {
			return nil, fmt.Errorf("%q has no value: write name=text or name=$path", name)
		}
		if !isLabelName(name) {
			return nil, fmt.Errorf("%q is not a name: use letters, digits and _, without a digit or __ at the start", name)
		}
		if seen[name] {
			return nil, fmt.Errorf("%q is set twice: remove one", name)
		}
		seen[name] = true
		isQuoted := strings.HasPrefix(strings.TrimSpace(value), `"`)
		value, rest, found = cutValue(value)
		if !found {
			return nil, fmt.Errorf("the value of %q has an unbalanced quotation mark, or text after the closing one", name)
		}
		l := label{name: name}
		switch {
		case value == "":
			return nil, fmt.Errorf("%q has an empty value: write name=text or name=$path", name)
		case value[0] == '$':
			var err error
			if l.path, err = keypath.Parse(value); err != nil {
				return nil, fmt.Errorf("%q: %w", name, err)
			}
		case strings.ContainsAny(value, "$=") && !isQuoted:
			return nil, fmt.Errorf("the text %q of %q holds %s: separate two names with a comma, or put such a text in quotation marks",
				value, name, value[strings.IndexAny(value, "$="):][:1])
		default:
			l.text = value
		}
		l.member = append(jsontext.AppendQuoted(nil, []byte(name)), ':')
		if l.path == nil {
			l.member = jsontext.AppendQuoted(l.member, []byte(l.text))
		}
		labels = append(labels, l)
	}
	if len(labels) > most {
		return nil, fmt.Errorf("%d names are more than the %d that Loki accepts", len(labels), most)
	}
	return labels, nil
}

// A Label is one label or one piece of structured metadata that an option defines: a text, or a field of the record.
type Label struct {
	Option, Name string
	Text         string
	Path         keypath.Path // nil for a text
}

// LabelList returns the labels and the structured metadata of the options. A list that New refuses is left out.
func (o *Options) LabelList() (list []Label) {
	for _, from := range []struct {
		option, list string
		most         int
	}{{"Labels", o.Labels, maxLabels}, {"Structured_Metadata", o.StructuredMetadata, maxMetadata}} {
		labels, err := parseLabels(from.list, from.most)
		if err != nil {
			continue
		}
		for _, l := range labels {
			list = append(list, Label{from.option, l.name, l.text, l.path})
		}
	}
	return list
}

// cutValue cuts a value, and the comma after it, off the start of a list.
func cutValue(list string) (value, rest string, ok bool) {
	list = strings.TrimSpace(list)
	quoted, isQuoted := strings.CutPrefix(list, `"`)
	if !isQuoted {
		if strings.HasPrefix(list, "$") {
			value, rest = keypath.Cut(list, ",")
		} else {
			value, _, _ = strings.Cut(list, ",")
			rest = list[len(value):]
		}
		return strings.TrimSpace(value), strings.TrimPrefix(rest, ","), true
	}
	value, rest, ok = strings.Cut(quoted, `"`)
	if !ok {
		return "", "", false
	}
	rest = strings.TrimSpace(rest)
	if rest == "" {
		return value, "", true
	}
	rest, ok = strings.CutPrefix(rest, ",")
	return value, rest, ok
}

func isLabelName(s string) bool {
	if s == "" || strings.HasPrefix(s, "__") || s[0] >= '0' && s[0] <= '9' {
		return false
	}
	for i := range len(s) {
		c := s[i] | 0x20
		if (c < 'a' || c > 'z') && (s[i] < '0' || s[i] > '9') && s[i] != '_' {
			return false
		}
	}
	return true
}

// lastKey returns the innermost key of a path. Of a key with dots it returns the part after the last dot.
func lastKey(path keypath.Path) (key string) {
	for _, step := range path {
		if step.Key != "" {
			key = step.Key[strings.LastIndexByte(step.Key, '.')+1:]
		}
	}
	return key
}

// checkStreams returns an error if the labels make too many streams, or a stream without a label.
func checkStreams(labels []label) error {
	constant := false
	for _, l := range labels {
		if l.path == nil {
			constant = true
			continue
		}
		field := lastKey(l.path)
		if tooMany[strings.ToLower(strings.ReplaceAll(field, "_", ""))] {
			return fmt.Errorf("$%v has too many values for a label, because each value is a stream: move it to Structured_Metadata", l.path)
		}
	}
	if !constant {
		return fmt.Errorf("no label is constant, so a record without the other fields has no label: add one such as job=entra_signin")
	}
	return nil
}
