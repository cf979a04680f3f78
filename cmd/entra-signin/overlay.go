package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"fluent-bit-entra-signin/catalog"
)

// catalogFlag adds --catalog to a command.
func catalogFlag(cmd *cobra.Command, file *string) {
	cmd.Flags().StringVar(file, "catalog", "", "CSV `file` with codes of your own; its rows are laid over the built-in catalog.")
}

// load returns the embedded catalog with a user's file laid over it, if there is one.
func load(file string) (*catalog.Catalog, error) {
	if file == "" {
		return catalog.Embedded(), nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, failure{err}
	}
	defer f.Close()
	c, err := catalog.Embedded().Overlay(file, f)
	if err != nil {
		return nil, failure{fmt.Errorf("the catalog was not loaded\n%w", err)}
	}
	return c, nil
}
