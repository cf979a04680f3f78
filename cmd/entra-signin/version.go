package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/internal/version"
)

// versionOf returns the version of this binary. Go knows the version of a binary that go install made.
func versionOf() string {
	info, ok := debug.ReadBuildInfo()
	if version.Version == version.Sources && ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return version.Version
}

func (a *app) version() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version and the size of the catalog",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if _, err := fmt.Fprintf(a.out, "entra-signin %s, %d codes\n", versionOf(), catalog.Embedded().Len()); err != nil {
				return cannotWrite(err)
			}
			return nil
		},
	}
}
