package filter

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/catalog"
)

func TestAsked(t *testing.T) {
	o := DefaultOptions()
	o.CodeKey = []string{"result.codes[1]", "answer"}
	e, err := New(o, catalog.Embedded())
	require.NoError(t, err)
	root := e.Asked()
	inside := func(a Asked, key string) Asked {
		inside, ok := a.Under(key)
		assert.True(t, ok, key)
		return inside
	}
	result := inside(root, "Result") // keys match in any case
	assert.True(t, result.Some())
	assert.False(t, inside(result, "codes").Some(), "all of a list")
	assert.False(t, inside(root, "answer").Some(), "all of a value")
	assert.False(t, inside(root, "severity").Some(), "fields that a record has")
	assert.True(t, inside(inside(root, "properties"), "status").Some())
	for _, key := range []string{"", "userAgent", "riskState", "a key that is longer than any of those that an engine may be asked to look for"} {
		_, ok := root.Under(key)
		assert.False(t, ok, key)
	}
	_, ok := Asked{}.Under("status")
	assert.False(t, ok)

	o.Context = true
	e, err = New(o, catalog.Embedded())
	require.NoError(t, err)
	assert.False(t, inside(e.Asked(), "riskState").Some(), "what rules about the severity ask for")
	assert.True(t, inside(e.Asked(), "properties").Some())
	assert.False(t, inside(inside(e.Asked(), "Status"), "AdditionalDetails").Some())
}
