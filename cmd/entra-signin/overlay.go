package main

import (
	"bytes"
	"fmt"

	"github.com/spf13/cobra"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/catalog/rules"
)

// catalogFlag adds --catalog to a command.
func catalogFlag(cmd *cobra.Command, file *string) {
	cmd.Flags().StringVar(file, "catalog", "", "CSV `file` that adds codes to the built-in catalog or changes them.")
}

// load returns the embedded catalog, with the rows of a user's file if file is not empty.
func load(file string) (*catalog.Catalog, error) {
	if file == "" {
		return catalog.Embedded(), nil
	}
	c, err := overlay(file)
	if err != nil {
		return nil, failure{fmt.Errorf("the catalog was not loaded\n%w", err)}
	}
	return c, nil
}

// overlay returns the embedded catalog with the rows of a catalog file, which is read as the plugin reads it. Errors name the file.
func overlay(file string) (*catalog.Catalog, error) {
	data, err := catalog.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return catalog.Embedded().Overlay(file, bytes.NewReader(data))
}

// rulesFlag adds --context-rules to a command.
func rulesFlag(cmd *cobra.Command, file *string) {
	cmd.Flags().StringVar(file, "context-rules", "", "CSV `file` with rules of your own about the severity; its rows are laid over the built-in rules.")
}

// loadRules is load for rules.
func loadRules(file string) (*rules.Set, error) {
	if file == "" {
		return rules.Embedded(), nil
	}
	data, err := catalog.ReadFile(file)
	if err != nil {
		return nil, failure{fmt.Errorf("the rules were not loaded\n%s: %w", file, err)}
	}
	s, err := rules.Embedded().Overlay(file, bytes.NewReader(data))
	if err != nil {
		return nil, failure{fmt.Errorf("the rules were not loaded\n%w", err)}
	}
	return s, nil
}
