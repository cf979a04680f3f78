package main

import (
	"bufio"
	"encoding/csv"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/catalog/rules"
	"fluent-bit-entra-signin/catalog/search"
	"fluent-bit-entra-signin/internal/option"
)

// formats are the output formats of the command catalog.
var formats = []string{"table", "csv", "json", "markdown", "otel", "kql", "lookup"}

func (a *app) catalog() *cobra.Command {
	var (
		file      string
		published string
		format    = formats[0]
		wanted    selection
	)
	cmd := &cobra.Command{
		Use:   "catalog",
		Short: "Print all codes, or select some of them",
		Long: `Print the codes of the catalog, or those that the flags select. The table is for people; csv is the format that --catalog and the
plugin's option Catalog read; json has the same entries as explain --json.

Three formats are for software that cannot load the plugin: otel is the YAML of the lookup processor of the OpenTelemetry Collector, kql a
table for Microsoft Sentinel and Log Analytics, and lookup a CSV file for Splunk, Vector and watchlists of Microsoft Sentinel.

With --compare, print how a published list of codes differs from the catalog: codes that only the list has (new), codes that only the
catalog has (gone), and names that differ (renamed). The list may be Microsoft's reference page in Markdown, JSON, or csv. If other flags
select codes, only selected codes can be gone. For a Markdown page, the codes whose source is reference are selected by default. The exit
status is that of diff: 0 if nothing differs, 1 if something differs, 2 after an error.`,
		Example: `  entra-signin catalog --severity high+
  entra-signin catalog --category mfa,risk --outcome failure
  entra-signin catalog --credential accepted --outcome interrupt,failure
  entra-signin catalog --search certificate --format json
  entra-signin catalog --format csv --severity medium > mine.csv
  entra-signin catalog --format lookup > entra_signin.csv
  entra-signin catalog --compare reference-error-codes.md`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if published != "" {
				return a.compareWith(published, file, &wanted)
			}
			c, err := load(file)
			if err != nil {
				return err
			}
			entries := wanted.of(c)
			if len(entries) == 0 {
				a.none(c, &wanted)
			}
			out := bufio.NewWriter(a.out)
			if err := a.print(out, format, entries, c.Len()); err != nil {
				return cannotWrite(err)
			}
			if err := out.Flush(); err != nil {
				return cannotWrite(err)
			}
			return nil
		},
	}
	set := option.Enum(&format, formats...)
	addFlag(cmd, "format", &optionFlag{option.Option{Set: set}, format}, "One of table, csv, json, markdown, otel, kql and lookup.", formats)
	wanted.addFlags(cmd)
	cmd.Flags().StringVar(&published, "compare", "", "Compare the catalog with the published list in this `file`; - for standard input.")
	cmd.MarkFlagsMutuallyExclusive("compare", "format")
	catalogFlag(cmd, &file)
	cmd.Flags().SortFlags = false
	return cmd
}

// none reports that the flags select no code.
func (a *app) none(c *catalog.Catalog, wanted *selection) {
	if wanted.words != "" && len(search.Find(c, wanted.words)) == 0 {
		a.miss(wanted.words, c)
		return
	}
	a.say("no code matches all of these flags")
}

// print writes the selected entries of a catalog that has total entries.
func (a *app) print(w io.Writer, format string, entries []*catalog.Entry, total int) error {
	switch format {
	case "csv":
		return writeCSV(w, entries)
	case "json":
		return writeJSON(w, entries, rules.Embedded())
	case "markdown":
		return writeMarkdown(w, entries, total)
	case "otel":
		return writeOTel(w, entries)
	case "kql":
		return writeKQL(w, entries)
	case "lookup":
		return writeLookup(w, entries)
	}
	if len(entries) == 0 {
		return nil
	}
	return writeTable(w, a.painter(), a.width(), entries)
}

// writeCSV writes entries as catalog.Parse reads them.
func writeCSV(w io.Writer, entries []*catalog.Entry) error {
	out := csv.NewWriter(w)
	rows := [][]string{catalog.Columns}
	for _, e := range entries {
		rows = append(rows, []string{strconv.Itoa(int(e.Code)), e.Name, e.Description, e.Severity.String(), e.Outcome.String(),
			string(e.Category), e.Action, e.Technique, e.Credential.String(), e.Source.String()})
	}
	return out.WriteAll(rows)
}
