package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files")

// enriched returns records as make run gets them. Their texts do not change with the catalog.
func enriched(t *testing.T) string {
	t.Helper()
	in, err := os.ReadFile("testdata/enriched.jsonl")
	require.NoError(t, err)
	return string(in)
}

func TestRecordsAreWholeInAPipe(t *testing.T) {
	in := enriched(t)
	var records, codes bytes.Buffer
	require.NoError(t, show(strings.NewReader(in), screen{Writer: &records}, screen{Writer: &codes}))
	assert.Equal(t, in, records.String())
	assert.NotContains(t, codes.String(), "…", "and so is the table")
	assert.NotContains(t, codes.String(), "more codes")
	assert.NotContains(t, codes.String(), "\x1b")
}

func TestAtATerminal(t *testing.T) {
	for _, columns := range []int{60, 80, 120} {
		var records, codes bytes.Buffer
		require.NoError(t, show(strings.NewReader(enriched(t)), screen{&records, columns, 24, false}, screen{&codes, columns, 24, false}))
		assert.LessOrEqual(t, strings.Count(codes.String(), "\n"), 24-3, "the table stays on the screen, with two lines of the host and a prompt")
		got := records.String() + codes.String()
		for line := range strings.Lines(got) {
			assert.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), columns, line)
		}
		path := filepath.Join("testdata", fmt.Sprintf("width-%d.txt", columns))
		if *update {
			require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, string(want), got, "go test ./test/show -update writes %s anew", path)
	}
}

func TestTheTableIsSorted(t *testing.T) {
	in := `{"severity":"low","code":1,"description":"a","action":"x"}
{"severity":"high","code":3,"description":"c"}
{"severity":"low","code":2,"description":"b"}
{"severity":"low","code":2,"description":"b"}
{"severity":"unknown","code":4,"description":"d"}
{"severity":"high","code":"5","description":"no number: not of the plugin"}
{"severity":"urgent","code":6}
{"n":7}
text
`
	var codes bytes.Buffer
	require.NoError(t, show(strings.NewReader(in), screen{Writer: &bytes.Buffer{}}, screen{Writer: &codes}))
	assert.Equal(t, `
SEVERITY     CODE  COUNT  DESCRIPTION AND NEXT STEP
high            3      1  c
low             2      2  b
low             1      1  a
                          -> x
unknown         4      1  d
`, codes.String())

	codes.Reset()
	require.NoError(t, show(strings.NewReader("text\n"), screen{Writer: &bytes.Buffer{}}, screen{Writer: &codes}))
	assert.Empty(t, codes.String())
}

func TestColour(t *testing.T) {
	var records, codes bytes.Buffer
	in := `{"severity":"high","code":3,"description":"c","action":"x"}`
	require.NoError(t, show(strings.NewReader(in), screen{&records, 80, 24, true}, screen{&codes, 80, 24, true}))
	assert.Equal(t, `{"severity":"high",… "severity":`+"\x1b[31m\"high\"\x1b[0m"+`,"code":3,"description":"c"}`+"\n", records.String())
	assert.Contains(t, codes.String(), "\x1b[31mhigh    \x1b[0m")
}

// The words of a record must not reach a terminal as commands.
func TestControlCharacters(t *testing.T) {
	var records, codes bytes.Buffer
	in := `{"severity":"unknown","code":3,"description":"the record says: \u001b[2Jx\ny"}` + "\nte\x1bxt\n"
	require.NoError(t, show(strings.NewReader(in), screen{&records, 200, 24, false}, screen{Writer: &codes}))
	assert.NotContains(t, records.String()+codes.String(), "\x1b")
	assert.Contains(t, codes.String(), "the record says: [2Jxy\n")
}

func TestFaults(t *testing.T) {
	broken := errors.New("cable pulled")
	none := screen{Writer: &bytes.Buffer{}}
	assert.ErrorIs(t, show(iotest.ErrReader(broken), none, none), broken)
	full := screen{Writer: refusing{broken}}
	in := `{"severity":"high","code":3,"description":"c"}`
	assert.ErrorIs(t, show(strings.NewReader(in), full, none), broken)
	assert.ErrorIs(t, show(strings.NewReader(in), none, full), broken)
}

type refusing struct{ err error }

func (r refusing) Write([]byte) (int, error) { return 0, r.err }
