package settings

import (
	"fmt"
	"slices"

	"fluent-bit-entra-signin/filter"
	"fluent-bit-entra-signin/internal/spelling"
	"fluent-bit-entra-signin/sink"
)

// Warnings returns a line for each setting that is valid but has no effect, or not the one that its author expects.
func (f *Filter) Warnings() (lines []string) {
	if f.Engine.EnvelopeKey != "" && !f.Engine.Split {
		lines = append(lines, "option Envelope_Key: has no effect, because Split is off")
	}
	if f.ContextRules != "" && !f.Engine.Context {
		lines = append(lines, "option Context_Rules: has no effect without Context on")
	}
	if f.Catalog == "" && (f.ContextRules == "" || !f.Engine.Context) && f.CatalogReload > 0 {
		lines = append(lines, "option Catalog_Reload: has no effect: there is no file of Catalog, and none of Context_Rules with Context on")
	}
	return lines
}

// Warnings returns the warnings about the filter's settings and about the output's own.
func (o *Output) Warnings() []string {
	lines := o.Filter.Warnings()
	if o.Sink.Sink != sink.Loki || o.Engine.Schema != filter.SchemaFlat {
		return lines
	}
	appended := o.Engine.Keys()
	for _, l := range o.Sink.LabelList() {
		if text := mistake(l, appended); text != "" {
			lines = append(lines, fmt.Sprintf("option %s: %s", l.Option, text))
		}
	}
	return lines
}

// mistake returns what is probably wrong with a label. appended are the keys of the appended fields.
func mistake(l sink.Label, appended []string) string {
	switch {
	case l.Path == nil && slices.Contains(appended, l.Text):
		return fmt.Sprintf("%s=%s is the same text for every record: write %s=$%s for the field", l.Name, l.Text, l.Name, l.Text)
	case len(l.Path) != 1 || slices.Contains(appended, l.Path[0].Key):
		return ""
	}
	key := l.Path[0].Key
	if slices.Contains(filter.FieldNames, key) {
		return fmt.Sprintf("$%s is not appended: add %s to Fields, unless the records have such a field themselves", key, key)
	}
	for _, known := range appended {
		if spelling.Distance(key, known, 2) <= 2 {
			return fmt.Sprintf("no field is called $%s: did you mean $%s?", key, known)
		}
	}
	return ""
}
