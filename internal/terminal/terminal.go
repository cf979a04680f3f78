// Package terminal writes text for a person at a terminal: it asks for the size of the terminal, fits text into its
// columns, and colours text.
package terminal

import (
	"os"

	"golang.org/x/term"
)

// Is tells whether a stream is a terminal.
func Is(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Size returns how many columns and lines a stream has; 0 and 0 for a stream that is no terminal.
func Size(stream any) (columns, lines int) {
	f, ok := stream.(*os.File)
	if !ok {
		return 0, 0
	}
	columns, lines, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0, 0
	}
	return columns, lines
}
