package report

import (
	"strings"
	"time"
)

// layouts are how tables write a time; JSON has RFC 3339, and tables often have too. A time without a zone is UTC: the columns say
// so.
var layouts = []string{
	time.RFC3339,
	"2006-01-02T15:04:05",
	"2006-01-02 15:04:05",
	"1/2/2006, 3:04:05 PM", // Log Analytics, in a browser that speaks American English
	"1/2/2006 3:04:05 PM",  // the newest exports of Azure Monitor, and PowerShell
	"1/2/2006 15:04:05",
	"2.1.2006 15:04:05",
}

// parseTime reads a time to the second, in seconds since 1970; 0 where it is none, or is outside 1990 to 2200: clocks that are not
// set say such things.
func parseTime(s string) int64 {
	if t, ok := fastTime(s); ok {
		return within(t)
	}
	// Go takes a fraction of a second after any layout's seconds, but for those before AM and PM.
	if dot := strings.IndexByte(s, '.'); dot > 0 && strings.HasSuffix(s, "M") {
		if blank := strings.IndexByte(s[dot:], ' '); blank > 0 {
			s = s[:dot] + s[dot+blank:]
		}
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			return within(t.Unix())
		}
	}
	return 0
}

func within(t int64) int64 {
	if t < 631152000 || t > 7258118400 {
		return 0
	}
	return t
}

// fastTime reads 2026-03-02T09:07:13 with any fraction, and Z or +00:00, which nearly every record has.
func fastTime(s string) (int64, bool) {
	if len(s) < 20 || s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' || s[16] != ':' {
		return 0, false
	}
	rest := strings.TrimLeft(s[19:], ".0123456789")
	if rest != "Z" && rest != "+00:00" {
		return 0, false
	}
	number := func(from, to int) (n int) {
		for _, c := range []byte(s[from:to]) {
			if c < '0' || c > '9' {
				return -1
			}
			n = n*10 + int(c-'0')
		}
		return n
	}
	y, mo, d, h, mi, sec := number(0, 4), number(5, 7), number(8, 10), number(11, 13), number(14, 16), number(17, 19)
	if y < 0 || mo < 1 || mo > 12 || d < 1 || d > 31 || h < 0 || h > 23 || mi < 0 || mi > 59 || sec < 0 || sec > 60 {
		return 0, false
	}
	return time.Date(y, time.Month(mo), d, h, mi, sec, 0, time.UTC).Unix(), true
}
