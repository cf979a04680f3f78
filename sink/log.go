package sink

import (
	"fmt"
	"time"

	"fluent-bit-entra-signin/internal/throttle"
)

// Level is the severity of a log line.
type Level uint8

// The levels of Fluent Bit's log that this package uses, with Fluent Bit's numbers.
const (
	LevelError Level = 1 + iota
	LevelWarn
	LevelInfo
)

// Log writes one line to the host's log. Several goroutines may call it at once.
type Log func(level Level, msg string)

// quietFor is the time between two lines about a subject. A receiver that is down for an hour must not fill the log.
const quietFor = 10 * time.Second

// A subject is what a line is about. Each subject is limited separately, so that many lines about one do not hide another.
type subject uint8

const (
	aboutRetry subject = iota
	aboutRefused
	aboutAccess
	aboutDeadLetters
	aboutRecovery
	subjects
)

type limitedLog struct {
	log   Log
	now   func() time.Time
	limit [subjects]*throttle.Limiter
}

func newLimitedLog(log Log) limitedLog {
	l := limitedLog{log: log, now: time.Now}
	for about := range l.limit {
		l.limit[about] = throttle.New(quietFor)
	}
	return l
}

func (l *limitedLog) printf(about subject, level Level, format string, args ...any) {
	held, ok := l.limit[about].Allow(l.now())
	if !ok {
		return
	}
	msg := fmt.Sprintf(format, args...)
	if held > 0 {
		msg += fmt.Sprintf(" (and %d more such lines since the last)", held)
	}
	l.log(level, msg)
}
