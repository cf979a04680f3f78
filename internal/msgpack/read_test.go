package msgpack

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
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
			want = Bad
		case first >= 0xc4 && first <= 0xdf:
			want = []int{2, 3, 5, 3, 4, 6, 5, 9, 2, 3, 5, 9, 2, 3, 5, 9, 3, 4, 6, 10, 18, 2, 3, 5, 3, 5, 3, 5}[c-0xc4]
		}
		b := append([]byte{first}, zeros...)
		assert.Equal(t, want, Skip(b, 0), "%x", c)
		if want != Bad {
			assert.Equal(t, want, Skip(b[:want:want], 0), "%x", c)
			assert.Equal(t, Bad, Skip(b[:want-1:want-1], 0), "%x", c)
		}
	}
}

func TestSkip(t *testing.T) {
	for text, want := range map[string]int{
		"":                                   Bad,
		"\xc4\x03abc":                        5,
		"\xc4\x04abc":                        Bad,
		"\xc5\x00\x03abc":                    6,
		"\xc6\x00\x00\x00\x03abc":            8,
		"\xc6\xff\xff\xff\xffabc":            Bad,
		"\xc7\x03\x05abc":                    6,
		"\xc7\x04\x05abc":                    Bad,
		"\xc8\x00\x03\x05abc":                7,
		"\xc9\x00\x00\x00\x03\x05abc":        9,
		"\xc9\xff\xff\xff\xff\x05abc":        Bad,
		"\xdb\xff\xff\xff\xffabc":            Bad,
		"\xdc\x00\x02\x01\x02":               5,
		"\xdc\x00\x03\x01\x02":               Bad,
		"\xdd\xff\xff\xff\xff":               Bad,
		"\xdd\xff\xff\xff\xff\x01":           Bad,
		"\xdf\xff\xff\xff\xff\x01":           Bad,
		"\xdd\x00\x00\x00\x00":               5,
		"\xdf\x00\x00\x00\x01\xa1a\x80":      8,
		"\x82\xa1a\x92\x01\x90\xa1b\xc0rest": 9,
		"\xd9":                               Bad,
		"\xda\x00":                           Bad,
		"\xdd\x00\x00":                       Bad,
	} {
		assert.Equal(t, want, Skip([]byte(text), 0), "%x", text)
	}
	assert.Equal(t, 2, Skip([]byte{1, 2, 3}, 1))
	assert.Equal(t, Bad, Skip([]byte{1}, 1))
	assert.Equal(t, Bad, Skip([]byte{1}, 7))
}

// A million maps in maps cost no stack, and counts of 2^32 that follow each other do not overflow.
func TestSkipIsDeep(t *testing.T) {
	deep := append(bytes.Repeat([]byte{0x91}, 1_000_000), 0xc0)
	assert.Equal(t, len(deep), Skip(deep, 0))
	assert.Equal(t, Bad, Skip(deep[:len(deep)-1], 0))
	for _, head := range []string{"\xdf\xff\xff\xff\xff", "\xdd\xff\xff\xff\xff"} {
		assert.Equal(t, Bad, Skip(bytes.Repeat([]byte(head), 200_000), 0))
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
		s, next, ok := Text([]byte(c.b), 0)
		assert.Equal(t, c.ok, ok, "%x", c.b)
		if ok {
			assert.Equal(t, c.want, s)
			assert.Equal(t, len(c.b), next)
		}
	}
}

func TestNumber(t *testing.T) {
	for _, n := range []int64{0, 1, 127, 128, 255, 256, 65535, 65536, 1 << 31, 1<<32 - 1, 1 << 32, math.MaxInt64, -1, -32, -33, -128, -129, -32768, -32769, math.MinInt32, math.MinInt64} {
		got, ok := Integer(msgp.AppendInt64(nil, n), 0)
		assert.True(t, ok)
		assert.Equal(t, n, got)
		if n >= 0 {
			got, ok = Integer(msgp.AppendUint64(nil, uint64(n)), 0)
			assert.True(t, ok)
			assert.Equal(t, n, got)
		}
	}
	for _, f := range []float64{0, 1, -1, 50126, 1 << 53, -(1 << 53)} {
		got, ok := Integer(msgp.AppendFloat64(nil, f), 0)
		assert.True(t, ok)
		assert.Equal(t, int64(f), got)
	}
	for _, b := range [][]byte{
		nil, {0xc0}, {0xc2}, {0xa0}, {0x80}, {0xcd, 0}, {0xcf, 0, 0}, {0xcf, 0x80, 0, 0, 0, 0, 0, 0, 0}, {0xca, 0}, {0xd3},
		msgp.AppendFloat64(nil, 0.5), msgp.AppendFloat64(nil, math.NaN()), msgp.AppendFloat64(nil, math.Inf(-1)), msgp.AppendFloat64(nil, 1<<54),
		msgp.AppendFloat32(nil, float32(math.NaN())),
	} {
		_, ok := Integer(b, 0)
		assert.False(t, ok, "%x", b)
	}
}

