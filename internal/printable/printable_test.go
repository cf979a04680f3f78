package printable

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestText(t *testing.T) {
	assert.Equal(t, "a 31mred x evil y", Text("a\u009b31mred\u0085x\u202eevil\u2028y"))
	assert.Equal(t, "    ", Text("\x1b\n\x00\xff"))
	assert.Equal(t, "Zoë 日本 😀 e\u0301", Text("Zoë 日本 😀 e\u0301"))
}
