package sink

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestLimitedLog(t *testing.T) {
	now := time.Unix(1000, 0)
	var lines []string
	l := newLimitedLog(func(level Level, msg string) { lines = append(lines, string(rune('0'+level))+" "+msg) })
	l.now = func() time.Time { return now }
	l.printf(aboutRetry, LevelWarn, "line %d", 1)
	l.printf(aboutRetry, LevelWarn, "line %d", 2)
	l.printf(aboutRefused, LevelError, "another subject")
	now = now.Add(quietFor - 1)
	l.printf(aboutRetry, LevelWarn, "line %d", 3)
	now = now.Add(1)
	l.printf(aboutRetry, LevelWarn, "line %d", 4)
	now = now.Add(quietFor)
	l.printf(aboutRetry, LevelWarn, "line %d", 5)
	assert.Equal(t, []string{
		"2 line 1",
		"1 another subject",
		"2 line 4 (and 2 more such lines since the last)",
		"2 line 5",
	}, lines)
}
