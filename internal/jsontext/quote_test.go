package jsontext

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestQuotedEverywhere puts every byte at every place of a string of every length up to three words: eight bytes are looked
// at together, so a place may matter.
func TestQuotedEverywhere(t *testing.T) {
	for length := 1; length <= 24; length++ {
		for place := range length {
			for c := range 256 {
				in := []byte(strings.Repeat("x", length))
				in[place] = byte(c)
				quoted := AppendQuoted(nil, in)
				var back string
				require.NoError(t, json.Unmarshal(quoted, &back), "%q", in)
				require.Equal(t, strings.ToValidUTF8(string(in), "\uFFFD"), back)
			}
		}
	}
}

func TestQuotedNeighbours(t *testing.T) {
	for _, s := range []string{`""`, `\\\\\\\\\\`, "\x00\x00", "\"\x01\\\x1f\n\n\n\n\n", "éé\"éé", strings.Repeat("😀", 9) + "\\", "!#[]^_"} {
		var back string
		require.NoError(t, json.Unmarshal(AppendQuoted(nil, []byte(s)), &back))
		assert.Equal(t, s, back)
	}
}
