package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/catalog"
)

// referencePage returns a page with the codes of the catalog that come from Microsoft's reference page.
func referencePage() string {
	var b strings.Builder
	b.WriteString("| Error | Description |\n|---|---|\n")
	for i := range catalog.Embedded().Len() {
		if e := catalog.Embedded().At(i); e.Source == catalog.Reference {
			fmt.Fprintf(&b, "| AADSTS%d | %s - Text. |\n", e.Code, e.Name)
		}
	}
	return b.String()
}

func TestCompareWithThePageThatTheCatalogKnows(t *testing.T) {
	r := command(t, referencePage(), "catalog", "--compare", "-")
	assert.Equal(t, 0, r.code)
	assert.Empty(t, r.out, "codes that never were on the page are not gone")
	assert.Regexp(t, `^entra-signin: standard input: (\d+) codes compared with (\d+) of the catalog: 0 new, 0 gone, 0 renamed\n$`, r.err)
}

func TestCompareSaysWhatChanged(t *testing.T) {
	text := strings.Replace(referencePage(), "| AADSTS50034 | UserAccountNotFound - Text. |\n", "", 1)
	text = strings.Replace(text, "AADSTS50126 | InvalidUserNameOrPassword -", "AADSTS50126 | WrongPassword -", 1)
	text += "| AADSTS9999999 | BrandNew - Not seen before. |\n| AADSTS999999 | Text without a name.\n"
	r := command(t, "", "catalog", "--compare", write(t, "page.md", text))
	assert.Equal(t, 1, r.code)
	assert.Equal(t, `new      999999     -  Text without a name.
new      9999999    BrandNew  Not seen before.
gone     50034      UserAccountNotFound
renamed  50126      InvalidUserNameOrPassword  -> WrongPassword
`, r.out)
	assert.Contains(t, r.err, "2 new, 1 gone, 1 renamed")
}

func TestCompareWithItsOwnFormats(t *testing.T) {
	for _, format := range []string{"csv", "json"} {
		r := command(t, command(t, "", "catalog", "--format", format).out, "catalog", "--compare", "-")
		assert.Equal(t, result{0, "", fmt.Sprintf("entra-signin: standard input: %d codes compared with %[1]d of the catalog: 0 new, 0 gone, 0 renamed\n",
			catalog.Embedded().Len())}, r, format)
	}
}

func TestCompareMissesOnlyWhatIsSelected(t *testing.T) {
	const list = "code\n50126\n"
	gone := func(args ...string) (codes []string) {
		r := command(t, list, append([]string{"catalog", "--compare", "-"}, args...)...)
		for line := range strings.Lines(r.out) {
			assert.Equal(t, "gone", strings.Fields(line)[0])
			codes = append(codes, strings.Fields(line)[1])
		}
		return codes
	}
	assert.Len(t, gone(), catalog.Embedded().Len()-1, "of a list that is no page, all")
	var want []string
	for i := range catalog.Embedded().Len() {
		if e := catalog.Embedded().At(i); e.Source == catalog.Inferred {
			want = append(want, fmt.Sprint(e.Code))
		}
	}
	assert.Equal(t, want, gone("--source", "inferred"))
	assert.IsIncreasing(t, lengths(gone("--search", "UserDisabled")), "by code, not by relevance")
}

// lengths makes codes of text comparable as numbers.
func lengths(codes []string) (numbers []int) {
	for _, code := range codes {
		var n int
		_, _ = fmt.Sscan(code, &n)
		numbers = append(numbers, n)
	}
	return numbers
}

// A catalog of one's own may have a new code already.
func TestCompareWithAnOverlay(t *testing.T) {
	mine := write(t, "mine.csv", "code,name,description,severity\n9999999,BrandNew,Ours.,low\n")
	r := command(t, referencePage()+"| AADSTS9999999 | BrandNew - Text. |\n", "catalog", "--compare", "-", "--catalog", mine)
	assert.Equal(t, 0, r.code, r.out)
}

// 1 says that there are differences, so trouble has another status, as it has with diff.
func TestCompareTrouble(t *testing.T) {
	bad := write(t, "bad.csv", "code,severity\n50126,urgent\n")
	for want, args := range map[string][]string{
		"no/such.md: no such file":                                {"--compare", "no/such.md"},
		`standard input: has no column code: use a`:               {"--compare", "-"},
		`bad.csv:2:7: severity "urgent"`:                          {"--compare", "-", "--catalog", bad},
		"if any flags in the group [compare format] are set none": {"--compare", "-", "--format", "csv"},
	} {
		r := command(t, "nothing\nhere\n", append([]string{"catalog"}, args...)...)
		assert.Equal(t, exitTrouble, r.code, args)
		assert.Empty(t, r.out, args)
		assert.Contains(t, r.err, want, args)
	}
}

func TestCompareSaysWhatWasSkipped(t *testing.T) {
	r := command(t, "code\n50126\nfifty\n\"six\x1bty\"\n", "catalog", "--compare", "-", "--search", "InvalidUserNameOrPassword")
	assert.Contains(t, r.err, `standard input: 2 rows skipped; the first has the code "fifty"`)
}

func TestCompareShowsNoMoreThanAnExcerpt(t *testing.T) {
	r := command(t, "code,text\n999999,"+strings.Repeat("long ", 1000)+"\n", "catalog", "--compare", "-", "--source", "inferred")
	first, _, _ := strings.Cut(r.out, "\n")
	require.True(t, strings.HasPrefix(first, "new "), first)
	assert.LessOrEqual(t, len(first), longestExcerpt+30)
}
