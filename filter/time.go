package filter

import (
	"math"
	"strings"
	"time"
)

// timeLayouts are how sign-in records write their time: Azure, Graph and Elastic by RFC 3339, Office 365 without a zone
// (it is UTC), exports of the portal as in the last ones.
var timeLayouts = []string{
	time.RFC3339,
	"2006-01-02T15:04:05",
	"2006-01-02 15:04:05",
	"2006-01-02 15:04:05Z",
	"1/2/2006 3:04:05 PM",
	"1/2/2006, 3:04:05 PM",
}

// parseTime reads a time. One that Fluent Bit could not hold (before 1970, or past 2038, which versions up to 5.0 take
// for the frame of a group) is refused.
func parseTime(text string) (time.Time, bool) {
	text = strings.TrimSpace(text)
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t, t.Unix() > 0 && t.Unix() <= math.MaxInt32
		}
	}
	return time.Time{}, false
}
