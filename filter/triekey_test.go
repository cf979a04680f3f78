package filter

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Keys of every length are told apart by each of their bytes, in any place of a text.
func TestKeysOfEveryLength(t *testing.T) {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	for length := 1; length <= maxKey; length++ {
		key := letters[:length]
		folded, exact := newTrie([]leaf{at(true, 0, key)}), newTrie([]leaf{at(false, 0, key)})
		for _, before := range []string{"", `{"`, "some other text"} {
			for _, behind := range []string{"", `":1}`} {
				find := func(n *trieNode, key string) bool {
					return n.find([]byte(before+key+behind), len(before), len(before)+len(key)) != nil
				}
				assert.True(t, find(folded, key), key)
				assert.True(t, find(exact, key), key)
				assert.True(t, find(folded, strings.ToUpper(key)), key)
				assert.False(t, find(exact, strings.ToUpper(key)), key)
				assert.False(t, find(folded, key[:length-1]), key)
				assert.False(t, find(folded, key+"x"), key)
				for i := range length {
					other := []byte(key)
					other[i] ^= 0x80
					assert.False(t, find(folded, string(other)), "%q", other)
					other[i] = '_'
					assert.False(t, find(folded, string(other)), "%q", other)
				}
			}
		}
	}
}

// Keys that share a slot are all found: here there are more keys than slots.
func TestKeysThatShareASlot(t *testing.T) {
	var leaves []leaf
	key := func(i int) string { return strings.Repeat(string(rune('a'+i%26)), 3+i/26) }
	for i := range 500 {
		leaves = append(leaves, at(true, i%maxRules, key(i)))
	}
	n := newTrie(leaves)
	for i := range 500 {
		found := n.find([]byte(key(i)), 0, len(key(i)))
		if assert.NotNil(t, found, key(i)) {
			assert.Equal(t, key(i), found.key)
		}
	}
}
