package sink

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAppendTime(t *testing.T) {
	for _, c := range []struct {
		sec  int64
		nsec uint32
		want string
	}{
		{0, 0, "1970-01-01T00:00:00.000000000Z"},
		{1_700_000_000, 1, "2023-11-14T22:13:20.000000001Z"},
		{1_700_000_000, 999_999_999, "2023-11-14T22:13:20.999999999Z"},
		{951_782_400, 0, "2000-02-29T00:00:00.000000000Z"},
		{-1, 500_000_000, "1969-12-31T23:59:59.500000000Z"},
		{0, 4_000_000_001, "1970-01-01T00:00:04.000000001Z"},
		{math.MaxInt64, math.MaxUint32, "9999-12-31T23:59:59.999999999Z"},
		{math.MinInt64, 0, "0000-01-01T00:00:00.000000000Z"},
	} {
		got := string(AppendTime(nil, c.sec, c.nsec))
		assert.Equal(t, c.want, got)
		_, err := time.Parse(time.RFC3339Nano, got)
		require.NoError(t, err)
	}
}

func TestAppendUnixNano(t *testing.T) {
	for _, c := range []struct {
		sec  int64
		nsec uint32
		want string
		ok   bool
	}{
		{0, 0, "0", true},
		{1_700_000_000, 5, "1700000000000000005", true},
		{-1, 1, "-999999999", true},
		{1, 3_000_000_000, "4000000000", true},
		{9_223_372_035, 999_999_999, "9223372035999999999", true},
		{9_223_372_036, 999_999_999, "", false},
		{math.MaxInt64, math.MaxUint32, "", false},
		{math.MinInt64, 0, "", false},
	} {
		got, ok := appendUnixNano(nil, c.sec, c.nsec)
		assert.Equal(t, c.ok, ok, c.sec)
		assert.Equal(t, c.want, string(got))
	}
}
