package main

import (
	"fmt"
	"io"
	"strings"

	"fluent-bit-entra-signin/catalog"
)

// wholePage begins the page of the built-in catalog, docs/codes.md.
const wholePage = `<!-- Made by "entra-signin catalog --format markdown"; change catalog/codes.csv and run "make docs". -->
# Sign-in error codes

What %d error codes of Microsoft Entra ID (AADSTS codes) mean, by category. [severity.md](severity.md) says from which lists the codes
come, and by which rules they got their severity. At a terminal, ` + "`entra-signin explain`" + ` finds a code by number, name or words.
`

// partPage begins a page of other entries.
const partPage = `# Sign-in error codes

%d of the %d error codes of Microsoft Entra ID (AADSTS codes) in the catalog, by category.
`

// writeMarkdown writes entries, of a catalog with total entries, as a page with a section for each category.
func writeMarkdown(w io.Writer, entries []*catalog.Entry, total int) error {
	byCategory := make(map[catalog.Category][]*catalog.Entry)
	for _, e := range entries {
		byCategory[e.Category] = append(byCategory[e.Category], e)
	}
	var b strings.Builder
	if isEmbedded(entries) {
		fmt.Fprintf(&b, wholePage, total)
	} else {
		fmt.Fprintf(&b, partPage, len(entries), total)
	}
	b.WriteString(`
| category | codes | what it is |
|---|---|---|
`)
	for _, c := range catalog.Categories() {
		if n := len(byCategory[c.Name]); n > 0 {
			fmt.Fprintf(&b, "| [%s](#%s) | %d | %s |\n", c.Name, c.Name, n, c.Definition)
		}
	}
	for _, c := range catalog.Categories() {
		if list := byCategory[c.Name]; len(list) > 0 {
			fmt.Fprintf(&b, "\n## %s\n\n%s\n\n", c.Name, c.Definition)
			b.WriteString("| code | severity | outcome | credential | what happened | what to do |\n|---|---|---|---|---|---|\n")
			for _, e := range list {
				writeRow(&b, e)
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// isEmbedded tells whether entries are those of the built-in catalog: all of them, and none that a user's file changes.
func isEmbedded(entries []*catalog.Entry) bool {
	c := catalog.Embedded()
	if len(entries) != c.Len() {
		return false
	}
	for _, e := range entries {
		if own, ok := c.Lookup(e.Code); !ok || *own != *e {
			return false
		}
	}
	return true
}

func writeRow(b *strings.Builder, e *catalog.Entry) {
	happened := escape(e.Description)
	if e.Name != "" {
		happened = "`" + e.Name + "` " + happened
	}
	credential := escape(e.Credential.String())
	do := escape(e.Action)
	for _, id := range e.Techniques() {
		do += fmt.Sprintf(" [%s](https://attack.mitre.org/techniques/%s/)", id, strings.ReplaceAll(id, ".", "/"))
	}
	fmt.Fprintf(b, "| %d | %s | %s | %s | %s | %s |\n", e.Code, e.Severity, e.Outcome, credential, happened, strings.TrimSpace(do))
}

// escape keeps Markdown from reading marks into a text.
var escape = strings.NewReplacer(`|`, `\|`, `*`, `\*`, `_`, `\_`, `<`, `&lt;`, "`", "\\`").Replace
