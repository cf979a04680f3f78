// Command generate writes the header with the options for the C side of the plugin to the file that it is given.
package main

import (
	"fmt"
	"os"

	"fluent-bit-entra-signin/plugin/settings"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: generate FILE")
		os.Exit(2)
	}
	if err := os.WriteFile(os.Args[1], []byte(settings.Header()), 0o644); err != nil { //nolint:gosec // a source file, for all to read
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
