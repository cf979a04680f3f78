package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"fluent-bit-entra-signin/catalog"
)

// version is set by the linker in a release.
var version string

// versionOf returns the version of this binary: of one that go install made, Go knows it.
func versionOf() string {
	if info, ok := debug.ReadBuildInfo(); version == "" && ok {
		return info.Main.Version
	}
	return version
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
