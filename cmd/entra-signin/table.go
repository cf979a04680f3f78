package main

import (
	"fmt"
	"io"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/internal/terminal"
)

// rowFormat is the format of all columns except the description, which takes the rest of the line.
const rowFormat = "%-9v %s %-9s  %-18s "

// rowWidth is the width of a row up to the description.
const rowWidth = 9 + 1 + severityWidth + 1 + 9 + 2 + 18 + 1

const severityWidth = 9

// writeTable writes entries as a table. The last column is cut to the width of the terminal; width is 0 if there is no terminal.
func writeTable(w io.Writer, p terminal.Painter, width int, entries []*catalog.Entry) error {
	fit := func(description string) string {
		if width > rowWidth {
			return terminal.Cut(description, width-rowWidth)
		}
		return description
	}
	head := fmt.Sprintf(rowFormat+"%s", "CODE", pad("SEVERITY"), "OUTCOME", "CATEGORY", fit("DESCRIPTION"))
	if _, err := fmt.Fprintln(w, p.Bold(head)); err != nil {
		return err
	}
	for _, e := range entries {
		severity := p.Severity(e.Severity, pad(e.Severity.String())) // padded before coloring, because escape sequences have no width
		_, err := fmt.Fprintf(w, rowFormat+"%s\n", e.Code, severity, e.Outcome, e.Category, fit(e.Description))
		if err != nil {
			return err
		}
	}
	return nil
}

func pad(text string) string { return fmt.Sprintf("%-*s", severityWidth, text) }
