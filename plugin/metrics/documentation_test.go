package metrics

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The table of docs/metrics.md has every family of the page for Prometheus, and no other.
func TestTheDocumentationShowsEveryMetric(t *testing.T) {
	page, err := os.ReadFile("../../docs/metrics.md")
	require.NoError(t, err)
	var shown []string
	for _, row := range regexp.MustCompile("(?m)^\\| `(?:entra_signin|go)_.*$").FindAllString(string(page), -1) {
		cell := regexp.MustCompile(`^\|[^|]*\|`).FindString(row)
		for _, name := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(cell, -1) {
			shown = append(shown, name[1])
		}
	}
	var written []string
	sample := Sample{Sink: "http", Chunks: &Histogram{}}
	for _, family := range regexp.MustCompile(`(?m)^# TYPE (\S+) `).FindAllSubmatch(render("v", []Sample{sample}), -1) {
		written = append(written, string(family[1]))
	}
	slices.Sort(shown)
	slices.Sort(written)
	assert.Equal(t, written, shown)
}
