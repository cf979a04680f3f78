package main

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/internal/terminal"
)

// An entry is what the plugin appended to a record.
type entry struct {
	severity            catalog.Severity
	code                uint64
	description, action string
}

// entryOf reads an entry from a record; nil if the record is no sign-in.
func entryOf(record []byte) *entry {
	fields := gjson.GetManyBytes(record, "severity", "code", "description", "action")
	severity, err := catalog.ParseSeverity(fields[0].Str)
	if err != nil && fields[0].Str != catalog.Unknown.String() || fields[1].Type != gjson.Number {
		return nil
	}
	return &entry{severity, fields[1].Uint(), printable(fields[2].Str), printable(fields[3].Str)}
}

// printable takes out what would control a terminal. A description may repeat words of the record.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, text)
}

// shorten makes one line of a terminal of a record: the beginning of the record, then the most important of the fields
// that were appended. There are none for a nil entry.
func (e *entry) shorten(record string, columns int, paint terminal.Painter) string {
	record = printable(record)
	if e == nil {
		return terminal.Cut(record, columns)
	}
	head := terminal.Cut(record, columns/4)
	severity := strconv.Quote(e.severity.String())
	tail := ` "severity":` + severity + `,"code":` + strconv.FormatUint(e.code, 10) + `,"description":` + strconv.Quote(e.description) + "}"
	tail = terminal.Cut(tail, columns-utf8.RuneCountInString(head))
	if at := len(` "severity":`); len(tail) > at+len(severity) {
		tail = tail[:at] + paint.Severity(e.severity, severity) + tail[at+len(severity):]
	}
	return head + tail
}
