package terminal

import (
	"strings"
	"unicode/utf8"
)

// Cut shortens text to at most width characters; the last one is then an ellipsis.
func Cut(text string, width int) string {
	if utf8.RuneCountInString(text) <= width {
		return text
	}
	if width < 1 {
		return ""
	}
	return string([]rune(text)[:width-1]) + "…"
}

// narrowest is the least number of columns that Wrap breaks text into. In fewer, lines of one word each are harder to
// read than lines that the terminal breaks.
const narrowest = 20

// Wrap breaks text between words so that it fits into width columns, of which the first indent ones stay free from the
// second line on, and are taken by something else on the first. A word that is longer than a line has a line to itself.
// A width of 0 is no terminal: the text stays on one line.
func Wrap(text string, indent, width int) string {
	room := width - indent
	if width == 0 || utf8.RuneCountInString(text) <= room {
		return text
	}
	room = max(room, narrowest)
	var (
		b    strings.Builder
		used int
	)
	for word := range strings.FieldsSeq(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case used == 0:
		case used+1+n > room:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			used = 0
		default:
			b.WriteByte(' ')
			used++
		}
		b.WriteString(word)
		used += n
	}
	return b.String()
}
