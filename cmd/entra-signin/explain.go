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

// explainLimit is how many entries a search shows: more is a list to read in the catalog.
const explainLimit = 5

// missLimit is how many questions without an answer are named, each with what may have been meant.
const missLimit = 10

// longestQuestion is how much of a question, in characters, is repeated where nothing is known of it.
const longestQuestion = 80

func (a *app) explain() *cobra.Command {
	var (
		file      string
		rulesFile string
		asJSON    bool
	)
	cmd := &cobra.Command{
		Use:   "explain [CODE|NAME|WORDS|TEXT|-]...",
		Short: "Say what a code means, how bad it is and what to do",
		Long: `Say what codes mean, how bad they are and what to do.

A code may be a number, AADSTS and a number, one of Microsoft's symbolic names, a sign-in record as JSON, or any text with codes
in it: an error message, a log line, a page copied from a browser. For -, or with nothing to explain, standard input is read.
Each code is explained once. Other words are searched for, and the best matches come first.

In a text, a number is a code if AADSTS or a word such as "error code" stands before it, or if it stands alone, has at least five
digits and is in the catalog. Times, identifiers, telephone numbers, addresses and versions are left alone.

In the lines "in context" stand the rules that can change the severity of a record with this code, with the option Context on: what
they do, why, and their names. docs/context.md has their conditions, and the rules that hold for every code.

The exit status is 1 when nothing was found.`,
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
	cmd.Flags().BoolVar(&asJSON, "json", false, "Print a JSON array for scripts.")
	catalogFlag(cmd, &file)
	rulesFlag(cmd, &rulesFile)
	return cmd
}

// answer prints what is known of each question.
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
			a.say("%d more are about %q: entra-signin catalog --search %q", more, q, q)
			entries = entries[:explainLimit]
		}
		for _, e := range entries {
			if !slices.Contains(found, e) {
				found = append(found, e)
			}
		}
	}
	if more := missed - missLimit; more > 0 {
		a.say("nothing is known of %s either", number(more, "more code", "more codes"))
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

// miss says that nothing was found, and what may have been meant.
func (a *app) miss(question string, c *catalog.Catalog) {
	text := fmt.Sprintf("nothing is known of %q", terminal.Cut(question, longestQuestion))
	if near := search.Suggest(c, question); len(near) > 0 {
		text += "; did you mean:"
		for _, e := range near {
			text += "\n  " + title(e)
		}
	}
	a.say("%s", text)
}
