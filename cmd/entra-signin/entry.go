package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/catalog/rules"
	"fluent-bit-entra-signin/internal/terminal"
)

// jsonEntry is an entry for scripts. Names and order of the keys are stable, and every key is always present.
type jsonEntry struct {
	Code        uint32     `json:"code"`
	Name        string     `json:"name"`
	Description string     `json:"description"`
	Severity    string     `json:"severity"`
	Outcome     string     `json:"outcome"`
	Category    string     `json:"category"`
	Action      string     `json:"action"`
	Techniques  []string   `json:"techniques"`
	Credential  string     `json:"credential"`
	Source      string     `json:"source"`
	Context     []jsonRule `json:"context"`
}

// jsonRule is a rule that can change what is said of a record with the code.
type jsonRule struct {
	Rule   string `json:"rule"`
	Effect string `json:"effect"`
	Reason string `json:"reason"`
}

// writeJSON writes entries as an array with one entry per line.
func writeJSON(w io.Writer, entries []*catalog.Entry, set *rules.Set) error {
	lines := make([]string, len(entries))
	for i, e := range entries {
		var line strings.Builder
		enc := json.NewEncoder(&line)
		enc.SetEscapeHTML(false)
		context := []jsonRule{}
		for _, r := range set.Concerning(e) {
			context = append(context, jsonRule{r.Name, r.Effect.String(), r.Reason})
		}
		err := enc.Encode(jsonEntry{e.Code, e.Name, e.Description, e.Severity.String(), e.Outcome.String(),
			string(e.Category), e.Action, append([]string{}, e.Techniques()...),
			e.Credential.String(), e.Source.String(), context})
		if err != nil {
			return err
		}
		lines[i] = "  " + strings.TrimSpace(line.String())
	}
	if len(lines) == 0 {
		_, err := fmt.Fprintln(w, "[]")
		return err
	}
	_, err := fmt.Fprintf(w, "[\n%s\n]\n", strings.Join(lines, ",\n"))
	return err
}

// labelWidth is the width of a label with its indentation and the spaces after it.
const labelWidth = 2 + 10 + 2

// writeEntry writes an entry for people, wrapped at the width of the terminal; width is 0 if there is no terminal.
func writeEntry(w io.Writer, p terminal.Painter, width int, e *catalog.Entry, inContext []*rules.Rule) error {
	var b strings.Builder
	b.WriteString(p.Bold(fmt.Sprintf("AADSTS%d", e.Code)))
	if e.Name != "" {
		b.WriteString("  " + e.Name)
	}
	b.WriteString("\n  " + terminal.Wrap(e.Description, 2, width) + "\n")
	row := func(label, value string) {
		if value != "" {
			b.WriteString("  " + p.Dim(fmt.Sprintf("%-10s", label)) + "  " + terminal.Wrap(value, labelWidth, width) + "\n")
		}
	}
	row("severity", p.Severity(e.Severity, e.Severity.String()))
	row("outcome", e.Outcome.String())
	row("category", string(e.Category))
	row("credential", explained(e.Credential.String(), e.Credential.Meaning()))
	row("what to do", e.Action)
	row("technique", strings.Join(e.Techniques(), ", "))
	row("source", explained(e.Source.String(), e.Source.Meaning()))
	for i, r := range inContext {
		label := ""
		if i == 0 {
			label = "in context"
		}
		row(label, r.Summary())
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// explained returns a word of the catalog with its meaning, or "" if word is empty.
func explained(word, meaning string) string {
	if word == "" {
		return ""
	}
	return word + ": " + meaning
}

// title returns a short title of an entry.
func title(e *catalog.Entry) string {
	if e.Name != "" {
		return fmt.Sprintf("%d %s", e.Code, e.Name)
	}
	return fmt.Sprintf("%d %s", e.Code, e.Description)
}
