package main

import (
	"bytes"
	"fmt"

	"github.com/spf13/cobra"

	"fluent-bit-entra-signin/catalog"
)

func (a *app) check() *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE...",
		Short: "Say whether a catalog of your own would load",
		Long: `Read catalogs as the plugin's option Catalog and the flag --catalog do, and say for each whether it would load: how many codes
it changes and adds, or what is wrong with it, as file:line:column, up to 20 mistakes.

The exit status is 1 when one of them would not load.`,
		Example: `  entra-signin check mine.csv && kubectl create configmap codes --from-file mine.csv`,
		Args:    cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, files []string) error {
			bad := false
			for _, name := range files {
				c, err := a.try(name)
				if err != nil {
					_, _ = fmt.Fprintln(a.err, err) // bare, as compilers do: editors jump to file:line:column
					bad = true
					continue
				}
				changed, added := compare(catalog.Embedded(), c)
				if _, err := fmt.Fprintf(a.out, "%s: ok, %s, %s\n", name, number(changed, "code changed", "codes changed"),
					number(added, "code added", "codes added")); err != nil {
					return cannotWrite(err)
				}
			}
			if bad {
				return failure{}
			}
			return nil
		},
	}
}

// try loads a catalog over the embedded one.
func (a *app) try(name string) (*catalog.Catalog, error) {
	if name != stdin {
		return overlay(name)
	}
	data, err := catalog.ReadAll(a.in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return catalog.Embedded().Overlay(name, bytes.NewReader(data))
}

// compare counts the entries of a new catalog that differ from the old one, or that it lacks.
func compare(old, now *catalog.Catalog) (changed, added int) {
	for i := range now.Len() {
		switch was, ok := old.Lookup(now.At(i).Code); {
		case !ok:
			added++
		case *was != *now.At(i):
			changed++
		}
	}
	return changed, added
}
