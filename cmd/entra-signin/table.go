package main

import (
	"fmt"
	"io"

	"fluent-bit-entra-signin/catalog"
)

// rowFormat has the columns of the table; the description takes what is left of the line.
const rowFormat = "%-9v %s %-9s  %-18s "

// rowWidth is how wide those columns are without the description.
const rowWidth = 9 + 1 + severityWidth + 1 + 9 + 2 + 18 + 1

const severityWidth = 9

// writeTable writes entries as a table. Descriptions are cut to the width of the terminal; a width of 0 is no terminal.
func writeTable(w io.Writer, p painter, width int, entries []*catalog.Entry) error {
	head := fmt.Sprintf(rowFormat+"%s", "CODE", pad("SEVERITY"), "OUTCOME", "CATEGORY", "DESCRIPTION")
	if _, err := fmt.Fprintln(w, p.bold(head)); err != nil {
		return err
	}
	for _, e := range entries {
		description := e.Description
		if width > rowWidth {
			description = cut(description, width-rowWidth)
		}
		severity := p.severity(e.Severity, pad(e.Severity.String())) // padded first: colours have no width
		_, err := fmt.Fprintf(w, rowFormat+"%s\n", e.Code, severity, e.Outcome, e.Category, description)
		if err != nil {
			return err
		}
	}
	return nil
}

func pad(text string) string { return fmt.Sprintf("%-*s", severityWidth, text) }

// cut shortens a text to so many characters.
func cut(text string, to int) string {
	letters := []rune(text)
	if len(letters) <= to {
		return text
	}
	return string(letters[:to-1]) + "…"
}
