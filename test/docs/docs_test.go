package docs

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/filter"
)

const root = "../.."

func pages(t *testing.T) (all []string) {
	t.Helper()
	for _, pattern := range []string{"*.md", "docs/*.md"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		require.NoError(t, err)
		all = append(all, found...)
	}
	require.Greater(t, len(all), 10)
	return all
}

func read(t *testing.T, page string) string {
	t.Helper()
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	return string(text)
}

var (
	fence   = regexp.MustCompile("(?ms)^\\s*```.*?^\\s*```")
	code    = regexp.MustCompile("`[^`\n]*`")
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
	dropped = regexp.MustCompile(`[^\p{L}\p{N}_\- ]`)
)

// anchor is what repository viewers make of a heading.
func anchor(heading string) string {
	return strings.ReplaceAll(dropped.ReplaceAllString(strings.ToLower(heading), ""), " ", "-")
}

func TestAnchor(t *testing.T) {
	assert.Equal(t, "was-the-password-right", anchor("Was the password right?"))
	assert.Equal(t, "deb-and-rpm", anchor("Deb and rpm"))
	assert.Equal(t, "output-pre_run", anchor("Output: `PRE_run`"))
}

func TestEveryLinkLeadsSomewhere(t *testing.T) {
	followed := 0
	for _, page := range pages(t) {
		text := code.ReplaceAllString(fence.ReplaceAllString(read(t, page), ""), "")
		for _, found := range link.FindAllStringSubmatch(text, -1) {
			target, section, _ := strings.Cut(found[1], "#")
			// ../../ is the way from README to the pages of the repository itself, such as its releases.
			if strings.Contains(target, "://") || strings.HasPrefix(target, "../../") {
				continue
			}
			followed++
			file := page
			if target != "" {
				file = filepath.Join(filepath.Dir(page), target)
			}
			if _, err := os.Stat(file); !assert.NoError(t, err, "%s links to it", page) {
				continue
			}
			if section == "" {
				continue
			}
			var anchors []string
			for _, h := range heading.FindAllStringSubmatch(fence.ReplaceAllString(read(t, file), ""), -1) {
				anchors = append(anchors, anchor(h[1]))
			}
			assert.Contains(t, anchors, section, "%s links to a section of %s", page, file)
		}
	}
	assert.Greater(t, followed, 50)
}

// What the README shows as appended to a record is what the filter appends.
func TestTheRecordOfTheReadme(t *testing.T) {
	readme := read(t, filepath.Join(root, "README.md"))
	shown := regexp.MustCompile("(?s)with `fields: ([a-z,]+)`.*?```diff\n(.*?\n)```").FindStringSubmatch(readme)
	require.NotNil(t, shown)
	o := filter.DefaultOptions()
	for _, one := range o.List() {
		if one.Name == "Fields" {
			require.NoError(t, one.Apply(shown[1]))
		}
	}
	e, err := filter.New(o, catalog.Embedded())
	require.NoError(t, err)
	appended := regexp.MustCompile(`(?m)^\+.*\n`)
	before := strings.Replace(appended.ReplaceAllString(shown[2], ""), "},\n", "}\n", 1)
	after := regexp.MustCompile(`(?m)^\+`).ReplaceAllString(shown[2], "")
	got, _, err := e.EnrichJSON(nil, compact(t, before))
	require.NoError(t, err)
	assert.Equal(t, string(compact(t, after)), strings.TrimSpace(string(got)))
}

// The log line that the README shows has the number of codes that the catalog has.
func TestTheNumberOfCodesInTheReadme(t *testing.T) {
	shown := regexp.MustCompile(`(\d+) codes in the catalog`).FindStringSubmatch(read(t, filepath.Join(root, "README.md")))
	require.NotNil(t, shown)
	assert.Equal(t, strconv.Itoa(catalog.Embedded().Len()), shown[1])
}

func compact(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, json.Compact(&b, []byte(text)), "%s", text)
	return b.Bytes()
}
