package report

import (
	"strconv"
	"strings"
	"time"
)

// group writes a number with commas between thousands.
func group(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// number writes a number that may be an estimate.
func number(n Number) string {
	if n.Estimated {
		return "~" + group(uint64(n.N))
	}
	return group(uint64(n.N))
}

// numberOf puts a number that may be an estimate before the right word.
func numberOf(n Number, one, many string) string {
	if n.N == 1 {
		return number(n) + " " + one
	}
	return number(n) + " " + many
}

// count puts a number before the right word.
func count(n uint64, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return group(n) + " " + word + "s"
}

func percent(n, of uint64) string {
	if of == 0 {
		return ""
	}
	s := strconv.FormatFloat(100*float64(n)/float64(of), 'f', 1, 64)
	if s == "0.0" && n > 0 {
		s = "<0.1"
	}
	return strings.TrimSuffix(s, ".0") + "%"
}

func durationOf(seconds int64) time.Duration { return time.Duration(seconds) * time.Second }
