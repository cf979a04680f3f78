package main

import (
	"os"

	"golang.org/x/term"

	"fluent-bit-entra-signin/catalog"
)

// isTerminal tells whether a stream is a terminal.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// width returns how many columns a stream has; 0 for one that is no terminal.
func (a *app) width(stream any) int {
	if f, ok := stream.(*os.File); ok && a.terminal(stream) {
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil {
			return columns
		}
	}
	return 0
}

// A painter colours text, or leaves it as it is.
type painter bool

// painter returns the one for standard output. https://no-color.org: colour is off when NO_COLOR is set to anything.
func (a *app) painter() painter {
	return painter(a.terminal(a.out) && a.getenv("NO_COLOR") == "" && a.getenv("TERM") != "dumb")
}

func (p painter) paint(sequence, text string) string {
	if !p || sequence == "" {
		return text
	}
	return "\x1b[" + sequence + "m" + text + "\x1b[0m"
}

func (p painter) bold(text string) string { return p.paint("1", text) }
func (p painter) dim(text string) string  { return p.paint("2", text) }

// severity paints a text the way its severity asks for attention.
func (p painter) severity(s catalog.Severity, text string) string {
	return p.paint([...]string{
		catalog.Unknown:  "",
		catalog.Info:     "32",
		catalog.Low:      "36",
		catalog.Medium:   "33",
		catalog.High:     "31",
		catalog.Critical: "1;37;41",
	}[s], text)
}
