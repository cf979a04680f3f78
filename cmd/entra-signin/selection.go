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

// A selection is the part of the catalog that flags ask for. What is empty asks for everything.
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
	addFlag(cmd, "category", setter(each(&s.categories, catalog.ParseCategory)), "Only these, e.g. mfa,risk.", categories)
	wordsFlag(cmd, "credential", each(&s.credentials, catalog.ParseCredential), catalog.Credentials())
	wordsFlag(cmd, "source", each(&s.sources, catalog.ParseSource), catalog.Sources())
	cmd.Flags().StringVar(&s.words, "search", "", "Only what these `words` are about.")
}

// wordsFlag adds a flag to a command that takes some of a few values.
func wordsFlag[T fmt.Stringer](cmd *cobra.Command, name string, set func(string) error, values []T) {
	var words []string
	for _, v := range values {
		words = append(words, v.String())
	}
	addFlag(cmd, name, setter(set), "Only these: "+strings.Join(words, ", ")+".", words)
}

// setter makes a flag without a default of a function.
func setter(set func(string) error) *optionFlag {
	return &optionFlag{option: option.Option{Set: set}}
}

// severityFlag adds --severity to a command. It may also take the words of more.
func severityFlag(cmd *cobra.Command, set func(string) error, more ...string) {
	var words []string
	for _, v := range catalog.Severities() {
		words = append(words, v.String(), v.String()+"+")
	}
	addFlag(cmd, "severity", setter(set), "Only these, e.g. high, or medium+ for medium and above.", append(words, more...))
}

// outcomeFlag adds --outcome to a command. It may also take the words of more.
func outcomeFlag(cmd *cobra.Command, set func(string) error, more ...string) {
	var words []string
	for _, v := range catalog.Outcomes() {
		words = append(words, v.String())
	}
	words = append(words, more...)
	addFlag(cmd, "outcome", setter(set), "Only these: "+strings.Join(words, ", ")+".", words)
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

// severitiesOf parses a list of severities, each of which may have a + for all above.
func severitiesOf(to *[]catalog.Severity, parse func(string) (catalog.Severity, error)) func(string) error {
	return func(value string) error {
		for _, word := range option.Fields(value) {
			word, above := strings.CutSuffix(word, "+")
			from, err := parse(word)
			if err != nil {
				return fmt.Errorf("%w, with + for that and above", err)
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

// isAll tells whether a selection asks for everything.
func (s *selection) isAll() bool {
	return len(s.severities)+len(s.outcomes)+len(s.categories)+len(s.credentials)+len(s.sources) == 0 && s.words == ""
}

// of returns the entries that are asked for: the best match first where there are words, else by code.
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
