package sink

import (
	"fmt"
	"time"

	"fluent-bit-entra-signin/internal/throttle"
)

// Level says how urgent a log line is.
type Level uint8

// The levels of Fluent Bit's log.
const (
	LevelError Level = iota
	LevelWarn
	LevelInfo
)

// Log takes one line for the host's log. It may be called from several goroutines at once.
type Log func(level Level, msg string)

// quietFor is how long a subject stays quiet after a line: a receiver that is down for an hour must not fill the disk with
// the news.
const quietFor = 10 * time.Second

// subject is what a line is about. Each is limited by itself, so that a flood of one does not hide another.
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
		msg += fmt.Sprintf(" (and %d lines like this since the last)", held)
	}
	l.log(level, msg)
}
