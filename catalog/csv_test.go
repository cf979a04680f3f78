package catalog

import (
	"errors"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/internal/csvfile"
)

const header = "code,name,description,severity,outcome,category,action,technique,credential,source\n"

func overlay(text string) (*Catalog, error) {
	return Embedded().Overlay("mine.csv", strings.NewReader(text))
}

func TestOverlayChangesAndAdds(t *testing.T) {
	c, err := overlay("severity,code,action\n" +
		"high,50126,Call the user.\n" +
		",AADSTS50053,\n")
	require.NoError(t, err)
	assert.Equal(t, Embedded().Len(), c.Len())

	e, _ := c.Lookup(50126)
	was, _ := Embedded().Lookup(50126)
	assert.Equal(t, High, e.Severity)
	assert.Equal(t, "Call the user.", e.Action)
	assert.Equal(t, was.Description, e.Description, "what the row leaves out stays")
	assert.Equal(t, Medium, was.Severity, "the catalog underneath does not change")

	e, _ = c.Lookup(50053)
	was, _ = Embedded().Lookup(50053)
	assert.Equal(t, was, e, "an empty cell keeps what is there")
}

func TestOverlayOfACodeThatIsNew(t *testing.T) {
	c, err := overlay("code,description,severity\n42,Our own gateway said no.,critical\n")
	require.NoError(t, err)
	assert.Equal(t, Embedded().Len()+1, c.Len())
	e, ok := c.Lookup(42)
	require.True(t, ok)
	assert.Equal(t, Entry{Code: 42, Description: "Our own gateway said no.", Severity: Critical, Outcome: Failure,
		Category: "undocumented"}, *e)
	assert.EqualValues(t, 42, c.At(1).Code, "entries stay in ascending order")
}

// People write a word as a heading, a spreadsheet or another list has it.
func TestOverlayWordsMatchInAnyCase(t *testing.T) {
	c, err := overlay("code,description,severity,outcome,category\n42,Ours.,High,INTERRUPT,Conditional_Access\n")
	require.NoError(t, err)
	e, _ := c.Lookup(42)
	assert.Equal(t, Entry{Code: 42, Description: "Ours.", Severity: High, Outcome: Interrupt, Category: "conditional_access"}, *e)
}

// What people's tools make of a csv file is read as what it means.
func TestFilesOfAllKinds(t *testing.T) {
	for name, text := range map[string]string{
		"CRLF":                "code,action\r\n50126,Call the user.\r\n",
		"no line end":         "code,action\n50126,Call the user.",
		"byte order mark":     "\xef\xbb\xbfcode,action\n50126,Call the user.\n",
		"mark and quotes":     "\xef\xbb\xbf\"code\",\"action\"\r\n\"50126\",\"Call the user.\"\r\n",
		"wrapped cell":        "code,action\n50126,\"Call\n the\r\n\tuser.\"\n",
		"blanks around":       "code,action\n 50126 ,  Call the user.  \n",
		"empty lines":         "\n\ncode,action\n\n50126,Call the user.\n\n",
		"header in capitals":  "Code, Action\n50126,Call the user.\n",
		"ids with commas":     "code,action,technique\n50126,Call the user.,\"T1110.001, t1110.003,\"\n",
		"another column more": "action,technique,code\nCall the user., T1110.001   T1110.003 ,50126\n",
	} {
		t.Run(name, func(t *testing.T) {
			c, err := overlay(text)
			require.NoError(t, err)
			e, _ := c.Lookup(50126)
			assert.Equal(t, "Call the user.", e.Action)
			assert.Equal(t, "T1110.001 T1110.003", e.Technique)
		})
	}
}

