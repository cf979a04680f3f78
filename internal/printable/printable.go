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
