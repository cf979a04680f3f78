package settings

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/internal/option"
)

// row is how the README shows an option.
func row(o option.Option) string {
	value := ""
	if o.Default != "" {
		value = "`" + o.Default + "`"
	}
	return fmt.Sprintf("| `%s` | %s | %s |", o.Name, value, strings.ReplaceAll(o.Help, "|", "\\|"))
}

func TestReadmeShowsEveryOption(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	s := DefaultOutput()
	for _, o := range s.List() {
		if !strings.Contains(string(readme), row(o)+"\n") {
			t.Errorf("README.md has no row %s", row(o))
		}
	}
}
