// Package printable makes text from outside fit for a log line or a terminal.
package printable

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text replaces by a blank every character of s that is not printable: control characters (of which some terminals obey also
// those above U+0080), line and paragraph separators, marks that turn the direction of writing, and bytes that are not UTF-8.
// What is left may be shown in one line.
func Text(s string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
}

// Names joins the first names of a list for a message, each cut to a length that a log line can bear. They may come from a record.
func Names(names []string) string {
	const most, longest = 12, 40
	var list []string
	for i, name := range names {
		if i == most {
			list = append(list, "...")
			break
		}
		if name = Text(name); len(name) > longest {
			name = strings.ToValidUTF8(name[:longest], "") + "..."
		}
		list = append(list, name)
	}
	if len(list) == 0 {
		return "(none)"
	}
	return strings.Join(list, ", ")
}
