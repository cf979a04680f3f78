package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/catalog"
)

func corpusOf(t *testing.T) *corpus {
	t.Helper()
	c, err := newCorpus(sampleFile())
	require.NoError(t, err)
	return c
}

func TestGoodChunksAreWhole(t *testing.T) {
	c := corpusOf(t)
	list, err := engines()
	require.NoError(t, err)
	for _, k := range goodKinds {
		t.Run(k.name, func(t *testing.T) {
			for id := range uint64(20) {
				m := newMessage(c, 1, id)
				chunk := k.make(c, m.r, id)
				assert.Less(t, len(chunk), 2*chunkSize)
				x, err := enrich(list[0], chunk)
				require.NoError(t, err)
				require.NoError(t, x.damage)
				require.True(t, x.changed || x.records < 20, "most records are sign-ins")
			}
		})
	}
}

// Most of a hostile kind is damaged, or is whole but odd; the engines take all of it.
func TestHostileChunks(t *testing.T) {
	c := corpusOf(t)
	list, err := engines()
	require.NoError(t, err)
	damaged := map[string]bool{}
	for _, k := range slices.Concat(hostileKinds, bulkyKinds[:1]) {
		for id := range uint64(30) {
			chunk := hostile(&k, c, newMessage(c, 2, id).r, id)
			for _, e := range list {
				x, err := enrich(e, chunk)
				require.NoError(t, err, k.name)
				damaged[k.name] = damaged[k.name] || x.damage != nil
			}
		}
	}
	for _, name := range []string{"truncated", "wrong bytes", "random bytes", "depth", "lengths that lie", "a map of 2^32 pairs", "an array of 2^32"} {
		assert.True(t, damaged[name], name)
	}
	for _, name := range []string{"invalid UTF-8", "NaN and Inf", "ext of every size", "stray group markers", "envelopes in envelopes", "JSON bombs", "a string of MBs"} {
		assert.False(t, damaged[name], "%s is whole", name)
	}
}

// Every header of MessagePack with a length is there.
func TestLongest(t *testing.T) {
	var first []byte
	for _, claim := range longest {
		first = append(first, claim[0])
	}
	for _, b := range []byte{0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xd9, 0xda, 0xdb, 0xdc, 0xdd, 0xde, 0xdf} {
		assert.Contains(t, first, b)
	}
}

func TestTheSeedDecidesTheTraffic(t *testing.T) {
	c := corpusOf(t)
	differ := false
	for id := range uint64(50) {
		one, same, other := newMessage(c, 3, id), newMessage(c, 3, id), newMessage(c, 4, id)
		require.Equal(t, one.kind, same.kind)
		require.Equal(t, one.chunk, same.chunk)
		require.Equal(t, one.r.Uint64(), same.r.Uint64(), "and what is done with it")
		differ = differ || string(one.chunk) != string(other.chunk)
	}
	assert.True(t, differ)
}

func TestCodesDoNotMeet(t *testing.T) {
	for code := uint32(firstUnknown); code < firstUnknown+unknownCodes; code++ {
		_, known := catalog.Embedded().Lookup(code)
		require.False(t, known, code)
	}
	for _, content := range contents {
		if !content.good {
			continue
		}
		own, err := catalog.Embedded().Overlay("", strings.NewReader(content.text))
		require.NoError(t, err)
		more := own.Len() - catalog.Embedded().Len()
		for i := own.Len() - more; i < own.Len(); i++ {
			require.GreaterOrEqual(t, own.At(i).Code, uint32(ownCode), "the file only adds codes of its own")
		}
		require.Positive(t, more)
	}
}

// Chunks for outputs have an event that no other has.
func TestSerialsAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for id := range uint64(2_100_000) {
		if id%1000 > 2 {
			continue
		}
		b := string(appendSerial(nil, id))
		require.False(t, seen[b])
		seen[b] = true
	}
}
