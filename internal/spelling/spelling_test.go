package spelling

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"abc", "abc", 0}, {"abc", "abd", 1}, {"abc", "acb", 1}, {"abc", "ab", 1},
		{"kitten", "sitting", 3}, {"50126", "51026", 1}, {"abcd", "badc", 2},
	} {
		assert.Equal(t, test.want, Distance(test.a, test.b, 9), "%s %s", test.a, test.b)
		assert.Equal(t, test.want, Distance(test.b, test.a, 9), "%s %s", test.b, test.a)
	}
	assert.Greater(t, Distance("abc", "abcdefgh", 2), 2, "a distance beyond the limit need not be exact")
}
