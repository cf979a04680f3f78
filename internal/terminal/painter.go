package terminal

import "fluent-bit-entra-signin/catalog"

// A Painter colours text with ANSI sequences if it is true, and leaves text as it is otherwise.
type Painter bool

// NewPainter returns a painter that paints unless the stream is no terminal, or the environment says that the user wants no
// colour (https://no-color.org) or that the terminal has none.
func NewPainter(atTerminal bool, getenv func(name string) string) Painter {
	return Painter(atTerminal && getenv("NO_COLOR") == "" && getenv("TERM") != "dumb")
}

func (p Painter) paint(sequence, text string) string {
	if !p || sequence == "" {
		return text
	}
	return "\x1b[" + sequence + "m" + text + "\x1b[0m"
}

// Bold makes text stand out.
func (p Painter) Bold(text string) string { return p.paint("1", text) }

// Dim makes text step back.
func (p Painter) Dim(text string) string { return p.paint("2", text) }

// Severity gives text the colour of a severity.
func (p Painter) Severity(s catalog.Severity, text string) string {
	return p.paint([...]string{
		catalog.Unknown:  "",
		catalog.Info:     "32",
		catalog.Low:      "36",
		catalog.Medium:   "33",
		catalog.High:     "31",
		catalog.Critical: "1;37;41",
	}[s], text)
}
