package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/internal/terminal"
)

// How much of a list a page of text has.
const (
	textRows     = 10
	textFindings = 5
	textCodes    = 20
	textIDs      = 3
	defaultWidth = 100
)

// A textWriter writes a report as text.
type textWriter struct {
	*bufio.Writer
	terminal.Painter
	width int
}

// WriteText writes the report for a person at a terminal with so many columns; 0 for none.
func (r *Report) WriteText(w io.Writer, p terminal.Painter, width int) error {
	if width == 0 {
		width = defaultWidth
	}
	t := &textWriter{bufio.NewWriter(w), p, max(width, 60)}
	t.head(r)
	t.findings(r)
	t.context(r.Context)
	t.codes(r)
	t.table("ACCOUNTS", &r.Accounts, true)
	t.table("ADDRESSES", &r.Addresses, true)
	t.table("APPS", &r.Apps, false)
	t.table("COUNTRIES", &r.Countries, false)
	t.table("CLIENTS", &r.Clients, false)
	t.notes(r)
	return t.Flush()
}

func (t *textWriter) line(format string, args ...any) {
	_, _ = fmt.Fprintf(t, format+"\n", args...) // an error stays in the bufio.Writer until Flush
}

func (t *textWriter) title(text string) { t.line("\n%s", t.Bold(text)) }

func (t *textWriter) head(r *Report) {
	from, to := "", ""
	if r.First != 0 {
		from, to = r.First.String(), r.Last.String()
	}
	t.line("%s  %s", t.Bold("SIGN-INS"), period(from, to))
	parts := []string{count(r.Records, "record") + " in " + plural(len(r.Inputs), "file"), numberOf(r.Accounts.Number, "account", "accounts"),
		numberOf(r.Addresses.Number, "address", "addresses"), numberOf(r.Apps.Number, "app", "apps")}
	if r.WithoutCode > 0 {
		parts = append(parts, group(r.WithoutCode)+" without a code")
	}
	if r.Broken > 0 {
		parts = append(parts, count(uint64(r.Broken), "broken line"))
	}
	t.line("%s", terminal.Wrap(strings.Join(parts, ", "), 0, t.width))
	if r.Interrupted {
		t.line("%s", t.Bold("Interrupted: this is what was read so far."))
	}
	if len(r.Codes) == 0 {
		return
	}
	t.title("SEVERITY")
	t.shares(r.Severities, func(word, text string) string { return t.severity(word, text) })
	t.title("OUTCOME")
	t.shares(r.Outcomes, func(_, text string) string { return text })
	t.timeline(r)
}

func period(from, to string) string {
	switch from {
	case "":
		return "no times"
	case to:
		return from + " UTC"
	}
	return from + " to " + to + " UTC"
}

func (t *textWriter) shares(shares []Share, paint func(word, text string) string) {
	total := uint64(0)
	for _, s := range shares {
		total += s.Records
	}
	for _, s := range shares {
		if s.Records == 0 {
			continue
		}
		t.line("  %s %11s %6s  %s", paint(s.Word, fmt.Sprintf("%-9s", s.Word)), group(s.Records), percent(s.Records, total),
			paint(s.Word, bar(s.Records, total, min(40, t.width-34))))
	}
}

// timeline draws records and failures over time, one character a step.
func (t *textWriter) timeline(r *Report) {
	bins := r.Timeline.Bins
	if len(bins) < 2 {
		return
	}
	t.title("OVER TIME, " + strings.ToUpper(words(durationOf(r.Timeline.Step))) + " A COLUMN")
	for _, row := range []struct {
		name  string
		value func(*Bin) uint64
	}{{"records", func(b *Bin) uint64 { return total(b.Outcomes) }}, {"failures", func(b *Bin) uint64 { return b.Outcomes["failure"] }}} {
		most := uint64(0)
		for i := range bins {
			most = max(most, row.value(&bins[i]))
		}
		var b strings.Builder
		for i := range bins[:min(len(bins), t.width-22)] {
			b.WriteRune(spark(row.value(&bins[i]), most))
		}
		t.line("  %-9s %s %s", row.name, b.String(), t.Dim("at most "+group(most)))
	}
}

func total(of map[string]uint64) (n uint64) {
	for _, v := range of {
		n += v
	}
	return n
}

// spark is a bar of one character.
func spark(n, most uint64) rune {
	if n == 0 || most == 0 {
		return ' '
	}
	const bars = "▁▂▃▄▅▆▇█"
	i := (n*8 - 1) / most
	return []rune(bars)[min(i, 7)]
}

func bar(n, most uint64, width int) string {
	if n == 0 || most == 0 || width < 1 {
		return ""
	}
	eighths := max(1, n*uint64(width)*8/most)
	text := strings.Repeat("█", int(eighths/8))
	if rest := eighths % 8; rest > 0 {
		text += string([]rune("▏▎▍▌▋▊▉")[rest-1])
	}
	return text
}

func (t *textWriter) severity(word, text string) string {
	s, err := catalog.ParseSeverity(word)
	if err != nil {
		return text
	}
	return t.Severity(s, text)
}

