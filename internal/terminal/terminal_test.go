package terminal

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/catalog"
)

func TestAFileIsNoTerminal(t *testing.T) {
	f, err := os.Open(os.DevNull)
	require.NoError(t, err)
	defer f.Close()
	for _, stream := range []any{f, &strings.Builder{}, nil} {
		assert.False(t, Is(stream))
		columns, lines := Size(stream)
		assert.Zero(t, columns)
		assert.Zero(t, lines)
	}
}

func TestCut(t *testing.T) {
	for _, test := range []struct {
		text  string
		width int
		want  string
	}{
		{"four", 5, "four"}, {"four", 4, "four"}, {"four", 3, "fo…"}, {"four", 1, "…"}, {"four", 0, ""}, {"four", -1, ""},
		{"äöüß", 4, "äöüß"}, {"äöüß", 3, "äö…"}, {"", 0, ""},
	} {
		assert.Equal(t, test.want, Cut(test.text, test.width), "%q in %d", test.text, test.width)
	}
}

func TestWrap(t *testing.T) {
	const text = "The password is wrong, expired or gone."
	assert.Equal(t, text, Wrap(text, 4, 0), "no terminal")
	assert.Equal(t, text, Wrap(text, 4, 4+len(text)), "it fits")
	assert.Equal(t, "The password is wrong, expired or\n    gone.", Wrap(text, 4, 3+len(text)))
	assert.Equal(t, "The password is\n    wrong, expired or\n    gone.", Wrap(text, 4, 24))
	assert.Equal(t, Wrap(text, 4, 24), Wrap(text, 4, 10), "a terminal that is too narrow for anything")
	assert.Equal(t, "a\n  https://login.example.com/a/long/path\n  b", Wrap("a https://login.example.com/a/long/path b", 2, 22))
	for width := 24; width < 60; width++ {
		for i, line := range strings.Split(Wrap(strings.Repeat("größe ", 30), 4, width), "\n") {
			if i == 0 {
				line = "    " + line
			}
			assert.LessOrEqual(t, utf8.RuneCountInString(line), width)
		}
	}
}

func TestPainter(t *testing.T) {
	env := func(name, value string) func(string) string {
		return func(asked string) string {
			if asked == name {
				return value
			}
			return ""
		}
	}
	assert.True(t, bool(NewPainter(true, env("", ""))))
	assert.False(t, bool(NewPainter(false, env("", ""))))
	assert.False(t, bool(NewPainter(true, env("NO_COLOR", "1"))))
	assert.False(t, bool(NewPainter(true, env("TERM", "dumb"))))

	assert.Equal(t, "\x1b[31mhigh\x1b[0m", Painter(true).Severity(catalog.High, "high"))
	assert.Equal(t, "unknown", Painter(true).Severity(catalog.Unknown, "unknown"))
	assert.Equal(t, "high", Painter(false).Severity(catalog.High, "high"))
	assert.Equal(t, "\x1b[1mx\x1b[0m\x1b[2my\x1b[0m", Painter(true).Bold("x")+Painter(true).Dim("y"))
}
