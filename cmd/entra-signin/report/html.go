package report

import (
	"bufio"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
)

var (
	//go:embed page/page.html
	pageHTML string
	//go:embed page/page.css
	pageCSS string
	//go:embed page/page.js
	pageJS string
)

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"group":   func(n any) string { return group(unsigned(n)) },
	"count":   count,
	"number":  number,
	"percent": func(n, of any) string { return percent(unsigned(n), unsigned(of)) },
	"ratio":   func(n, of uint32) string { return fmt.Sprintf("%.4f", float64(n)/float64(max(of, 1))) },
	"scale":   func(n, most uint32) string { return fmt.Sprintf("%.2f", 100*float64(n)/float64(max(most, 1))) },
	"rank":    func(severity string) int { return len(severityOrder) - severityRank(severity) },
	"word":    func(word string) string { return strings.ReplaceAll(word, "_", " ") },
	"attack": func(technique string) string {
		return "https://attack.mitre.org/techniques/" + strings.Replace(technique, ".", "/", 1) + "/"
	},
}).Parse(pageHTML))

func unsigned(n any) uint64 {
	switch n := n.(type) {
	case int:
		return uint64(n)
	case uint32:
		return uint64(n)
	case uint64:
		return n
	}
	panic(fmt.Sprintf("%T is no number of the template", n))
}

// pageData is what the template shows.
type pageData struct {
	*Report
	Style                 template.CSS
	Script                template.JS
	StyleHash, ScriptHash string // for the Content Security Policy: nothing else runs, whatever a record holds
	Found, NotFound       []Kind
	Charts                []chart
	Names                 []namesData
}

// namesData is a table of names.
type namesData struct {
	ID, Title, Column, Shown string
	Table                    *Table
	Attention                bool
	Most                     uint32
}

// WriteHTML writes the report as one HTML file that needs nothing else.
func (r *Report) WriteHTML(w io.Writer) error {
	data := pageData{Report: r, Style: template.CSS(pageCSS), Script: template.JS(pageJS), //nolint:gosec // they are our own files
		StyleHash: hash(pageCSS), ScriptHash: hash(pageJS)}
	for _, k := range r.Kinds {
		if k.Total > 0 {
			data.Found = append(data.Found, k)
		} else {
			data.NotFound = append(data.NotFound, k)
		}
	}
	if len(r.Timeline.Bins) > 0 {
		data.Charts = []chart{
			r.chart("severities", "Severity", r.Severities, func(b *Bin) map[string]uint64 { return b.Severities }),
			r.chart("outcomes", "Outcome", r.Outcomes, func(b *Bin) map[string]uint64 { return b.Outcomes }),
		}
	}
	for _, n := range []namesData{
		{ID: "accounts", Title: "Accounts", Column: "Account", Table: &r.Accounts, Attention: true},
		{ID: "addresses", Title: "Addresses", Column: "Address", Table: &r.Addresses, Attention: true},
		{ID: "apps", Title: "Apps", Column: "App", Table: &r.Apps},
		{ID: "countries", Title: "Countries", Column: "Country", Table: &r.Countries},
		{ID: "clients", Title: "Clients", Column: "Client", Table: &r.Clients},
	} {
		for i := range n.Table.Rows {
			n.Most = max(n.Most, n.Table.Rows[i].Records)
		}
		n.Shown = "all of them"
		if len(n.Table.Rows) < n.Table.Number.N {
			by := "with the most records"
			if n.Attention {
				by = "that there is most to tell of"
			}
			n.Shown = fmt.Sprintf("the %d of %s %s", len(n.Table.Rows), number(n.Table.Number), by)
		}
		data.Names = append(data.Names, n)
	}
	out := bufio.NewWriter(w)
	_, _ = out.WriteString("<!DOCTYPE html>\n") // before the definitions of the template; an error stays until Flush
	if err := page.Execute(out, data); err != nil {
		return err
	}
	return out.Flush()
}

// hash is the source expression of a text in a Content Security Policy.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// A chart is stacked bars over time.
type chart struct {
	ID, Title, Step, From, To string
	Legend                    []Share // words that occur
	Total, Most               uint64
	Width                     int
	Bars                      []chartBar
	Rows                      []chartRow
}

type chartBar struct {
	Title string
	Parts []chartPart
}

type chartPart struct{ Word, X, Y, W, H string }

type chartRow struct {
	Start  Time
	Values []uint64
}

// minute is a time without seconds.
func minute(t Time) string { return strings.TrimSuffix(t.String(), ":00") }

// barWidth is how wide a bar is with the gap behind it, in units of the picture.
const barWidth = 10

func (r *Report) chart(id, title string, shares []Share, of func(*Bin) map[string]uint64) chart {
	bins := r.Timeline.Bins
	c := chart{ID: "chart-" + id, Title: title, Step: words(durationOf(r.Timeline.Step)), Width: barWidth * len(bins),
		From: minute(bins[0].Start), To: minute(bins[len(bins)-1].Start + Time(r.Timeline.Step))}
	for _, s := range shares {
		if s.Records > 0 {
			c.Legend = append(c.Legend, s)
			c.Total += s.Records
		}
	}
	for i := range bins {
		c.Most = max(c.Most, total(of(&bins[i])))
	}
	for i := range bins {
		values := of(&bins[i])
		row := chartRow{Start: bins[i].Start}
		bar := chartBar{Title: bins[i].Start.String()}
		below := uint64(0)
		for j := len(c.Legend) - 1; j >= 0; j-- { // the worst on top
			word := c.Legend[j].Word
			n := values[word]
			if n == 0 {
				continue
			}
			y := 100 - 100*float64(below+n)/float64(c.Most)
			bar.Parts = append(bar.Parts, chartPart{word, fmt.Sprint(i*barWidth + 1), fmt.Sprintf("%.2f", y), fmt.Sprint(barWidth - 2),
				fmt.Sprintf("%.2f", 100*float64(n)/float64(c.Most))})
			below += n
		}
		for _, s := range c.Legend {
			n := values[s.Word]
			row.Values = append(row.Values, n)
			if n > 0 {
				bar.Title += fmt.Sprintf(", %s %s", group(n), s.Word)
			}
		}
		if len(bar.Parts) > 0 {
			c.Bars = append(c.Bars, bar)
		}
		c.Rows = append(c.Rows, row)
	}
	return c
}
