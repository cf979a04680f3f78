package catalog

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An opinion is what one public source says of the severity of a code.
type opinion struct{ code, source string }

// exceptions reads the table of docs/severity.md: | code | source | level there | level here | reason |
func exceptions(t *testing.T) map[opinion]string {
	t.Helper()
	page, err := os.ReadFile("../docs/severity.md")
	require.NoError(t, err)
	table := make(map[opinion]string)
	row := regexp.MustCompile(`(?m)^\| (\d+) \| ([^|]+) \| ([^|]+) \| (\w+) \| ([^|]+) \|$`)
	for _, m := range row.FindAllStringSubmatch(string(page), -1) {
		e, ok := Embedded().Lookup(mustCode(t, m[1]))
		require.True(t, ok)
		assert.Equal(t, e.Severity.String(), m[4], "docs/severity.md, code %s", m[1])
		assert.Greater(t, len(m[5]), 40, "docs/severity.md gives a reason for code %s", m[1])
		table[opinion{m[1], m[2]}] = m[3]
	}
	return table
}

func mustCode(t *testing.T, text string) uint32 {
	t.Helper()
	code, err := ParseCode(text)
	require.NoError(t, err)
	return code
}

func TestSeveritiesAgreeWithPublicSources(t *testing.T) {
	allowed := exceptions(t)
	used := make(map[opinion]bool)
	for _, line := range lines(t, "severity.tsv") {
		field := strings.Split(line, "\t")
		require.Len(t, field, 3, line)
		e, ok := Embedded().Lookup(mustCode(t, field[0]))
		require.True(t, ok, line)

		apart := int(Critical)
		for _, word := range strings.Fields(field[2]) {
			level, err := ParseSeverity(word)
			require.NoError(t, err, line)
			apart = min(apart, max(int(level)-int(e.Severity), int(e.Severity)-int(level)))
		}
		if apart <= 1 {
			continue
		}
		o := opinion{field[0], field[1]}
		assert.Equal(t, field[2], allowed[o], "%d is %s, and %s: agree or give a reason in docs/severity.md", e.Code, e.Severity, line)
		used[o] = true
	}
	for o := range allowed {
		assert.True(t, used[o], "docs/severity.md excuses %v, which agrees", o)
	}
}

func TestThePageHasTheNumbersOfTheCatalog(t *testing.T) {
	page, err := os.ReadFile("../docs/severity.md")
	require.NoError(t, err)
	counts := make(map[Severity]int)
	for i := range Embedded().Len() {
		counts[Embedded().At(i).Severity]++
	}
	for _, s := range Severities() {
		row := "| `" + s.String() + "` | " + strconv.Itoa(counts[s]) + " |"
		assert.Contains(t, string(page), row)
	}
}
