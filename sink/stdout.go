package sink

import (
	"bytes"
	"fmt"
	"os"
	"sync"
	"syscall"

	"fluent-bit-entra-signin/internal/option"
)

// Stdout prints lines to the standard output.
const Stdout = "stdout"

var stdoutProtocol = protocol{
	name:    Stdout,
	formats: lineFormats,
	openWriter: func(*Options) (lineWriter, error) {
		w, err := duplicate(syscall.Stdout)
		if err != nil {
			return nil, &option.Error{Option: "Sink", Value: Stdout, Err: err}
		}
		return w, nil
	},
}

// stdoutLock is shared by all instances, like the standard output.
var stdoutLock sync.Mutex

// stdoutWriter writes to a duplicate of the descriptor. Package os ends the process when a write to descriptor 1 itself finds
// the pipe closed (see os/signal, SIGPIPE); a write to the duplicate returns an error.
type stdoutWriter struct {
	f    *os.File
	torn bool // the last write ended within a line
}

func duplicate(fd int) (*stdoutWriter, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	fd, err := syscall.Dup(fd)
	if err != nil {
		return nil, fmt.Errorf("standard output: %w", err)
	}
	syscall.CloseOnExec(fd)
	return &stdoutWriter{f: os.NewFile(uintptr(fd), "stdout")}, nil
}

// write writes all lines at once. If the write ends within a line, the next write begins with a line break, because what was
// printed cannot be taken back.
func (w *stdoutWriter) write(lines []byte) (kept int, err error) {
	stdoutLock.Lock()
	defer stdoutLock.Unlock()
	if w.torn {
		if _, err := w.f.Write([]byte{'\n'}); err != nil {
			return 0, fmt.Errorf("standard output: %w", err)
		}
		w.torn = false
	}
	n, err := w.f.Write(lines)
	if err == nil {
		return n, nil
	}
	kept = bytes.LastIndexByte(lines[:n], '\n') + 1
	w.torn = kept < n
	return kept, fmt.Errorf("standard output: %w", err)
}

func (w *stdoutWriter) close() error { return w.f.Close() }
