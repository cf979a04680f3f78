package main

import (
	"encoding/csv"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
)

const (
	inputs      = "../../test/data/inputs/"
	interactive = inputs + "InteractiveSignIns_2026-03-02_2026-03-03.csv"
)

func readTable(t *testing.T, text string, comma rune) [][]string {
	t.Helper()
	in := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\xef\xbb\xbf")))
	in.Comma = comma
	rows, err := in.ReadAll()
	require.NoError(t, err)
	return rows
}

func TestEnrichWritesTablesBack(t *testing.T) {
	before, err := os.ReadFile(interactive)
	require.NoError(t, err)
	r := command(t, "", "enrich", "--fields", "severity,code,technique", interactive)
	require.Zero(t, r.code, r.err)
	assert.Contains(t, r.err, "6 records: 6 matched, 0 unknown, 0 without a code; 0 malformed, 0 envelopes split\n")
	rows, was := readTable(t, r.out, ','), readTable(t, string(before), ',')
	require.Len(t, rows, len(was))
	n := len(was[0])
	for i := range rows {
		assert.Equal(t, was[i], rows[i][:n], "the columns of the table stay")
	}
	assert.Equal(t, []string{"severity", "code", "technique"}, rows[0][n:])
	assert.Equal(t, []string{"medium", "50126", "T1110.001 T1110.003"}, rows[1][n:])
	assert.Equal(t, []string{"info", "0", ""}, rows[2][n:])
	for line := range strings.Lines(r.out) {
		assert.True(t, strings.HasSuffix(line, "\"\r\n"), "quoted, and with the line ends of the table: %q", line)
	}
	for i, line := range strings.Split(strings.TrimSpace(string(before)), "\r\n") {
		assert.True(t, strings.HasPrefix(strings.Split(r.out, "\r\n")[i], line), "byte for byte")
	}
}

func TestEnrichTableAgain(t *testing.T) {
	once := command(t, "", "enrich", "--quiet", interactive).out
	file := write(t, "once.csv", once)
	assert.Equal(t, once, command(t, "", "enrich", "--quiet", file).out, "the columns are there already")
	assert.Equal(t, once, command(t, once, "enrich", "--quiet").out)
	rows := readTable(t, command(t, "", "enrich", "--quiet", "--description-key", "severity2", "--fields", "severity,description", file).out, ',')
	assert.Equal(t, []string{"description", "severity", "severity2"}, rows[0][len(rows[0])-3:])
}

func TestEnrichTablesOfEveryKind(t *testing.T) {
	for file, comma := range map[string]rune{"semicolons.csv": ';', "utf16.csv": '\t', "loganalytics.csv": ',', "graph.csv": ',',
		"ApplicationSignIns_2026-03-02_2026-03-03.csv": ',', "NonInteractiveSignIns_2026-03-02_2026-03-03.csv": ','} {
		for _, schema := range []string{"flat", "ecs", "ocsf"} {
			r := command(t, "", "enrich", "--schema", schema, inputs+file)
			require.Zero(t, r.code, r.err)
			rows := readTable(t, r.out, comma)
			last := rows[0][len(rows[0])-1]
			assert.Contains(t, map[string][]string{"flat": {"severity"}, "ecs": {"threat.technique.id", "error.message"}, "ocsf": {"class_uid"}}[schema], last, file)
			assert.Contains(t, r.err, " 0 without a code; 0 malformed", file)
		}
	}
	assert.True(t, strings.HasPrefix(command(t, "", "enrich", inputs+"graph.csv").out, "\xef\xbb\xbf\"createdDateTime\""), "Excel wants the mark")
}

func TestEnrichTablesInARow(t *testing.T) {
	r := command(t, "", "enrich", "--quiet", interactive, interactive)
	assert.Zero(t, r.code)
	assert.Len(t, readTable(t, r.out, ','), 13, "one header")

	other := inputs + "ApplicationSignIns_2026-03-02_2026-03-03.csv"
	r = command(t, "", "enrich", "--quiet", interactive, other, interactive)
	assert.Equal(t, exitFailed, r.code)
	assert.Len(t, readTable(t, r.out, ','), 13, "the next file is read")
	assert.Equal(t, "entra-signin: "+other+": the columns are not those of the table before: enrich the files one by one\n", r.err)

	lines := write(t, "in.jsonl", record)
	r = command(t, "", "enrich", "--quiet", interactive, lines)
	assert.Equal(t, "entra-signin: "+lines+": JSON cannot follow a table in one output: enrich the files one by one\n", r.err)
	r = command(t, "", "enrich", "--quiet", lines, interactive)
	assert.Equal(t, enriched, r.out)
	assert.Equal(t, "entra-signin: "+interactive+": a table cannot follow JSON in one output: enrich the files one by one\n", r.err)
	r = command(t, "", "enrich", "--quiet", inputs+"signins.zip")
	assert.Equal(t, "entra-signin: "+inputs+"signins.zip: ApplicationSignIns_2026-03-02_2026-03-03.csv: the columns are not those "+
		"of the table before: enrich the files one by one\n", r.err)
}

func TestEnrichRowsThatAreDamaged(t *testing.T) {
	const text = "Date (UTC),Request ID,Username,Sign-in error code\nt,1,a,50126\nt,1\nt,1,a,0\n"
	r := command(t, text, "enrich", "--fields", "severity")
	assert.Equal(t, "Date (UTC),Request ID,Username,Sign-in error code,severity\nt,1,a,50126,medium\nt,1\nt,1,a,0,info\n", r.out)
	assert.Contains(t, r.err, "1 row is damaged and was passed on as it is, the first at standard input:3\n")
	assert.Contains(t, r.err, "3 records: 2 matched, 0 unknown, 1 without a code; 1 malformed")
	assert.NotContains(t, command(t, text, "enrich", "--drop-invalid").out, "t,1\n")
	r = command(t, text, "enrich", "--strict", "--fields", "severity")
	assert.Equal(t, exitFailed, r.code)
	assert.Equal(t, "Date (UTC),Request ID,Username,Sign-in error code,severity\nt,1,a,50126,medium\n", r.out)
	assert.Contains(t, r.err, "standard input:3: the row has another number of cells than the header, and --strict is set")
	assert.Equal(t, 2, strings.Count(command(t, text, "enrich", "--severity", "medium").out, "\n"))
}

func TestEnrichCaptures(t *testing.T) {
	r := command(t, "", "enrich", inputs+"capture.avro")
	assert.Zero(t, r.code, r.err)
	assert.Equal(t, 9, strings.Count(r.out, "\n"))
	for line := range strings.Lines(r.out) {
		assert.NotEmpty(t, gjson.Get(line, "severity").String())
	}
	assert.Contains(t, r.err, "9 records: 9 matched, 0 unknown, 0 without a code; 0 malformed, 2 envelopes split\n")
}

// The output does not depend on how many processors there are.
func TestEnrichKeepsTheOrder(t *testing.T) {
	var b strings.Builder
	for i := range 5_000 {
		b.WriteString(strings.Replace(record, "a@", strings.Repeat("a", i%97)+"@", 1) + "\n")
		if i%1000 == 0 {
			b.WriteString("a line\n")
		}
	}
	want := command(t, b.String(), "enrich")
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	for _, processors := range []int{1, 2, 7} {
		runtime.GOMAXPROCS(processors)
		assert.Equal(t, want, command(t, b.String(), "enrich"))
	}
}
