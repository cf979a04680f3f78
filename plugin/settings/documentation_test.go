package settings

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/internal/option"
)

// row is how docs/options.md shows an option.
func row(o option.Option) string {
	value := ""
	if o.Default != "" {
		value = "`" + o.Default + "`"
	}
	return fmt.Sprintf("| `%s` | %s | %s |", o.Name, value, strings.ReplaceAll(o.Help, "|", "\\|"))
}

// The tables of docs/options.md are the options of the code, and no others.
func TestTheDocumentationShowsEveryOption(t *testing.T) {
	page, err := os.ReadFile("../../docs/options.md")
	require.NoError(t, err)
	var want []string
	s := DefaultOutput()
	for _, o := range s.List() {
		want = append(want, row(o))
	}
	shown := regexp.MustCompile("(?m)^\\| `[A-Z].*$").FindAllString(string(page), -1)
	assert.ElementsMatch(t, want, shown)
}
