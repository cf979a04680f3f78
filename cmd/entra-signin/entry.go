package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/internal/terminal"
)

// jsonEntry is an entry as scripts get it. The names and their order are a promise; every key is always there.
type jsonEntry struct {
	Code        uint32   `json:"code"`
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Severity    string   `json:"severity"`
	Outcome     string   `json:"outcome"`
	Category    string   `json:"category"`
	Action      string   `json:"action"`
	Techniques  []string `json:"techniques"`
	Credential  string   `json:"credential"`
	Source      string   `json:"source"`
}

// writeJSON writes entries as an array, one a line.
func writeJSON(w io.Writer, entries []*catalog.Entry) error {
	lines := make([]string, len(entries))
	for i, e := range entries {
		var line strings.Builder
		enc := json.NewEncoder(&line)
		enc.SetEscapeHTML(false)
		err := enc.Encode(jsonEntry{e.Code, e.Name, e.Description, e.Severity.String(), e.Outcome.String(),
			string(e.Category), e.Action, append([]string{}, e.Techniques()...),
			e.Credential.String(), e.Source.String()})
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

// labelWidth is how wide the labels of an entry are, with the blanks around them.
const labelWidth = 2 + 10 + 2

// writeEntry writes an entry for a person, wrapped at the width of the terminal; a width of 0 is no terminal.
func writeEntry(w io.Writer, p terminal.Painter, width int, e *catalog.Entry) error {
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
	_, err := io.WriteString(w, b.String())
	return err
}

// explained returns a word of the catalog with its meaning, or "" for no word.
func explained(word, meaning string) string {
	if word == "" {
		return ""
	}
	return word + ": " + meaning
}

// title names an entry in a line of text.
func title(e *catalog.Entry) string {
	if e.Name != "" {
		return fmt.Sprintf("%d %s", e.Code, e.Name)
	}
	return fmt.Sprintf("%d %s", e.Code, e.Description)
}
