package main

import "fluent-bit-entra-signin/internal/terminal"

// width returns the number of columns of standard output, or 0 if standard output is not a terminal.
func (a *app) width() int {
	if !a.terminal(a.out) {
		return 0
	}
	columns, _ := terminal.Size(a.out)
	return columns
}

// painter returns the painter for standard output.
func (a *app) painter() terminal.Painter {
	return terminal.NewPainter(a.terminal(a.out), a.getenv)
}
