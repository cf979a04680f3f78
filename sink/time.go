package sink

import (
	"cmp"
	"math"
	"strconv"
	"time"
)

// The first and the last second that RFC 3339 can represent. A time outside becomes the nearest time inside.
var (
	firstSecond = time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	lastSecond  = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC).Unix()
)

// AppendTime appends a time as RFC 3339 with nine decimals, UTC: 2026-03-01T12:00:00.000000001Z.
func AppendTime(dst []byte, sec int64, nsec uint32) []byte {
	sec, nsec = normal(sec, nsec)
	switch {
	case sec < firstSecond:
		sec, nsec = firstSecond, 0
	case sec > lastSecond:
		sec, nsec = lastSecond, 1e9-1
	}
	t := time.Unix(sec, 0).UTC()
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	dst = appendPadded(dst, uint64(year), 4)
	dst = appendPadded(append(dst, '-'), uint64(month), 2)
	dst = appendPadded(append(dst, '-'), uint64(day), 2)
	dst = appendPadded(append(dst, 'T'), uint64(hour), 2)
	dst = appendPadded(append(dst, ':'), uint64(minute), 2)
	dst = appendPadded(append(dst, ':'), uint64(second), 2)
	dst = appendPadded(append(dst, '.'), uint64(nsec), 9)
	return append(dst, 'Z')
}

// appendUnixNano appends the nanoseconds since 1970 in decimal. ok is false if they do not fit an int64.
func appendUnixNano(dst []byte, sec int64, nsec uint32) (digits []byte, ok bool) {
	sec, nsec = normal(sec, nsec)
	if sec < math.MinInt64/1_000_000_000 || sec >= math.MaxInt64/1_000_000_000 {
		return dst, false
	}
	return strconv.AppendInt(dst, sec*1e9+int64(nsec), 10), true
}

func normal(sec int64, nsec uint32) (int64, uint32) {
	if nsec < 1e9 {
		return sec, nsec
	}
	if carry := int64(nsec / 1e9); sec <= math.MaxInt64-carry {
		sec += carry
	}
	return sec, nsec % 1e9
}

// compareTime compares the times of two records.
func compareTime(x, y *Record) int {
	xs, xn := normal(x.Sec, x.Nsec)
	ys, yn := normal(y.Sec, y.Nsec)
	return cmp.Or(cmp.Compare(xs, ys), cmp.Compare(xn, yn))
}

// appendPadded appends v in decimal with exactly width digits.
func appendPadded(dst []byte, v uint64, width int) []byte {
	var digits [20]byte
	for i := width - 1; i >= 0; i-- {
		digits[i] = byte('0' + v%10)
		v /= 10
	}
	return append(dst, digits[:width]...)
}
