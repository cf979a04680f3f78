package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/catalog/search"
	"fluent-bit-entra-signin/internal/option"
)

// A selection is the part of the catalog that flags select. An empty field selects everything.
type selection struct {
	severities  []catalog.Severity
	outcomes    []catalog.Outcome
	categories  []catalog.Category
	credentials []catalog.Credential
	sources     []catalog.Source
	words       string
}

// addFlags adds the flags of a selection to a command.
func (s *selection) addFlags(cmd *cobra.Command) {
	var categories []string
	for _, v := range catalog.Categories() {
		categories = append(categories, string(v.Name))
	}
	severityFlag(cmd, severitiesOf(&s.severities, catalog.ParseSeverity))
	outcomeFlag(cmd, each(&s.outcomes, catalog.ParseOutcome))
	addFlag(cmd, "category", setter(each(&s.categories, catalog.ParseCategory)), "Only these categories, e.g. mfa,risk.", categories)
	wordsFlag(cmd, "credential", each(&s.credentials, catalog.ParseCredential), catalog.Credentials())
	wordsFlag(cmd, "source", each(&s.sources, catalog.ParseSource), catalog.Sources())
	cmd.Flags().StringVar(&s.words, "search", "", "Only entries that match these `words`.")
}

// wordsFlag adds a flag that takes a list of the given values.
func wordsFlag[T fmt.Stringer](cmd *cobra.Command, name string, set func(string) error, values []T) {
	var words []string
	for _, v := range values {
		words = append(words, v.String())
	}
	addFlag(cmd, name, setter(set), "Only these: "+strings.Join(words, ", ")+".", words)
}

// setter returns a flag without a default that calls set.
func setter(set func(string) error) *optionFlag {
	return &optionFlag{option: option.Option{Set: set}}
}

// severityFlag adds the flag --severity, which takes severities and the words of more.
func severityFlag(cmd *cobra.Command, set func(string) error, more ...string) {
	var words []string
	for _, v := range catalog.Severities() {
		words = append(words, v.String(), v.String()+"+")
	}
	addFlag(cmd, "severity", setter(set), "Only these severities, e.g. high, or medium+ for medium and above.", append(words, more...))
}

// outcomeFlag adds the flag --outcome, which takes outcomes and the words of more.
func outcomeFlag(cmd *cobra.Command, set func(string) error, more ...string) {
	var words []string
	for _, v := range catalog.Outcomes() {
		words = append(words, v.String())
	}
	words = append(words, more...)
	addFlag(cmd, "outcome", setter(set), "Only these: "+strings.Join(words, ", ")+".", words)
}

// each returns a function that parses a list of words.
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

// severitiesOf returns a function that parses a list of severities. A severity with + includes all higher ones.
func severitiesOf(to *[]catalog.Severity, parse func(string) (catalog.Severity, error)) func(string) error {
	return func(value string) error {
		for _, word := range option.Fields(value) {
			word, above := strings.CutSuffix(word, "+")
			from, err := parse(word)
			if err != nil {
				return fmt.Errorf("%w; add + to include all higher severities", err)
			}
			*to = append(*to, from)
			for _, v := range catalog.Severities() {
				if above && v > from {
					*to = append(*to, v)
				}
			}
		}
		return nil
	}
}

// isAll reports whether the selection selects everything.
func (s *selection) isAll() bool {
	return len(s.severities)+len(s.outcomes)+len(s.categories)+len(s.credentials)+len(s.sources) == 0 && s.words == ""
}

// of returns the selected entries of a catalog: the best match first if there are words, otherwise in order of codes.
func (s *selection) of(c *catalog.Catalog) []*catalog.Entry {
	var all []*catalog.Entry
	if s.words != "" {
		all = search.Find(c, s.words)
	} else {
		for i := range c.Len() {
			all = append(all, c.At(i))
		}
	}
	return slices.DeleteFunc(all, func(e *catalog.Entry) bool {
		return len(s.severities) > 0 && !slices.Contains(s.severities, e.Severity) ||
			len(s.outcomes) > 0 && !slices.Contains(s.outcomes, e.Outcome) ||
			len(s.categories) > 0 && !slices.Contains(s.categories, e.Category) ||
			len(s.credentials) > 0 && !slices.Contains(s.credentials, e.Credential) ||
			len(s.sources) > 0 && !slices.Contains(s.sources, e.Source)
	})
}
