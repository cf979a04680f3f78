package main

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
)

// guard recovers from a panic. Every function that is exported to C defers guard, because a panic that leaves such a function ends
// the host. fault undoes what was begun and logs text, which describes the panic in one line.
func guard(fault func(text string)) {
	if p := recover(); p != nil {
		fault(panicText(p))
	}
}

// faultLine is the log line of a panic.
func faultLine(text string) string { return "fault in the plugin: " + text }

// panicText describes a recovered panic in one line, with its place in the code. It must be called while the deferred function
// runs, because the stack of the panic is gone afterwards.
func panicText(value any) string {
	callers := make([]uintptr, 64)
	frames := runtime.CallersFrames(callers[:runtime.Callers(2, callers)])
	panicking := false
	for {
		f, more := frames.Next()
		switch {
		case f.Function == "runtime.gopanic" || f.Function == "runtime.sigpanic":
			panicking = true
		case panicking && !strings.HasPrefix(f.Function, "runtime."):
			return fmt.Sprintf("%s (%s, %s:%d)", oneLine(fmt.Sprint(value)), f.Function, filepath.Base(f.File), f.Line)
		}
		if !more {
			return oneLine(fmt.Sprint(value))
		}
	}
}
