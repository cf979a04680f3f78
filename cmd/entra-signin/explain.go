package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"fluent-bit-entra-signin/catalog"
)

// explainLimit is how many entries a search shows: more is a list to read in the catalog.
const explainLimit = 5

func (a *app) explain() *cobra.Command {
	var (
		file   string
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "explain CODE|NAME|WORDS...",
		Short: "Say what a code means, how bad it is and what to do",
		Long: `Say what codes mean, how bad they are and what to do.

A code is given as a number, with or without AADSTS, or as the text of an error message that holds one. Microsoft's
symbolic names are found too. Anything else is taken as words to search for, the best match first.

The exit status is 1 when nothing was found.`,
		Example: `  entra-signin explain 50126 AADSTS500121
  entra-signin explain UserDisabled
  entra-signin explain expired password
  entra-signin explain --json 50126 | jq -r '.[0].severity'`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fmt.Errorf("explain what? Give a code, a name or words to search for")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			c, err := load(file)
			if err != nil {
				return err
			}
			return a.answer(asked(c, args), c, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "Print a JSON array for scripts.")
	catalogFlag(cmd, &file)
	return cmd
}

// inText finds a code in an error message.
var inText = regexp.MustCompile(`(?i)\bAADSTS(\d+)`)

// asked takes the arguments apart: each code and each name is a question of its own, all other words together are one.
func asked(c *catalog.Catalog, args []string) []string {
	var questions, words []string
	for _, arg := range args {
		if found := inText.FindAllStringSubmatch(arg, -1); found != nil {
			for _, code := range found {
				questions = append(questions, code[1])
			}
			continue
		}
		for _, word := range strings.Split(arg, ",") {
			word = strings.TrimSpace(word)
			_, err := catalog.ParseCode(word)
			_, name := c.LookupName(word)
			switch {
			case err == nil || name:
				questions = append(questions, word)
			case word != "":
				words = append(words, word)
			}
		}
	}
	if len(words) > 0 {
		questions = append(questions, strings.Join(words, " "))
	}
	return questions
}

// answer prints what is known of each question.
func (a *app) answer(questions []string, c *catalog.Catalog, asJSON bool) error {
	var found []*catalog.Entry
	for _, q := range questions {
		entries := c.Search(q)
		if e, ok := c.LookupName(q); ok {
			entries = []*catalog.Entry{e}
		}
		if len(entries) == 0 {
			a.miss(q, c)
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
	if asJSON {
		if err := writeJSON(a.out, found); err != nil {
			return err
		}
	} else if err := a.writeEntries(found); err != nil {
		return err
	}
	if len(found) == 0 {
		return failure{}
	}
	return nil
}

func (a *app) writeEntries(entries []*catalog.Entry) error {
	p := a.painter()
	for i, e := range entries {
		if i > 0 {
			if _, err := fmt.Fprintln(a.out); err != nil {
				return err
			}
		}
		if err := writeEntry(a.out, p, e); err != nil {
			return err
		}
	}
	return nil
}

// miss says that nothing was found, and what may have been meant.
func (a *app) miss(question string, c *catalog.Catalog) {
	text := fmt.Sprintf("nothing is known of %q", question)
	if near := c.Suggest(question); len(near) > 0 {
		text += "; did you mean:"
		for _, e := range near {
			text += "\n  " + title(e)
		}
	}
	a.say("%s", text)
}
