package catalog

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestEveryRowHasASource(t *testing.T) {
	used := make(map[Source]int)
	for i := range Embedded().Len() {
		e := Embedded().At(i)
		assert.NotEqual(t, NoSource, e.Source, "source of %d", e.Code)
		used[e.Source]++
		if e.Category == "undocumented" {
			assert.NotEqual(t, Reference, e.Source, "the reference page says what %d means, or its category is wrong", e.Code)
		}
	}
	text := chapter(t, "Sources")
	for _, s := range Sources() {
		assert.NotZero(t, used[s], "%s", s)
		assert.Contains(t, text, "| `"+s.String()+"` | "+s.Meaning()+" |")
	}
}
