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

// formats are those of the command catalog.
var formats = []string{"table", "csv", "json", "markdown"}

func (a *app) catalog() *cobra.Command {
	var (
		file      string
		published string
		format    = formats[0]
		wanted    selection
	)
	cmd := &cobra.Command{
		Use:   "catalog",
		Short: "Print the catalog of codes, or a part of it",
		Long: `Print the catalog of codes, or the part that the flags ask for. The table is for reading; csv is the format that --catalog and
the plugin's option Catalog read; json has the same entries as explain --json.

With --compare, print how a published list of codes differs from the catalog: codes that are new in the list, codes of the catalog that
the list lacks (gone), and names that differ (renamed). The list may be Microsoft's reference page in Markdown, JSON, or csv. Where other
flags select codes, only those can be gone; of a Markdown page that are by default the codes with the source reference. The exit status
is that of diff: 0 for no difference, 1 for some, 2 for trouble.`,
		Example: `  entra-signin catalog --severity high+
  entra-signin catalog --category mfa,risk --outcome failure
  entra-signin catalog --credential accepted --outcome interrupt,failure
  entra-signin catalog --search certificate --format json
  entra-signin catalog --format csv --severity medium > mine.csv
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
	addFlag(cmd, "format", &optionFlag{option.Option{Set: set}, format}, "One of table, csv, json and markdown.", formats)
	wanted.addFlags(cmd)
	cmd.Flags().StringVar(&published, "compare", "", "Print how the published list of codes in this `file` differs; - for standard input.")
	cmd.MarkFlagsMutuallyExclusive("compare", "format")
	catalogFlag(cmd, &file)
	cmd.Flags().SortFlags = false
	return cmd
}

// none says that no code is selected.
func (a *app) none(c *catalog.Catalog, wanted *selection) {
	if wanted.words != "" && len(search.Find(c, wanted.words)) == 0 {
		a.miss(wanted.words, c)
		return
	}
	a.say("no code in the catalog matches all of these flags")
}

// print writes entries, which are all or a part of a catalog with total entries.
func (a *app) print(w io.Writer, format string, entries []*catalog.Entry, total int) error {
	switch format {
	case "csv":
		return writeCSV(w, entries)
	case "json":
		return writeJSON(w, entries, rules.Embedded())
	case "markdown":
		return writeMarkdown(w, entries, total)
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
