package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
)

// foreign are formats that hold no JSON text, by the bytes they begin with, and what to do with a file of each.
var foreign = []struct{ magic, advice string }{
	{"BZh", "the file is compressed with bzip2: unpack it first, for example with bzip2 -dc FILE | entra-signin enrich"},
	{"\xfd7zXZ\x00", "the file is compressed with xz: unpack it first, for example with xz -dc FILE | entra-signin enrich"},
	{"\x28\xb5\x2f\xfd", "the file is compressed with zstd: unpack it first, for example with zstd -dc FILE | entra-signin enrich"},
	{"7z\xbc\xaf\x27\x1c", "the file is a 7z archive: unpack it first"},
	{"Obj\x01", "the file is Avro, as Event Hubs Capture writes it: want JSON"},
}

// notJSON returns an error that says what to do if a text that begins with start is no JSON but something that people take
// for sign-in logs. A log with other lines among its records is none of that: lines that are no JSON pass.
func notJSON(start []byte) error {
	for _, f := range foreign {
		if bytes.HasPrefix(start, []byte(f.magic)) {
			return errors.New(f.advice)
		}
	}
	switch {
	case bytes.HasPrefix(start, []byte("PK\x03\x04")):
		return zipAdvice(start)
	case len(start) >= 2 && start[0] != 0 && start[1] == 0:
		return errors.New("the text is UTF-16 without a byte order mark: convert it to UTF-8, for example with iconv -f UTF-16LE -t UTF-8")
	case len(start) >= 2 && start[0] == 0 && start[1] != 0:
		return errors.New("the text is UTF-16 without a byte order mark: convert it to UTF-8, for example with iconv -f UTF-16BE -t UTF-8")
	}
	if columns := csvColumns(start); columns != nil {
		return fmt.Errorf("the text looks like CSV with %d columns, the first is %q: want JSON; in the Entra portal, download the sign-ins as JSON",
			len(columns), columns[0])
	}
	return nil
}

// zipAdvice tells a workbook of Excel, which is a zip archive too, from others by the name of the first file in it.
func zipAdvice(start []byte) error {
	const nameAt = 30
	name := start[min(nameAt, len(start)):]
	for _, first := range []string{"[Content_Types].xml", "_rels/", "xl/", "docProps/"} {
		if bytes.HasPrefix(name, []byte(first)) {
			return errors.New("the file is an Excel workbook: want JSON; in the Entra portal, download the sign-ins as JSON")
		}
	}
	return errors.New("the file is a zip archive: unpack it first, for example with unzip -p FILE | entra-signin enrich")
}

// columnWords are in the names of columns of sign-in logs. They tell a header from a line of a log with commas in it.
var columnWords = []string{"error", "result", "status", "user", "time", "date", "request id", "correlation"}

// csvColumns returns the names of the columns if a text begins like CSV: a header of at least three names, separated by
// commas, semicolons or tabs, and a second row with as many cells, if start reaches that far.
func csvColumns(start []byte) []string {
	header, rest, _ := bytes.Cut(start, []byte("\n"))
	for _, comma := range []rune{',', ';', '\t'} {
		if bytes.Count(header, []byte(string(comma))) < 2 {
			continue
		}
		in := csv.NewReader(bytes.NewReader(start))
		in.Comma = comma
		in.FieldsPerRecord = -1
		names, err := in.Read()
		if err != nil || !isHeader(names) {
			continue
		}
		row, err := in.Read()
		whole := err == nil && bytes.IndexByte(rest, '\n') >= 0
		if whole && len(row) != len(names) || errors.Is(err, csv.ErrBareQuote) {
			continue
		}
		return names
	}
	return nil
}

func isHeader(names []string) bool {
	known := false
	seen := make(map[string]bool)
	for _, name := range names {
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "" || seen[name] || strings.ContainsAny(name, "{}\\") || strings.Trim(name, "0123456789.:- ") == "" {
			return false
		}
		seen[name] = true
		for _, word := range columnWords {
			known = known || strings.Contains(name, word)
		}
	}
	return known
}
