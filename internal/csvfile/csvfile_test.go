package csvfile

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var format = Format{Kind: "list", Columns: []string{"key", "value"}}

func read(text string, row func(*Row)) error {
	return Read("f.csv", []byte(text), format, row)
}

func TestRead(t *testing.T) {
	for name, text := range map[string]string{
		"plain":            "key,value\na,one two\n",
		"CRLF":             "key,value\r\na,one two\r\n",
		"byte order mark":  "\ufeffkey,value\na,one two\n",
		"other order":      "Value, KEY\n  one two ,a\n",
		"wrapped":          "key,value\na,\" one\r\n\ttwo\"\n",
		"without line end": "\nkey,value\n\na,one two",
	} {
		t.Run(name, func(t *testing.T) {
			rows := 0
			require.NoError(t, read(text, func(r *Row) {
				rows++
				assert.Equal(t, "a", r.Text("key"))
				assert.Equal(t, "one two", r.Text("value"))
				assert.Empty(t, r.Text("other"))
				assert.False(t, r.Failed())
			}))
			assert.Equal(t, 1, rows)
		})
	}
}

func TestReadRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                        "f.csv:1: the file is empty: the first line must be a header with the column key",
		"value\na\n":              "f.csv:1: the column key is missing",
		"key,valeu\na,b\n":        `f.csv:1:5: unknown column "valeu": use key,value`,
		"key,key\na,b\n":          `f.csv:1:5: column "key" stands twice`,
		"key;value\na;b\n":        "f.csv:1:1: columns \"key;value\": separate them with commas",
		strings.Repeat("x", 5000): "f.csv:1:1: a column name of 5000 bytes: is this a list?",
		"key,value\na\n":          "f.csv:2: 1 columns where the header has 2",
		"key,value\na,b\"c\n":     "f.csv:2:4: a quote inside a cell",
		"key,value\na,\"b\nc":     "f.csv:2: a quote that is not closed, or not doubled, before line 3",
		"key,value\na,\"b\"c\n":   "f.csv:2:5: a quote that is not closed, or not doubled, inside",
		"key,value\na," + strings.Repeat("x", 5000): "f.csv:2:3: value has 5000 bytes; at most 4096 are allowed",
		"key,value\na,\xff\n":                       "f.csv:2:3: value \"\\xff\" is not UTF-8",
		"\xff\xfek\x00":                             "f.csv:1: the file is UTF-16",
	} {
		err := read(text, func(r *Row) { r.Text("value") })
		assert.ErrorContains(t, err, want, "%.40q", text)
	}
	err := Read("f.csv", []byte("key\n"), Format{Kind: "list", Columns: format.Columns, Complete: true}, nil)
	require.EqualError(t, err, "f.csv:1: a complete list has the columns key,value")
	cause := errors.New("gone")
	_, err = ReadAll("f.csv", iotest.ErrReader(cause))
	require.ErrorIs(t, err, cause)
	require.ErrorContains(t, err, "f.csv: ")
}

// Every row is read, and what is wrong with all of them is reported up to a limit.
func TestReadReportsAll(t *testing.T) {
	err := read("key,value\n"+strings.Repeat("a,b\n", 3), func(r *Row) { r.Fail("value", "no %s", r.Text("value")) })
	require.EqualError(t, err, "f.csv:2:3: no b\nf.csv:3:3: no b\nf.csv:4:3: no b")
	err = read("key,value\n"+strings.Repeat("a,b\n", 100), func(r *Row) { r.Fail("", "no"); assert.True(t, r.Failed()) })
	lines := strings.Split(err.Error(), "\n")
	assert.Len(t, lines, MaxErrors+1)
	assert.Equal(t, "f.csv: more than 20 errors: the rest of the file was not read", lines[MaxErrors])
	var one *Error
	require.ErrorAs(t, err, &one)
	assert.Equal(t, 2, one.Line)
}

// A place inside a cell is found in the file, whatever the cell looks like there.
func TestFailAt(t *testing.T) {
	for text, want := range map[string]string{
		"key,value\na,12X\n":               "f.csv:2:5: X",
		"key,value\na,\"12X\"\n":           "f.csv:2:6: X",
		"key,value\na,\"\"\"1\"\"X\"\n":    "f.csv:2:9: X",
		"key,value\na,\"1\n2\r\n3X\"\n":    "f.csv:4:2: X",
		"\ufeffkey,value\r\nab,\"1, X\"\n": "f.csv:2:8: X",
	} {
		err := read(text, func(r *Row) { r.FailAt("value", strings.IndexByte(r.Cell("value"), 'X'), "X") })
		require.EqualError(t, err, want, text)
	}
}
