package filter

import (
	"bytes"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tinylib/msgp/msgp"
)

// Every first byte, with what must follow it: the length of the value as the specification has it.
func TestSkipOfEveryFirstByte(t *testing.T) {
	zeros := make([]byte, 100)
	for c := range 256 {
		first := byte(c)
		want := 1
		switch {
		case first >= 0x80 && first <= 0x8f:
			want = 1 + 2*(c-0x80)
		case first >= 0x90 && first <= 0x9f:
			want = 1 + c - 0x90
		case first >= 0xa0 && first <= 0xbf:
			want = 1 + c - 0xa0
		case first == 0xc1:
			want = bad
		case first >= 0xc4 && first <= 0xdf:
			want = []int{2, 3, 5, 3, 4, 6, 5, 9, 2, 3, 5, 9, 2, 3, 5, 9, 3, 4, 6, 10, 18, 2, 3, 5, 3, 5, 3, 5}[c-0xc4]
		}
		b := append([]byte{first}, zeros...)
		assert.Equal(t, want, skip(b, 0), "%x", c)
		if want != bad {
			assert.Equal(t, want, skip(b[:want:want], 0), "%x", c)
			assert.Equal(t, bad, skip(b[:want-1:want-1], 0), "%x", c)
		}
	}
}

func TestSkip(t *testing.T) {
	for text, want := range map[string]int{
		"":                                   bad,
		"\xc4\x03abc":                        5,
		"\xc4\x04abc":                        bad,
		"\xc5\x00\x03abc":                    6,
		"\xc6\x00\x00\x00\x03abc":            8,
		"\xc6\xff\xff\xff\xffabc":            bad,
		"\xc7\x03\x05abc":                    6,
		"\xc7\x04\x05abc":                    bad,
		"\xc8\x00\x03\x05abc":                7,
		"\xc9\x00\x00\x00\x03\x05abc":        9,
		"\xc9\xff\xff\xff\xff\x05abc":        bad,
		"\xdb\xff\xff\xff\xffabc":            bad,
		"\xdc\x00\x02\x01\x02":               5,
		"\xdc\x00\x03\x01\x02":               bad,
		"\xdd\xff\xff\xff\xff":               bad,
		"\xdd\xff\xff\xff\xff\x01":           bad,
		"\xdf\xff\xff\xff\xff\x01":           bad,
		"\xdd\x00\x00\x00\x00":               5,
		"\xdf\x00\x00\x00\x01\xa1a\x80":      8,
		"\x82\xa1a\x92\x01\x90\xa1b\xc0rest": 9,
		"\xd9":                               bad,
		"\xda\x00":                           bad,
		"\xdd\x00\x00":                       bad,
	} {
		assert.Equal(t, want, skip([]byte(text), 0), "%x", text)
	}
	assert.Equal(t, 2, skip([]byte{1, 2, 3}, 1))
	assert.Equal(t, bad, skip([]byte{1}, 1))
	assert.Equal(t, bad, skip([]byte{1}, 7))
}

// A million maps in maps cost no stack, and counts of 2^32 that follow each other do not overflow.
func TestSkipIsDeep(t *testing.T) {
	deep := append(bytes.Repeat([]byte{0x91}, 1_000_000), 0xc0)
	assert.Equal(t, len(deep), skip(deep, 0))
	assert.Equal(t, bad, skip(deep[:len(deep)-1], 0))
	for _, head := range []string{"\xdf\xff\xff\xff\xff", "\xdd\xff\xff\xff\xff"} {
		assert.Equal(t, bad, skip(bytes.Repeat([]byte(head), 200_000), 0))
	}
}

func TestText(t *testing.T) {
	for _, c := range []struct {
		b, want string
		ok      bool
	}{
		{"\xa0", "", true}, {"\xa3abc", "abc", true}, {"\xd9\x03abc", "abc", true}, {"\xda\x00\x03abc", "abc", true},
		{"\xdb\x00\x00\x00\x03abc", "abc", true}, {"\xc4\x03abc", "abc", true}, {"\xc5\x00\x03abc", "abc", true}, {"\xc6\x00\x00\x00\x03abc", "abc", true},
		{"", "", false}, {"\xa3ab", "", false}, {"\xd9\x03ab", "", false}, {"\xdb\xff\xff\xff\xffab", "", false}, {"\x01", "", false},
		{"\xc7\x03\x01abc", "", false}, {"\x81\xa1a\x01", "", false}, {"\xc0", "", false}, {"\xd9", "", false},
	} {
		s, next, ok := text([]byte(c.b), 0)
		assert.Equal(t, c.ok, ok, "%x", c.b)
		if ok {
			assert.Equal(t, c.want, s)
			assert.Equal(t, len(c.b), next)
		}
	}
}

func TestNumber(t *testing.T) {
	for _, n := range []int64{0, 1, 127, 128, 255, 256, 65535, 65536, 1 << 31, 1<<32 - 1, 1 << 32, math.MaxInt64, -1, -32, -33, -128, -129, -32768, -32769, math.MinInt32, math.MinInt64} {
		got, ok := number(msgp.AppendInt64(nil, n), 0)
		assert.True(t, ok)
		assert.Equal(t, n, got)
		if n >= 0 {
			got, ok = number(msgp.AppendUint64(nil, uint64(n)), 0)
			assert.True(t, ok)
			assert.Equal(t, n, got)
		}
	}
	for _, f := range []float64{0, 1, -1, 50126, 1 << 53, -(1 << 53)} {
		got, ok := number(msgp.AppendFloat64(nil, f), 0)
		assert.True(t, ok)
		assert.Equal(t, int64(f), got)
	}
	for _, b := range [][]byte{
		nil, {0xc0}, {0xc2}, {0xa0}, {0x80}, {0xcd, 0}, {0xcf, 0, 0}, {0xcf, 0x80, 0, 0, 0, 0, 0, 0, 0}, {0xca, 0}, {0xd3},
		msgp.AppendFloat64(nil, 0.5), msgp.AppendFloat64(nil, math.NaN()), msgp.AppendFloat64(nil, math.Inf(-1)), msgp.AppendFloat64(nil, 1<<54),
		msgp.AppendFloat32(nil, float32(math.NaN())),
	} {
		_, ok := number(b, 0)
		assert.False(t, ok, "%x", b)
	}
}

// The engine's walk and msgp's agree on random values.
func TestSkipAgreesWithMsgp(t *testing.T) {
	g := newGenerator(5)
	for range 500 {
		b := g.value(nil, 3)
		rest, err := msgp.Skip(b)
		require.NoError(t, err)
		require.Equal(t, len(b)-len(rest), skip(b, 0))
		for range 10 {
			require.Equal(t, bad, skip(b[:g.IntN(len(b))], 0))
		}
	}
}