func TestErrorsSayWhereAndWhatToDo(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"empty":                {"", `mine.csv:1: the file is empty: the first line must be a header with the column code`},
		"unknown column":       {"code,sevrity\n50126,high\n", `mine.csv:1:6: unknown column "sevrity": use code,name,description,severity,outcome,category,action,technique,credential,source`},
		"column twice":         {"code,name,name\n50126,a,b\n", `mine.csv:1:11: column "name" stands twice`},
		"no column code":       {"severity\nhigh\n", `mine.csv:1: the column code is missing`},
		"semicolons":           {"code;severity\n50126;high\n", `mine.csv:1:1: columns "code;severity": separate them with commas`},
		"UTF-16":               {"\xff\xfec\x00o\x00d\x00e\x00", `mine.csv:1: the file is UTF-16: save it as UTF-8`},
		"bad severity":         {"code,severity\n50126,Highest\n", `mine.csv:2:7: severity "Highest": must be info, low, medium, high or critical`},
		"unknown is no level":  {"code,severity\n50126,unknown\n", `mine.csv:2:7: severity "unknown": must be info, low, medium, high or critical`},
		"bad outcome":          {"code,outcome\n50126,fail\n", `mine.csv:2:7: outcome "fail": must be success, interrupt or failure`},
		"bad category":         {"code,category\n50126,mfa2\n", `mine.csv:2:7: category "mfa2": must be one of success, credential, mfa`},
		"bad technique":        {"code,technique\n50126,T1110 1110.003\n", `mine.csv:2:7: technique "1110.003": must be MITRE ATT&CK ids such as T1110.003, separated by spaces or commas`},
		"bad code":             {"name,code\nx,fifty\n", `mine.csv:2:3: code "fifty": must be a whole number from 0 to 999999999`},
		"no code":              {"code,name\n,x\n", `mine.csv:2:1: code "": must be a whole number from 0 to 999999999`},
		"code twice":           {"code\n50126\n50053\nAADSTS50126\n", `mine.csv:4:1: code 50126 is in the file twice, first in line 2`},
		"a cell too many":      {"code\n50126,high\n", `mine.csv:2: 2 columns where the header has 1`},
		"a cell too few":       {"code,severity\n50126\n", `mine.csv:2: 1 columns where the header has 2`},
		"new, no description":  {"code,severity\n42,low\n", `mine.csv:2: code 42 needs a description`},
		"new, no severity":     {"code,description\n42,Something.\n", `mine.csv:2: code 42 needs a severity`},
		"not UTF-8":            {"code,action\n50126,Pr\xfcfen.\n", `mine.csv:2:7: action "Pr\xfcfen." is not UTF-8: save the file as UTF-8`},
		"bare quote":           {"code,action\n50126,say \"no\"\n", `mine.csv:2:11: a quote inside a cell: put the whole cell in quotes and double those inside`},
		"quote never closed":   {"code,action\n50126,\"Call\n50053,x\n50055,y\n", `mine.csv:2: a quote that is not closed, or not doubled, before line 4`},
		"quote not doubled":    {"code,action\n50126,\"say \"no\"\"\n50053,x\n", `mine.csv:2:12: a quote that is not closed, or not doubled, inside a quoted cell`},
		"after a wrapped cell": {"code,action,severity\n50126,\"a\nb\nc\",low\n50053,x,urgent\n", `mine.csv:5:9: severity "urgent": must be`},
		"in a wrapped row":     {"code,action,severity\n50126,\"a\nb\",urgent\n", `mine.csv:3:4: severity "urgent": must be`},
		"header with a quote":  {"co\"de\n50126\n", `mine.csv:1:3: a quote inside a cell`},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := overlay(test.text)
			require.Error(t, err)
			assert.Nil(t, c)
			assert.True(t, strings.HasPrefix(err.Error(), test.want), "got %s", err)
			var at *ParseError
			require.ErrorAs(t, err, &at)
			assert.Equal(t, "mine.csv", at.File)
			assert.Positive(t, at.Line)
			assert.Error(t, errors.Unwrap(at))
		})
	}
}

func TestAllErrorsAreReported(t *testing.T) {
	_, err := overlay("code,severity,colour,outcome\n" +
		"50126,urgent,,done\n" +
		"x,urgent,,\n" +
		"50053,say \"no\",,\n" +
		"50055,low,,failure\n" +
		"50055,low,,\n")
	assert.EqualError(t, err, strings.Join([]string{
		`mine.csv:1:15: unknown column "colour": use code,name,description,severity,outcome,category,action,technique,credential,source`,
		`mine.csv:2:7: severity "urgent": must be info, low, medium, high or critical`,
		`mine.csv:2:15: outcome "done": must be success, interrupt or failure`,
		`mine.csv:3:1: code "x": must be a whole number from 0 to 999999999`,
		`mine.csv:3:3: severity "urgent": must be info, low, medium, high or critical`,
		`mine.csv:4:11: a quote inside a cell: put the whole cell in quotes and double those inside`,
		`mine.csv:6:1: code 50055 is in the file twice, first in line 5`,
	}, "\n"))
}

