package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEverySetOfOptionsIsUsed(t *testing.T) {
	used := map[int]bool{}
	for reloads := range 20 {
		for n := range filters {
			used[setOf(n, reloads)] = true
		}
		assert.Equal(t, []int{0, 1, 2}, []int{setOf(0, reloads), setOf(1, reloads), setOf(2, reloads)})
	}
	assert.Len(t, used, len(optionSets))
	list, err := engines()
	require.NoError(t, err)
	assert.Len(t, list, len(optionSets))
}

func TestCompare(t *testing.T) {
	x := enriched{bytes: []byte("abc"), changed: true}
	assert.NoError(t, x.compare([]byte("abc"), true))
	assert.ErrorContains(t, x.compare([]byte("abx"), true), "from byte 2 on")
	assert.ErrorContains(t, x.compare([]byte("abcd"), true), "from byte 3 on")
	assert.ErrorContains(t, x.compare([]byte("abc"), false), "changed: false")
}

func TestAPanicOfTheEngineIsAFinding(t *testing.T) {
	_, err := enrich(nil, []byte{0x80})
	assert.ErrorContains(t, err, "the engine panics")
}
