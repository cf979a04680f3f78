package main

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"fluent-bit-entra-signin/internal/printable"
	"fluent-bit-entra-signin/sink"
)

// level is the urgency of a log line, with the numbers of Fluent Bit.
type level = sink.Level

const (
	levelError = sink.LevelError
	levelWarn  = sink.LevelWarn
	levelInfo  = sink.LevelInfo
)

// A line is one line for the host's log.
type line struct {
	level level
	text  string
}

// maxLines is the maximum number of waiting lines. An instance without traffic must not collect lines for ever.
const maxLines = 100

// lines holds the log lines of an instance until one of its callbacks ends. Fluent Bit's log must be called on Fluent Bit's own
// threads: on another thread, such as that of the watch, a line bypasses log_file. The zero value is empty. All methods may run
// concurrently.
type lines struct {
	waiting atomic.Int32 // len(list): a chunk without a line takes no lock
	mu      sync.Mutex
	list    []line
	lost    int
}

// maxLine is the maximum length of a line in bytes. An error may quote a value of any length.
const maxLine = 4 << 10

// oneLine makes a text fit for the log, which is read line by line and shown on terminals. Line breaks become "; ", and characters
// that are not printable become blanks.
func oneLine(text string) string {
	if strings.ContainsAny(text, "\r\n") {
		text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\r' || r == '\n' }), "; ")
	}
	if len(text) > maxLine {
		text = strings.ToValidUTF8(text[:maxLine], "") + "..."
	}
	return printable.Text(text)
}

// add formats a line.
func (l *lines) add(lv level, format string, args ...any) {
	text := oneLine(fmt.Sprintf(format, args...))
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.list) >= maxLines {
		l.lost++
		return
	}
	l.list = append(l.list, line{lv, text})
	l.waiting.Store(int32(len(l.list)))
}

// drain calls say with the waiting lines, in order.
func (l *lines) drain(say func(level, string)) {
	if l.waiting.Load() == 0 {
		return
	}
	l.mu.Lock()
	list, lost := l.list, l.lost
	l.list, l.lost = nil, 0
	l.waiting.Store(0)
	l.mu.Unlock()
	for _, one := range list {
		say(one.level, one.text)
	}
	if lost > 0 {
		say(levelWarn, fmt.Sprintf("%d more lines are left out", lost))
	}
}