// A file that is no catalog must not cost memory for every line of it.
func TestErrorsAreBounded(t *testing.T) {
	text := "code\n" + strings.Repeat("x\n", 1<<20)
	var err error
	allocated := testing.AllocsPerRun(1, func() { _, err = overlay(text) })
	assert.Less(t, allocated, 2000.0, "allocations do not follow the number of lines")
	var joined interface{ Unwrap() []error }
	require.ErrorAs(t, err, &joined)
	require.Len(t, joined.Unwrap(), csvfile.MaxErrors+1)
	lines := strings.Split(err.Error(), "\n")
	assert.Equal(t, `mine.csv:21:1: code "x": must be a whole number from 0 to 999999999`, lines[csvfile.MaxErrors-1])
	assert.Equal(t, "mine.csv: more than 20 errors: the rest of the file was not read", lines[csvfile.MaxErrors])

	_, err = overlay("code\n" + strings.Repeat("x\n", csvfile.MaxErrors))
	assert.Equal(t, csvfile.MaxErrors, strings.Count(err.Error(), "mine.csv:"), "exactly as many as are reported")
	assert.NotErrorIs(t, err, csvfile.ErrTooMany)

	wide := "code" + strings.Repeat(",x", 1<<20) + "\n"
	_, err = overlay(wide)
	assert.ErrorIs(t, err, csvfile.ErrTooMany)
}

func TestCellsAreBounded(t *testing.T) {
	long := strings.Repeat("x", csvfile.MaxCell+1)
	_, err := overlay("code,action\n50126," + long[1:] + "\n")
	require.NoError(t, err)
	_, err = overlay("code,action\n50126," + long + "\n")
	assert.EqualError(t, err, "mine.csv:2:7: action has 4097 bytes; at most 4096 are allowed")
	_, err = overlay("code,severity\n50126," + long + "\n")
	assert.EqualError(t, err, "mine.csv:2:7: severity has 4097 bytes; at most 4096 are allowed")
	_, err = overlay("code," + long + "\n")
	assert.EqualError(t, err, "mine.csv:1:6: a column name of 4097 bytes: is this a catalog?")
}

func TestParseWantsEverything(t *testing.T) {
	c, err := Parse("all.csv", strings.NewReader(header+"7,,Seven happened here.,low,failure,service,,,,\n"))
	require.NoError(t, err)
	assert.Equal(t, 1, c.Len())

	for text, want := range map[string]string{
		"code,description\n7,Seven.\n":           "all.csv:1: a complete catalog has the columns " + strings.TrimSpace(header),
		header + "7,,,low,failure,service,,,,\n": "all.csv:2: code 7 needs a description",
		header + "7,,S.,,failure,service,,,,\n":  "all.csv:2: code 7 needs a severity",
		header + "7,,S.,low,,service,,,,\n":      "all.csv:2: code 7 needs an outcome",
		header + "7,,S.,low,failure,,,,,\n":      "all.csv:2: code 7 needs a category",
	} {
		_, err := Parse("all.csv", strings.NewReader(text))
		assert.EqualError(t, err, want)
	}
}

func TestAFileThatCannotBeRead(t *testing.T) {
	_, err := Embedded().Overlay("mine.csv", iotest.ErrReader(os.ErrDeadlineExceeded))
	assert.ErrorIs(t, err, os.ErrDeadlineExceeded)
	assert.ErrorContains(t, err, "mine.csv: ")

	broken := iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("code\n50126\n")))
	_, err = Embedded().Overlay("mine.csv", broken)
	assert.ErrorIs(t, err, iotest.ErrTimeout)
}

// Whatever a file holds, it is a catalog that answers, or an error that names the file.
func FuzzOverlay(f *testing.F) {
	f.Add("")
	f.Add("code\n50126\n")
	f.Add(header + "7,Seven,Seven happened here.,low,failure,service,Count them.,T1110,rejected,inferred\n")
	f.Add("\xef\xbb\xbf\"code\",\"severity\"\r\n\"50126\",\"high\"\r\n")
	f.Add("code,action\n50126,\"a\nb\"\n50053,\"never closed\n")
	f.Add("code;severity\n")
	f.Add("code,,code\n,\n\"\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := overlay(text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "mine.csv:") {
				t.Errorf("the error does not name the file: %v", err)
			}
			return
		}
		for i := range c.Len() {
			e := c.At(i)
			if found, ok := c.Lookup(e.Code); !ok || found != e {
				t.Errorf("code %d is not found", e.Code)
			}
			if i > 0 && c.At(i-1).Code >= e.Code {
				t.Errorf("code %d does not ascend", e.Code)
			}
			if e.Description == "" || e.Severity == Unknown || e.Outcome == NoOutcome || e.Category == "" {
				t.Errorf("incomplete entry %+v", e)
			}
			if strings.ContainsAny(e.Description+e.Action, "\r\n") {
				t.Errorf("entry of several lines %+v", e)
			}
		}
	})
}
