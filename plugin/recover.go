package main

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
)

// panicText describes a recovered panic in one line, with the place in our code. It must be called by the deferred
// function itself or by something that it calls, as long as the stack of the panic is there.
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
			return fmt.Sprintf("%v (%s, %s:%d)", value, f.Function, filepath.Base(f.File), f.Line)
		}
		if !more {
			return fmt.Sprint(value)
		}
	}
}
