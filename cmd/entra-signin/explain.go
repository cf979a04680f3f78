package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/catalog/rules"
	"fluent-bit-entra-signin/catalog/search"
	"fluent-bit-entra-signin/internal/terminal"
)

// explainLimit is how many results of a search are explained.
const explainLimit = 5

// missLimit is how many questions without an answer are reported.
const missLimit = 10

// longestQuestion is how many characters of a question are repeated in a message.
const longestQuestion = 80

func (a *app) explain() *cobra.Command {
	var (
		file      string
		rulesFile string
		asJSON    bool
	)
	cmd := &cobra.Command{
		Use:   "explain [CODE|NAME|WORDS|TEXT|-]...",
		Short: "Explain codes: meaning, severity and next step",
		Long: `Explain what codes mean, how severe they are and what to do next.

A code may be a number, AADSTS followed by a number, one of Microsoft's symbolic names, a sign-in record in JSON, or any text that
contains codes: an error message, a log line, a page copied from a browser. With -, or without arguments, the text comes from standard
input. Each code is explained once. All other words are searched for, and the best matches come first.

In a text, a number is a code if it follows AADSTS or words such as "error code", or if it stands alone, has at least five digits and is
in the catalog. Times, identifiers, telephone numbers, addresses and versions are ignored.

The lines "in context" name the rules that can change the severity of a record with this code if the option Context is on: what each rule
does and why. docs/context.md has the conditions, and the rules that apply to every code.

The exit status is 1 if nothing was found.`,
		Example: `  entra-signin explain 50126 AADSTS500121
  entra-signin explain UserDisabled
  entra-signin explain expired password
  entra-signin explain "Error Code: 53003"
  entra-signin explain < page.txt
  entra-signin explain --json 50126 | jq -r '.[0].severity'`,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				if a.terminal(a.in) {
					return errNothing
				}
				args = []string{stdin}
			}
			c, err := load(file)
			if err != nil {
				return err
			}
			set, err := loadRules(rulesFile)
			if err != nil {
				return err
			}
			questions, err := a.questions(c, args)
			if err != nil {
				return err
			}
			return a.answer(questions, c, set, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "Print a JSON array, for scripts.")
	catalogFlag(cmd, &file)
	rulesFlag(cmd, &rulesFile)
	return cmd
}

// answer prints the entries that answer the questions.
func (a *app) answer(questions []string, c *catalog.Catalog, set *rules.Set, asJSON bool) error {
	var found []*catalog.Entry
	missed := 0
	asked := make(map[string]bool)
	for _, q := range questions {
		if asked[q] {
			continue
		}
		asked[q] = true
		entries := search.Find(c, q)
		if e, ok := c.LookupName(q); ok {
			entries = []*catalog.Entry{e}
		}
		if len(entries) == 0 {
			if missed++; missed <= missLimit {
				a.miss(q, c)
			}
			continue
		}
		if more := len(entries) - explainLimit; more > 0 {
			a.say("%d more match %q: entra-signin catalog --search %q", more, q, q)
			entries = entries[:explainLimit]
		}
		for _, e := range entries {
			if !slices.Contains(found, e) {
				found = append(found, e)
			}
		}
	}
	if more := missed - missLimit; more > 0 {
		a.say("found nothing for %s either", number(more, "more code", "more codes"))
	}
	if asJSON {
		if err := writeJSON(a.out, found, set); err != nil {
			return cannotWrite(err)
		}
	} else if err := a.writeEntries(found, set); err != nil {
		return cannotWrite(err)
	}
	if len(found) == 0 {
		return failure{}
	}
	return nil
}

func (a *app) writeEntries(entries []*catalog.Entry, set *rules.Set) error {
	p, width := a.painter(), a.width()
	for i, e := range entries {
		if i > 0 {
			if _, err := fmt.Fprintln(a.out); err != nil {
				return err
			}
		}
		if err := writeEntry(a.out, p, width, e, set.Concerning(e)); err != nil {
			return err
		}
	}
	return nil
}

// miss reports that nothing was found, and suggests what may have been meant.
func (a *app) miss(question string, c *catalog.Catalog) {
	text := fmt.Sprintf("found nothing for %q", terminal.Cut(question, longestQuestion))
	if near := search.Suggest(c, question); len(near) > 0 {
		text += "; did you mean:"
		for _, e := range near {
			text += "\n  " + title(e)
		}
	}
	a.say("%s", text)
}
