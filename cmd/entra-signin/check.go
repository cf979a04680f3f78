package main

import (
	"bytes"
	"fmt"

	"github.com/spf13/cobra"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/catalog/rules"
)

func (a *app) check() *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE...",
		Short: "Check files of codes and rules of your own",
		Long: `Read catalog files as the plugin's option Catalog and the flag --catalog do, and files of rules as Context_Rules and
--context-rules do. For each file, print how many codes or rules the file changes and adds, or up to 20 errors as file:line:column.
A file that has the column rule is a file of rules.

The exit status is 1 if a file has an error.`,
		Example: `  entra-signin check codes.csv rules.csv && kubectl create configmap entra --from-file codes.csv --from-file rules.csv`,
		Args:    cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, files []string) error {
			bad := false
			for _, name := range files {
				found, err := a.try(name)
				if err != nil {
					_, _ = fmt.Fprintln(a.err, err) // without a prefix, as compilers do, so that editors can jump to file:line:column
					bad = true
					continue
				}
				if _, err := fmt.Fprintf(a.out, "%s: ok, %s\n", name, found); err != nil {
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

// try lays a file over the embedded catalog or rules and reports what the file changes.
func (a *app) try(name string) (found string, err error) {
	data, err := a.data(name)
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	if holdsRules(data) {
		s, err := rules.Embedded().Overlay(name, bytes.NewReader(data))
		if err != nil {
			return "", err
		}
		changed, removed, added := rules.Embedded().Compare(s)
		return fmt.Sprintf("%s, %d switched off, %d added", number(changed, "rule changed", "rules changed"), removed, added), nil
	}
	c, err := catalog.Embedded().Overlay(name, bytes.NewReader(data))
	if err != nil {
		return "", err
	}
	changed, added := compare(catalog.Embedded(), c)
	return number(changed, "code changed", "codes changed") + ", " + number(added, "code added", "codes added"), nil
}

func (a *app) data(name string) ([]byte, error) {
	if name == stdin {
		return catalog.ReadAll(a.in)
	}
	return catalog.ReadFile(name)
}

// holdsRules tells a file of rules from a catalog by its header.
func holdsRules(data []byte) bool {
	header, _, _ := bytes.Cut(bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\ufeff")), "\r\n"), []byte("\n"))
	for _, column := range bytes.Split(header, []byte(",")) {
		if bytes.EqualFold(bytes.Trim(column, " \t\r\""), []byte("rule")) {
			return true
		}
	}
	return false
}

// compare counts the entries of a new catalog that differ from the old catalog, and those that the old catalog lacks.
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
