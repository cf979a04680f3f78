package printable

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestText(t *testing.T) {
	assert.Equal(t, "a 31mred x evil y", Text("a\u009b31mred\u0085x\u202eevil\u2028y"))
	assert.Equal(t, "    ", Text("\x1b\n\x00\xff"))
	assert.Equal(t, "Zoë 日本 😀 e\u0301", Text("Zoë 日本 😀 e\u0301"))
}

func TestNames(t *testing.T) {
	assert.Equal(t, "(none)", Names(nil))
	assert.Equal(t, "a, b c", Names([]string{"a", "b\nc"}))
	assert.Equal(t, strings.Repeat("k", 40)+"...", Names([]string{strings.Repeat("k", 1000)}))
	assert.Equal(t, "a, b, c, d, e, f, g, h, i, j, k, l, ...", Names(strings.Split("abcdefghijklmnop", "")))
}
