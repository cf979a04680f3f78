package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/cmd/entra-signin/input"
)

// A publishedCode is one code of a list that somebody has published.
type publishedCode struct {
	name string // symbolic name, or "" where the list has none
	text string // on one line, or ""
}

// A publishedList is a list of codes that somebody has published.
type publishedList struct {
	codes   map[uint32]publishedCode
	isPage  bool     // a Markdown page such as Microsoft's reference page
	skipped []string // cells that should be codes and are not
}

// longestList is the size limit of a list in bytes. Microsoft's page has 65 kB.
const longestList = 16 << 20

// readPublished reads a list of codes: a Markdown page with a table whose first column is the code, JSON, or csv.
func readPublished(r io.Reader) (*publishedList, error) {
	in, err := input.Text(r)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(in, longestList+1))
	if err != nil {
		return nil, err
	}
	if len(text) > longestList {
		return nil, fmt.Errorf("larger than %d MiB: is this a list of codes?", longestList>>20)
	}
	l := &publishedList{codes: make(map[uint32]publishedCode)}
	switch start := bytes.TrimSpace(text); {
	case bytes.HasPrefix(start, []byte("[")) || bytes.HasPrefix(start, []byte("{")):
		err = l.readJSON(text)
	case tableRow.Match(text):
		l.isPage = true
		l.readMarkdown(text)
	default:
		err = l.readCSV(text)
	}
	if err == nil && len(l.codes) == 0 {
		err = errors.New("contains no error code: " + wantedLists)
	}
	return l, err
}

const wantedLists = `use a Markdown table with the code in its first column, JSON objects with "code", or csv with a column code`

// add adds a code. If the list has a code twice, the first name and the first text count.
func (l *publishedList) add(code, name, text string) {
	number, err := catalog.ParseCode(strings.TrimSpace(code))
	if err != nil {
		l.skipped = append(l.skipped, code)
		return
	}
	text = oneLine(text)
	if m := leadingName.FindStringSubmatch(text); m != nil {
		text = m[2]
		if name == "" {
			name = m[1]
		}
	}
	if !isName.MatchString(name) {
		name = ""
	}
	was := l.codes[number]
	if was.name != "" {
		name = was.name
	}
	if was.text != "" {
		text = was.text
	}
	l.codes[number] = publishedCode{name, text}
}

// oneLine returns a text on one line, without characters that control a terminal.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

var (
	isName = regexp.MustCompile(`^[A-Za-z]\w*$`)
	// leadingName matches a name as Microsoft's page has it: before a hyphen and the text, or alone. A name has at least two capital
	// letters, which distinguishes it from the first word of a sentence.
	leadingName = regexp.MustCompile(`^([A-Z]\w*[A-Z]\w*) ?(?:[-–] (.*)|$)`)
	// tableRow matches a row of a Markdown table whose first cell is a code. The last bar may be missing.
	tableRow = regexp.MustCompile(`(?m)^[ \t]*\|[ \t]*((?:AADSTS)?\d+)[ \t]*\|(.*?)\|?[ \t\r]*$`)
)

func (l *publishedList) readMarkdown(text []byte) {
	for _, row := range tableRow.FindAllSubmatch(text, -1) {
		l.add(string(row[1]), "", string(row[2]))
	}
}

// listKeys are the keys and column names of code, name and text in published lists, as plainKey returns them.
var listKeys = struct{ code, name, text []string }{
	code: []string{"code", "errorcode", "resulttype", "aadstscode"},
	name: []string{"name", "symbolicname", "errorname"},
	text: []string{"message", "description", "text", "resultdescription", "failurereason"},
}

// cell returns the value of the first key that a row has. The keys of a row have the form that plainKey returns.
func cell(row map[string]string, keys []string) (value string, ok bool) {
	for _, key := range keys {
		if value, ok = row[key]; ok {
			return value, true
		}
	}
	return "", false
}

// plainKey returns the letters of a key in lower case: "Error Code" and "error_code" are the same.
func plainKey(key string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, key)
}

// addRow adds the code of a row and reports whether the row has a cell for a code.
func (l *publishedList) addRow(row map[string]string) bool {
	code, ok := cell(row, listKeys.code)
	if ok {
		name, _ := cell(row, listKeys.name)
		text, _ := cell(row, listKeys.text)
		l.add(code, name, text)
	}
	return ok
}

func (l *publishedList) readJSON(text []byte) error {
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			before := text[:min(int(syntax.Offset), len(text))]
			return fmt.Errorf("line %d: %w", 1+bytes.Count(before, []byte("\n")), err)
		}
		return err
	}
	l.walk(value)
	return nil
}

// walk finds the codes in a JSON value: objects that have a code, at any depth, and objects whose keys are codes.
func (l *publishedList) walk(value any) {
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			l.walk(item)
		}
	case map[string]any:
		row, keys := make(map[string]string), slices.Sorted(maps.Keys(v)) // sorted, so that the same list always gives the same result
		for _, key := range keys {
			switch item := v[key].(type) {
			case string:
				row[plainKey(key)] = item
			case float64:
				row[plainKey(key)] = fmt.Sprintf("%.0f", item)
			}
		}
		if l.addRow(row) {
			return
		}
		for _, key := range keys {
			text, isText := v[key].(string)
			if _, err := catalog.ParseCode(key); err == nil && isText {
				l.add(key, "", text)
			} else {
				l.walk(v[key])
			}
		}
	}
}

func (l *publishedList) readCSV(text []byte) error {
	in := csv.NewReader(bytes.NewReader(text))
	in.FieldsPerRecord = -1
	in.LazyQuotes = true
	if line, _, _ := bytes.Cut(text, []byte("\n")); !bytes.Contains(line, []byte(",")) {
		for _, comma := range ";\t" {
			if bytes.ContainsRune(line, comma) {
				in.Comma = comma
			}
		}
	}
	header, err := in.Read()
	if err != nil {
		return errors.New("contains no error code: " + wantedLists)
	}
	for i := range header {
		header[i] = plainKey(header[i])
	}
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		row := make(map[string]string)
		for i, key := range header[:min(len(header), len(cells))] {
			row[key] = cells[i]
		}
		if !l.addRow(row) {
			return errors.New("has no column code: " + wantedLists)
		}
	}
}
