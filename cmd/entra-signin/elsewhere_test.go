package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/assert/yaml"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/catalog"
)

// oddCatalog returns the path of a catalog whose texts have everything that a quoted string must escape.
func oddCatalog(t *testing.T) (path string, odd *catalog.Entry) {
	t.Helper()
	text := "Quotes \" and ', a back\\slash, {braces}, #hash: colon, tab\u00a0space, \u2028, \x7f, ü, 🙂, \"\"."
	path = filepath.Join(t.TempDir(), "mine.csv")
	row := []string{"1", "Odd", text, "high", "failure", "risk", text, "T1110 T1621", "rejected"}
	var b strings.Builder
	require.NoError(t, csv.NewWriter(&b).WriteAll([][]string{
		{"code", "name", "description", "severity", "outcome", "category", "action", "technique", "credential"}, row}))
	require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o600))
	c, err := catalog.Embedded().Overlay(path, strings.NewReader(b.String()))
	require.NoError(t, err)
	odd, ok := c.Lookup(1)
	require.True(t, ok)
	return path, odd
}

func TestFormatOTel(t *testing.T) {
	path, odd := oddCatalog(t)
	want := make(map[string]map[string]string)
	add := func(e *catalog.Entry) {
		fields := make(map[string]string)
		for _, f := range fieldsOf(e) {
			if f.value != "" {
				fields[f.name] = f.value
			}
		}
		want[strconv.Itoa(int(e.Code))] = fields
	}
	for i := range catalog.Embedded().Len() {
		add(catalog.Embedded().At(i))
	}
	add(odd)
	r := command(t, "", "catalog", "--catalog", path, "--format", "otel")
	require.Empty(t, r.err)
	var got map[string]map[string]string // the lookup processor reads map[string]any with the same library
	require.NoError(t, yaml.Unmarshal([]byte(r.out), &got))
	assert.Len(t, got, len(want))
	for code, fields := range want {
		assert.Equal(t, fields, got[code], code)
	}

	for _, line := range strings.Split(strings.TrimSpace(r.out), "\n") {
		assert.Regexp(t, `^("\d+":|  [a-z]+: ".+")$`, line, "keys are strings, and nothing is empty")
	}
	assert.Equal(t, "{}\n", command(t, "", "catalog", "--format", "otel", "--severity", "critical").out, "a map without entries")
}

// Strings in KQL and Go are written alike, so strconv reads what a query would.
var kqlStrings = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

func TestFormatKQL(t *testing.T) {
	path, odd := oddCatalog(t)
	lines := strings.Split(command(t, "", "catalog", "--catalog", path, "--format", "kql").out, "\n")
	assert.Equal(t, "let EntraSignInErrors = datatable("+strings.Join(kqlColumns, ":string, ")+":string)", lines[0])
	assert.Equal(t, []string{"[", "];", ""}, append([]string{lines[1]}, lines[len(lines)-2:]...))
	rows := lines[2 : len(lines)-2]
	require.Len(t, rows, catalog.Embedded().Len()+1)
	found := false
	for i, row := range rows {
		assert.Equal(t, i < len(rows)-1, strings.HasSuffix(row, ","), "a comma between rows: %s", row)
		values := kqlStrings.FindAllString(row, -1)
		require.Len(t, values, len(kqlColumns), row)
		assert.Equal(t, strings.Join(values, ", "), strings.Trim(row, " ,"), "nothing stands between the strings")
		code, err := strconv.Unquote(values[0])
		require.NoError(t, err)
		e, ok := catalog.Embedded().Lookup(mustParse(t, code))
		if !ok {
			e, found = odd, true
		}
		for j, f := range fieldsOf(e) {
			got, err := strconv.Unquote(values[j+1])
			require.NoError(t, err, row)
			assert.Equal(t, f.value, got)
		}
	}
	assert.True(t, found)
	assert.Equal(t, lines[0]+"\n[\n];\n", command(t, "", "catalog", "--format", "kql", "--severity", "critical").out, "a table without rows")
}

func mustParse(t *testing.T, code string) uint32 {
	t.Helper()
	n, err := catalog.ParseCode(code)
	require.NoError(t, err)
	return n
}

// A rule of Microsoft Sentinel takes 10,000 characters, and docs/catalog-elsewhere.md says that the severe codes fit.
func TestTheSevereCodesFitInARuleOfSentinel(t *testing.T) {
	assert.Less(t, len(command(t, "", "catalog", "--format", "kql", "--severity", "high+").out), 10_000/2)
}

func TestFormatLookup(t *testing.T) {
	path, odd := oddCatalog(t)
	r := command(t, "", "catalog", "--catalog", path, "--format", "lookup")
	require.Empty(t, r.err)
	assert.Less(t, len(r.out), 3_800_000, "the limit of a watchlist")
	rows, err := csv.NewReader(strings.NewReader(r.out)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 1+catalog.Embedded().Len()+1)
	for i, column := range rows[0] {
		assert.Regexp(t, map[bool]string{true: `^code$`, false: `^entra_[a-z]+$`}[i == 0], column)
	}
	seen := make(map[string]bool)
	for _, row := range rows[1:] {
		assert.False(t, seen[row[0]], "one row per code: %s", row[0])
		seen[row[0]] = true
		e, ok := catalog.Embedded().Lookup(mustParse(t, row[0]))
		if !ok {
			e = odd
		}
		for j, f := range fieldsOf(e) {
			assert.Equal(t, f.value, row[j+1])
		}
	}
	assert.True(t, seen["1"])
	assert.Equal(t, strings.Join(rows[0], ",")+"\n", command(t, "", "catalog", "--format", "lookup", "--severity", "critical").out)
}
