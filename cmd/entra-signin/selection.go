package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/internal/option"
)

// A selection is the part of the catalog that flags ask for. What is empty asks for everything.
type selection struct {
	severities []catalog.Severity
	outcomes   []catalog.Outcome
	categories []catalog.Category
	words      string
}

// addFlags adds the flags of a selection to a command.
func (s *selection) addFlags(cmd *cobra.Command) {
	flag := func(name, help string, set func(string) error, words []string) {
		cmd.Flags().Var(&optionFlag{option: option.Option{Set: set}}, name, help)
		// Fails only for a flag that does not exist.
		_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	}
	var severities, outcomes, categories []string
	for _, v := range catalog.Severities() {
		severities = append(severities, v.String(), v.String()+"+")
	}
	for _, v := range catalog.Outcomes() {
		outcomes = append(outcomes, v.String())
	}
	for _, v := range catalog.Categories() {
		categories = append(categories, string(v.Name))
	}
	flag("severity", "Only these, e.g. high, or medium+ for medium and above.", s.setSeverities, severities)
	flag("outcome", "Only these: "+strings.Join(outcomes, ", ")+".", each(&s.outcomes, catalog.ParseOutcome), outcomes)
	flag("category", "Only these, e.g. mfa,risk.", each(&s.categories, catalog.ParseCategory), categories)
	cmd.Flags().StringVar(&s.words, "search", "", "Only what these `words` are about.")
}

// each parses the words of a list.
func each[T any](to *[]T, parse func(string) (T, error)) func(string) error {
	return func(value string) error {
		for _, word := range option.Fields(value) {
			v, err := parse(word)
			if err != nil {
				return err
			}
			*to = append(*to, v)
		}
		return nil
	}
}

func (s *selection) setSeverities(value string) error {
	for _, word := range option.Fields(value) {
		word, above := strings.CutSuffix(word, "+")
		from, err := catalog.ParseSeverity(word)
		if err != nil {
			return fmt.Errorf("%w, with + for that and above", err)
		}
		for _, v := range catalog.Severities() {
			if v == from || above && v > from {
				s.severities = append(s.severities, v)
			}
		}
	}
	return nil
}

// of returns the entries that are asked for: the best match first where there are words, else by code.
func (s *selection) of(c *catalog.Catalog) []*catalog.Entry {
	var all []*catalog.Entry
	if s.words != "" {
		all = c.Search(s.words)
	} else {
		for i := range c.Len() {
			all = append(all, c.At(i))
		}
	}
	return slices.DeleteFunc(all, func(e *catalog.Entry) bool {
		return len(s.severities) > 0 && !slices.Contains(s.severities, e.Severity) ||
			len(s.outcomes) > 0 && !slices.Contains(s.outcomes, e.Outcome) ||
			len(s.categories) > 0 && !slices.Contains(s.categories, e.Category)
	})
}