func (t *textWriter) findings(r *Report) {
	found := false
	for i := range r.Kinds {
		k := &r.Kinds[i]
		if k.Total == 0 {
			continue
		}
		if !found {
			t.title("LOOK AT FIRST")
		}
		found = true
		t.line("  %s %s", t.severity(k.Severity, fmt.Sprintf("%-8s", k.Severity)), t.Bold(fmt.Sprintf("%s (%s)", k.Title, group(uint64(k.Total)))))
		for j, f := range k.Findings {
			if j == textFindings {
				break
			}
			text := f.Text
			if f.Code != nil {
				text = fmt.Sprintf("%d: %s", *f.Code, text)
			}
			t.line("           %s", terminal.Wrap(text, 11, t.width))
			detail := count(f.Count, "record")
			if f.First != 0 {
				detail += ", " + period(f.First.String(), f.Last.String())
			}
			t.line("           %s", t.Dim(detail))
			if len(f.IDs) > 0 {
				t.line("           %s", t.Dim(terminal.Wrap("ids "+strings.Join(f.IDs[:min(len(f.IDs), textIDs)], " "), 11, t.width)))
			}
		}
		if left := k.Total - textFindings; left > 0 {
			t.line("           %s", t.Dim(fmt.Sprintf("and %s more", group(uint64(left)))))
		}
		t.line("           %s", t.Dim(terminal.Wrap("Rule: "+k.Rule+" "+k.Instead, 11, t.width)))
	}
	if !found && len(r.Codes) > 0 {
		t.title("LOOK AT FIRST")
		t.line("  Nothing was found.")
	}
}

// context shows which rules changed what.
func (t *textWriter) context(c *Context) {
	if c == nil {
		return
	}
	t.title("IN CONTEXT")
	t.line("  %s", c.Sum())
	names := 0
	for _, r := range c.Rules {
		names = max(names, utf8.RuneCountInString(r.Rule))
	}
	names = min(names, t.width/3)
	for i, r := range c.Rules {
		if i == 0 {
			t.line("%s", t.Dim(fmt.Sprintf("  %-*s %9s  %s", names, "RULE", "RECORDS", "WHAT IT SAYS")))
		}
		name := terminal.Cut(r.Rule, names)
		t.line("  %s%s %9s  %s", name, strings.Repeat(" ", names-utf8.RuneCountInString(name)), group(r.Records), terminal.Wrap(r.summary, names+14, t.width))
	}
}

func (t *textWriter) codes(r *Report) {
	if len(r.Codes) == 0 {
		return
	}
	t.title("CODES")
	const format = "  %-9v %s %9s %9s %9s  "
	const used = 2 + 9 + 1 + 8 + 1 + 9 + 1 + 9 + 1 + 9 + 2
	t.line("%s", t.Dim(fmt.Sprintf(format+"%s", "CODE", "SEVERITY", "RECORDS", "ACCOUNTS", "ADDRESSES", "MEANING, AND WHAT TO DO")))
	for i := range r.Codes {
		c := &r.Codes[i]
		if i == textCodes {
			t.line("  %s", t.Dim(fmt.Sprintf("and %d more codes", len(r.Codes)-textCodes)))
			break
		}
		text := c.Description
		if text == "" {
			text = "the catalog has no entry"
		}
		t.line(format+"%s", c.Code, t.severity(c.Severity, fmt.Sprintf("%-8s", c.Severity)), group(c.Records), number(c.Accounts), number(c.Addresses),
			terminal.Wrap(text, used, t.width))
		if c.Action != "" && severityRank(c.Severity) <= severityRank("low") {
			t.line("%s%s", strings.Repeat(" ", used), t.Dim(terminal.Wrap(c.Action, used, t.width)))
		}
	}
}

func (t *textWriter) table(title string, table *Table, attention bool) {
	if len(table.Rows) == 0 {
		return
	}
	t.title(title)
	names := 8
	rows := table.Rows[:min(len(table.Rows), textRows)]
	for i := range rows {
		names = max(names, utf8.RuneCountInString(rows[i].Name))
	}
	names = min(names, t.width-46)
	most := uint64(0)
	for i := range rows {
		most = max(most, uint64(rows[i].Records))
	}
	head := "SHARE"
	if attention {
		head = "REFUSED"
	}
	t.line("%s", t.Dim(fmt.Sprintf("  %-*s %9s %9s  %s", names, "", "RECORDS", "FAILURES", head)))
	for i := range rows {
		row := &rows[i]
		last := bar(uint64(row.Records), most, min(20, t.width-names-25))
		if attention {
			last = fmt.Sprintf("%7s", group(uint64(row.Rejected)))
			if row.Worst != "info" && row.Worst != "unknown" {
				last += "  " + t.severity(row.Worst, row.Worst)
			}
		}
		name := terminal.Cut(row.Name, names)
		t.line("  %s%s %9s %9s  %s", name, strings.Repeat(" ", names-utf8.RuneCountInString(name)), group(uint64(row.Records)),
			group(uint64(row.Failures)), last)
	}
	if left := table.Number.N - len(rows); left > 0 {
		t.line("  %s", t.Dim(fmt.Sprintf("and %s more", number(Number{left, table.Number.Estimated}))))
	}
}

func (t *textWriter) notes(r *Report) {
	var notes []string
	for _, in := range r.Inputs {
		if in.Error != "" {
			notes = append(notes, in.Name+": "+in.Error)
		}
	}
	for i, b := range r.BrokenAt {
		if i < 3 {
			notes = append(notes, b.Where+": "+b.What)
		}
	}
	if left := r.Broken - 3; left > 0 {
		notes = append(notes, fmt.Sprintf("and %s", count(uint64(left), "more broken line")))
	}
	notes = append(notes, r.Notes...)
	if len(notes) == 0 {
		return
	}
	t.title("NOTES")
	for _, n := range notes {
		t.line("  %s", terminal.Wrap(n, 2, t.width))
	}
}
