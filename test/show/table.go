package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"fluent-bit-entra-signin/internal/terminal"
)

// A table counts the records of each code. Two descriptions of the same code, as of codes that the catalog lacks, are two rows.
type table map[entry]int

func (t table) count(e entry) { t[e]++ }

// rowFormat has the columns of the table before the text: severity, code, count.
const rowFormat = "%s %8v %6v  "

const (
	severityWidth = 8
	rowWidth      = severityWidth + 1 + 8 + 1 + 6 + 2
)

// fewest is how many rows are shown at least, however low the terminal is.
const fewest = 5

// write writes the table, the most severe codes first and among these the most frequent: to a terminal as many as fit on
// it, else all. A table without rows is not written.
func (t table) write(to screen) error {
	rows := slices.SortedFunc(maps.Keys(t), func(a, b entry) int {
		return cmp.Or(cmp.Compare(b.severity, a.severity), cmp.Compare(t[b], t[a]), cmp.Compare(a.code, b.code),
			strings.Compare(a.description, b.description))
	})
	if len(rows) == 0 {
		return nil
	}
	rest := 0
	if to.lines > 0 {
		const others = 6 // the blank line, the header, the line of the rest, two of the host, and the prompt
		shown := min(len(rows), max(fewest, (to.lines-others)/2))
		for _, e := range rows[shown:] {
			rest += t[e]
		}
		rows = rows[:shown]
	}
	fit := func(text string) string {
		if to.columns == 0 {
			return text
		}
		return terminal.Cut(text, max(to.columns-rowWidth, 1))
	}
	var b strings.Builder
	head := fmt.Sprintf(rowFormat, pad("SEVERITY"), "CODE", "COUNT") + fit("DESCRIPTION AND NEXT STEP")
	b.WriteString("\n" + to.paint.Bold(head) + "\n")
	for _, e := range rows {
		severity := to.paint.Severity(e.severity, pad(e.severity.String()))
		fmt.Fprintf(&b, rowFormat+"%s\n", severity, e.code, t[e], fit(e.description))
		if e.action != "" {
			b.WriteString(strings.Repeat(" ", rowWidth) + to.paint.Dim(fit("-> "+e.action)) + "\n")
		}
	}
	if hidden := len(t) - len(rows); hidden > 0 {
		fmt.Fprintf(&b, "%d more codes in %d records\n", hidden, rest)
	}
	_, err := to.Write([]byte(b.String()))
	return err
}

func pad(text string) string { return fmt.Sprintf("%-*s", severityWidth, text) }
