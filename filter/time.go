package filter

import (
	"encoding/binary"
	"math"
	"math/bits"
	"strings"
	"time"
)

// timeLayouts are how sign-in records write their time: Azure, Graph and Elastic by RFC 3339, Office 365 without a zone
// (the time is UTC), and exports of the portal in the last ways.
var timeLayouts = []string{
	time.RFC3339,
	"2006-01-02T15:04:05",
	"2006-01-02 15:04:05",
	"2006-01-02 15:04:05Z",
	"1/2/2006 3:04:05 PM",
	"1/2/2006, 3:04:05 PM",
}

// parseTime reads a time. A time that Fluent Bit could not hold is refused: before 1970, or past 2038, which versions up to 5.0
// take for the marker of a group.
func parseTime(text string) (time.Time, bool) {
	text = strings.TrimSpace(text)
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t, t.Unix() > 0 && t.Unix() <= math.MaxInt32
		}
	}
	return time.Time{}, false
}

// stampOf returns the time that a record states, as a timestamp of Fluent Bit.
func (e *Engine) stampOf(f *findings) (stamp [10]byte, ok bool) {
	for seen := f.seen & e.masks.times; seen != 0; seen &= seen - 1 {
		v := &f.values[bits.TrailingZeros64(seen)]
		if v.kind != textual {
			continue
		}
		if t, ok := parseTime(v.text); ok {
			stamp[0] = 0xd7 // an extension of 8 bytes, type 0
			binary.BigEndian.PutUint32(stamp[2:], uint32(t.Unix()))
			binary.BigEndian.PutUint32(stamp[6:], uint32(t.Nanosecond()))
			return stamp, true
		}
	}
	return stamp, false
}
