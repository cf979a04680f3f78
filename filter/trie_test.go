package filter

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/internal/keypath"
)

func at(fold bool, rule int, keys ...string) leaf {
	return leaf{path: keypath.Keys(keys...), fold: fold, rules: 1 << rule, field: -1}
}

func TestTrie(t *testing.T) {
	root := newTrie([]leaf{
		at(true, 0, "status", "errorCode"),
		at(false, 1, "Status", "code"),
		at(true, 2, "resultType"),
		at(false, 3, "resultType"),
		{path: keypath.Keys("status"), fold: true, field: -1, text: true},
		{path: keypath.Keys("status"), field: 4},
		{path: keypath.Keys("status", "severity"), field: 5},
	})
	assert.Nil(t, root.child("nothing"))
	assert.Nil(t, root.child(""))
	assert.Nil(t, root.child(strings.Repeat("x", 1000)))

	anyCase := root.child("STATUS")
	require.NotNil(t, anyCase)
	assert.Equal(t, int8(-1), anyCase.field)
	assert.True(t, anyCase.text)
	assert.Equal(t, uint64(1<<0), anyCase.child("ErrorCode").rules)
	assert.Nil(t, anyCase.child("code"))
	assert.Nil(t, anyCase.child("severity"))

	upper := root.child("Status")
	assert.Equal(t, uint64(1<<0), upper.child("errorcode").rules, "an exact key leads where the key in any case leads")
	assert.Equal(t, uint64(1<<1), upper.child("code").rules)
	assert.Nil(t, upper.child("Code"))
	assert.True(t, upper.text)

	lower := root.child("status")
	assert.Equal(t, int8(4), lower.field)
	assert.Equal(t, int8(5), lower.child("severity").field)
	assert.Equal(t, uint64(1<<0), lower.child("errorCode").rules)
	assert.True(t, lower.text)

	assert.Equal(t, uint64(1<<2|1<<3), root.child("resultType").rules)
	assert.Equal(t, uint64(1<<2), root.child("ResultType").rules)
}

// Whatever the order in which leaves are given, the trie answers the same.
func TestTrieOfAnyOrder(t *testing.T) {
	leaves := []leaf{at(true, 0, "a", "b"), at(false, 1, "A", "b"), at(false, 2, "a", "B"), at(true, 3, "A"), {path: keypath.Keys("a"), field: 2}}
	for i := range leaves {
		rotated := append(append([]leaf(nil), leaves[i:]...), leaves[:i]...)
		root := newTrie(rotated)
		assert.Equal(t, uint64(1<<3), root.child("A").rules)
		assert.Equal(t, uint64(1<<0|1<<1), root.child("A").child("b").rules)
		assert.Equal(t, uint64(1<<0), root.child("A").child("B").rules)
		assert.Equal(t, uint64(1<<0|1<<2), root.child("a").child("B").rules)
		assert.Equal(t, int8(2), root.child("a").field)
		assert.Equal(t, int8(-1), root.child("A").field)
	}
}

func TestTrieHoldsManyKeys(t *testing.T) {
	var leaves []leaf
	for i := range 600 {
		leaves = append(leaves, at(true, i%maxRules, "key"+strings.Repeat("x", i%50)+string(rune('A'+i/50))))
	}
	root := newTrie(leaves)
	for _, s := range leaves {
		require.NotNil(t, root.child(s.path[0].Key), s.path[0])
	}
}

func TestEqualFold(t *testing.T) {
	assert.True(t, equalFold("ResultType", "resulttype"))
	assert.False(t, equalFold("ResultTypo", "resulttype"))
	assert.False(t, equalFold("@", "`"), "@ is not an upper-case `")
	assert.False(t, equalFold("\xc3\x89", "\xc3\xa9"), "letters beyond ASCII are what they are")
}
