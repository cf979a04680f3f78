package filter

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/internal/keypath"
)

func at(fold bool, place int, keys ...string) spot {
	return spot{path: keypath.Keys(keys...), fold: fold, places: 1 << place, target: -1}
}

func TestTree(t *testing.T) {
	root := newNode([]spot{
		at(true, 0, "status", "errorCode"),
		at(false, 1, "Status", "code"),
		at(true, 2, "resultType"),
		at(false, 3, "resultType"),
		{path: keypath.Keys("status"), fold: true, target: -1, text: true},
		{path: keypath.Keys("status"), target: 4},
		{path: keypath.Keys("status", "severity"), target: 5},
	})
	assert.Nil(t, root.child("nothing"))
	assert.Nil(t, root.child(""))
	assert.Nil(t, root.child(strings.Repeat("x", 1000)))

	anyCase := root.child("STATUS")
	require.NotNil(t, anyCase)
	assert.Equal(t, int8(-1), anyCase.target)
	assert.True(t, anyCase.text)
	assert.Equal(t, uint64(1<<0), anyCase.child("ErrorCode").places)
	assert.Nil(t, anyCase.child("code"))
	assert.Nil(t, anyCase.child("severity"))

	upper := root.child("Status")
	assert.Equal(t, uint64(1<<0), upper.child("errorcode").places, "an exact key leads where the key in any case leads")
	assert.Equal(t, uint64(1<<1), upper.child("code").places)
	assert.Nil(t, upper.child("Code"))
	assert.True(t, upper.text)

	lower := root.child("status")
	assert.Equal(t, int8(4), lower.target)
	assert.Equal(t, int8(5), lower.child("severity").target)
	assert.Equal(t, uint64(1<<0), lower.child("errorCode").places)
	assert.True(t, lower.text)

	assert.Equal(t, uint64(1<<2|1<<3), root.child("resultType").places)
	assert.Equal(t, uint64(1<<2), root.child("ResultType").places)
}

// Whatever the order in which spots are given, the tree answers the same.
func TestTreeOfAnyOrder(t *testing.T) {
	spots := []spot{at(true, 0, "a", "b"), at(false, 1, "A", "b"), at(false, 2, "a", "B"), at(true, 3, "A"), {path: keypath.Keys("a"), target: 2}}
	for i := range spots {
		rotated := append(append([]spot(nil), spots[i:]...), spots[:i]...)
		root := newNode(rotated)
		assert.Equal(t, uint64(1<<3), root.child("A").places)
		assert.Equal(t, uint64(1<<0|1<<1), root.child("A").child("b").places)
		assert.Equal(t, uint64(1<<0), root.child("A").child("B").places)
		assert.Equal(t, uint64(1<<0|1<<2), root.child("a").child("B").places)
		assert.Equal(t, int8(2), root.child("a").target)
		assert.Equal(t, int8(-1), root.child("A").target)
	}
}

func TestTreeHoldsManyKeys(t *testing.T) {
	var spots []spot
	for i := range 600 {
		spots = append(spots, at(true, i%maxPlaces, "key"+strings.Repeat("x", i%50)+string(rune('A'+i/50))))
	}
	root := newNode(spots)
	for _, s := range spots {
		require.NotNil(t, root.child(s.path[0].Key), s.path[0])
	}
}

func TestEqualFold(t *testing.T) {
	assert.True(t, equalFold("ResultType", "resulttype"))
	assert.False(t, equalFold("ResultTypo", "resulttype"))
	assert.False(t, equalFold("@", "`"), "@ is not an upper-case `")
	assert.False(t, equalFold("\xc3\x89", "\xc3\xa9"), "letters beyond ASCII are what they are")
}
