package settings

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestHeaderIsFresh(t *testing.T) {
	have, err := os.ReadFile("../options.h")
	require.NoError(t, err)
	assert.Equal(t, Header(), string(have), "stale: run go generate ./plugin")
}

// The header is C, the texts are Go: what is quoted must mean the same in both, and the host prints a help text as it is.
func TestTextsAreASCII(t *testing.T) {
	for face, list := range lists() {
		for _, o := range list {
			for _, text := range []string{o.Name, o.Default, o.Help} {
				for _, r := range text {
					assert.True(t, r >= ' ' && r <= '~', "%s: %s: %q", face, o.Name, text)
				}
				assert.NotContains(t, text, "??", "begins a trigraph")
				assert.NotContains(t, text, "${", "the host would put a variable in its place")
			}
			assert.NotEmpty(t, o.Help, o.Name)
		}
	}
}
