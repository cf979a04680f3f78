package rules

import (
	"fmt"
	"slices"
	"strings"

	"fluent-bit-entra-signin/catalog"
)

// The second implementation: the table as docs/context.md tells it, with nothing made ready beforehand.

// facts is a record as a list of values by field name: string, bool, int, or anything else for what cannot be compared.
type facts map[string][]any

// reference applies rules to a record and names those that had a part in the result, in no order.
func reference(s *Set, e *catalog.Entry, f facts) (v Verdict, parts []string) {
	v = Verdict{Entry: *e, Base: e.Severity}
	part := func(r *Rule) {
		if !slices.Contains(parts, r.Name) {
			parts = append(parts, r.Name)
		}
	}
	var fired []*Rule
	for i := range s.rules {
		if s.rules[i].Effect.Kind != Ignore && refFires(&s.rules[i], e, f) {
			fired = append(fired, &s.rules[i])
		}
	}
	for i := range s.rules {
		r := &s.rules[i]
		if r.Effect.Kind != Ignore || !refFires(r, e, f) {
			continue
		}
		rest := slices.DeleteFunc(slices.Clone(fired), func(other *Rule) bool {
			return slices.Contains(r.Effect.Ignore, other.Name) || other.Topic != "" && slices.Contains(r.Effect.Ignore, other.Topic)
		})
		if len(rest) < len(fired) {
			part(r)
		}
		fired = rest
	}
	var texts [2][]*Rule
	for layer, own := range []bool{false, true} {
		var sets, floors, caps, others []*Rule
		for _, r := range fired {
			if r.Own != own {
				continue
			}
			switch r.Effect.Kind {
			case Fixed:
				sets = append(sets, r)
			case Floor:
				floors = append(floors, r)
			case Cap:
				caps = append(caps, r)
			}
			if r.Effect.Kind != Cap {
				others = append(others, r)
			}
		}
		was, by := v.Severity, (*Rule)(nil)
		switch {
		case len(sets) > 0:
			by = sets[0]
			v.Severity = by.Effect.Severity
		case len(floors) > 0:
			by = slices.MaxFunc(floors, func(a, b *Rule) int { return int(a.Effect.Severity) - int(b.Effect.Severity) })
			v.Severity = max(v.Severity, by.Effect.Severity)
		case len(caps) > 0:
			by = slices.MinFunc(caps, func(a, b *Rule) int { return int(a.Effect.Severity) - int(b.Effect.Severity) })
			v.Severity = min(v.Severity, by.Effect.Severity)
			others = nil
			for _, r := range fired {
				if r.Own == own {
					others = append(others, r)
				}
			}
		}
		if v.Severity != was {
			part(by)
			v.Rule, v.Reason = by.Name, by.Reason
		}
		texts[layer] = others
	}
	if v.Severity == v.Base {
		v.Rule, v.Reason = "", ""
	}
	var description, technique, credential bool
	for _, r := range slices.Concat(texts[1], texts[0]) {
		if r.Description != "" && !description {
			v.Description, description = r.Description, true
			part(r)
		}
		if r.Technique != "" && !technique {
			v.Technique, technique = strings.TrimPrefix(r.Technique, "none"), true
			part(r)
		}
		if r.Credential != catalog.NoCredential && !credential {
			v.Credential, credential = r.Credential, true
			part(r)
		}
	}
	return v, parts
}

func refFires(r *Rule, e *catalog.Entry, f facts) bool {
	return slices.ContainsFunc(r.When, func(when []Comparison) bool {
		return !slices.ContainsFunc(when, func(c Comparison) bool { return !refHolds(c, e, f) })
	})
}

func refHolds(c Comparison, e *catalog.Entry, f facts) bool {
	kind, values := Text, f[c.Field]
	switch c.Field {
	case "code":
		values = []any{fmt.Sprint(e.Code)}
	case "outcome":
		values = []any{strings.Replace(e.Outcome.String(), "unknown", "", 1)}
	case "credential":
		values = []any{e.Credential.String()}
	case "category":
		values = []any{string(e.Category)}
	default:
		kind = fields[fieldNamed(c.Field)].Kind
	}
	var said []string
	readable := true
	for _, v := range values {
		text := ""
		switch v := v.(type) {
		case string:
			text = strings.Trim(v, "\x00\x01\x02\x03\x04\x05\x06\a\b\t\n\v\f\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f ")
		case bool:
			text = fmt.Sprint(v)
			readable = readable && kind == Bool
		case int:
			text = fmt.Sprint(v)
			readable = readable && kind == Number
		default:
			readable = false
			continue
		}
		if _, isText := v.(string); !isText && (kind == Text || kind == List || kind == Bool && fmt.Sprintf("%T", v) == "int" || kind == Number && fmt.Sprintf("%T", v) == "bool") {
			continue
		}
		if len(text) > 4096 {
			readable = false
			continue
		}
		if text = asciiLower(text); !slices.Contains([]string{"", "none", "hidden", "unknownfuturevalue"}, text) {
			said = append(said, text)
		}
	}
	hit := false
	for _, value := range c.Values {
		value = asciiLower(value)
		if c.Field == "code" {
			value = strings.TrimPrefix(value, "aadsts")
			value = strings.TrimLeft(value, "0")
			if value == "" {
				value = "0"
			}
		}
		switch {
		case c.Op == Contains:
			hit = hit || slices.ContainsFunc(said, func(s string) bool { return strings.Contains(s, value) })
		case value == "none":
			if c.Op == Is && readable && len(said) == 0 {
				return true
			}
		default:
			hit = hit || slices.Contains(said, value)
		}
	}
	if c.Op == IsNot {
		return readable && len(said) > 0 && !hit
	}
	return hit
}

func asciiLower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}
