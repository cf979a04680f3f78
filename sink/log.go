package sink

import (
	"fmt"
	"sync"
	"time"
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
	log Log
	now func() time.Time

	mu   sync.Mutex
	last [subjects]struct {
		at   time.Time
		held int
	}
}

func (l *limitedLog) printf(about subject, level Level, format string, args ...any) {
	l.mu.Lock()
	last := &l.last[about]
	if now := l.now(); last.at.IsZero() || now.Sub(last.at) >= quietFor {
		last.at = now
	} else {
		last.held++
		l.mu.Unlock()
		return
	}
	held := last.held
	last.held = 0
	l.mu.Unlock()

	msg := fmt.Sprintf(format, args...)
	if held > 0 {
		msg += fmt.Sprintf(" (and %d lines like this since the last)", held)
	}
	l.log(level, msg)
}