// agreesWithMsgp checks what Skip and Read say of the first value in b against tinylib's reader.
func agreesWithMsgp(t *testing.T, b []byte) {
	t.Helper()
	b = b[:len(b):len(b)]
	rest, err := msgp.Skip(b)
	if errors.Is(err, msgp.ErrRecursion) {
		return // msgp stops at a depth; Skip, which does not recurse, goes on
	}
	next := Skip(b, 0)
	if err != nil {
		require.Equal(t, Bad, next, "msgp: %v", err)
	} else {
		require.Equal(t, len(b)-len(rest), next)
	}
	at, values := 0, uint64(1)
	for values > 0 {
		token := Token{Kind: KindExt, Ext: 7, N: 7, Data: b} // nothing of it may stay
		end, err := token.Read(b, at)
		if err != nil {
			require.Equal(t, Bad, next, "Read: %v", err)
			require.Equal(t, at, end)
			return
		}
		require.Greater(t, end, at)
		fresh := Token{}
		_, _ = fresh.Read(b, at)
		require.Equal(t, fresh, token)
		at = end
		values--
		switch token.Kind {
		case KindArray:
			values += token.N
		case KindMap:
			values += 2 * token.N
		}
	}
	require.Equal(t, next, at)
}

func TestShortString(t *testing.T) {
	for text, want := range map[string]string{"\xa0": "", "\xa3abcd": "abc", "\xd9\x03abcd": "abc", "\xd9\x00": ""} {
		s, next, ok := ShortString([]byte(text), 0)
		assert.True(t, ok, "%x", text)
		assert.Equal(t, want, string(s))
		assert.Equal(t, Skip([]byte(text), 0), next)
	}
	for _, text := range []string{"", "\xa3ab", "\xd9", "\xd9\x03ab", "\xda\x00\x01a", "\xc4\x01a", "\x01"} {
		_, _, ok := ShortString([]byte(text), 0)
		assert.False(t, ok, "%x", text)
	}
}

func TestDamage(t *testing.T) {
	for text, want := range map[string]error{"": ErrTruncated, "\x82\x01": ErrTruncated, "\x92\x01\xc1": ErrInvalid, "\xa3ab": ErrTruncated, "\xc1": ErrInvalid} {
		assert.Equal(t, Bad, Skip([]byte(text), 0), "%x", text)
		assert.ErrorIs(t, Damage([]byte(text), 0), want, "%x", text)
	}
}

func TestEventTime(t *testing.T) {
	var token Token
	_, err := token.Read([]byte("\xd7\x00\x65\x53\xf1\x00\x77\x35\x94\x01"), 0)
	require.NoError(t, err)
	sec, nsec, ok := token.EventTime()
	assert.True(t, ok)
	assert.Equal(t, int64(1_700_000_002), sec, "nanoseconds of more than a second are carried over")
	assert.Equal(t, uint32(1), nsec)
	_, err = token.Read([]byte("\xd7\x01\x65\x53\xf1\x00\x00\x00\x00\x01"), 0)
	require.NoError(t, err)
	_, _, ok = token.EventTime()
	assert.False(t, ok)
}

func randomValue(g *rand.Rand, b []byte, depth int) []byte {
	n := g.IntN(40)
	switch kind := g.IntN(14); {
	case kind == 0:
		return msgp.AppendInt64(b, g.Int64()>>g.IntN(64))
	case kind == 1:
		return msgp.AppendUint64(b, g.Uint64()>>g.IntN(64))
	case kind == 2:
		return msgp.AppendFloat64(b, g.NormFloat64())
	case kind == 3:
		return msgp.AppendFloat32(b, float32(g.NormFloat64()))
	case kind == 4:
		return msgp.AppendBool(msgp.AppendNil(b)[:len(b)], n > 20)
	case kind == 5:
		return msgp.AppendBytes(b, make([]byte, n*n*n))
	case kind == 6:
		b, _ = msgp.AppendExtension(b, &msgp.RawExtension{Type: int8(n) + 10, Data: make([]byte, []int{0, 1, 2, 4, 8, 16, 300, 70000}[n%8])})
		return b
	case kind < 10 && depth > 0:
		b = msgp.AppendArrayHeader(b, uint32(n))
		for range n {
			b = randomValue(g, b, depth-1)
		}
		return b
	case kind < 12 && depth > 0:
		b = msgp.AppendMapHeader(b, uint32(n))
		for range 2 * n {
			b = randomValue(g, b, depth-1)
		}
		return b
	}
	return msgp.AppendString(b, strings.Repeat("x", n*n))
}

func TestAgreesWithMsgp(t *testing.T) {
	g := rand.New(rand.NewPCG(5, 4))
	for range 300 {
		b := randomValue(g, nil, 2)
		agreesWithMsgp(t, b)
		for range 10 {
			agreesWithMsgp(t, b[:g.IntN(len(b))])
		}
	}
}

func FuzzSkip(f *testing.F) {
	for _, text := range []string{
		"", "\xc1", "\xdd\xff\xff\xff\xff", "\x81\xa1a\xdb\xff\xff\xff\xff", "\xc6\xff\xff\xff\xff", "\xc9\xff\xff\xff\xff\x01", "\x92\x92\xd7\x00\x65\x53\xf1\x00\x00\x00\x00\x05\x80\x81\xa1a\x01",
	} {
		f.Add([]byte(text))
	}
	g := rand.New(rand.NewPCG(7, 4))
	for range 20 {
		f.Add(randomValue(g, nil, 1))
	}
	f.Fuzz(agreesWithMsgp)
}
