package main

import "fluent-bit-entra-signin/internal/terminal"

// width returns how many columns standard output has; 0 if it is no terminal.
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
