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

// stdoutLock is one for the process, as the standard output is: several instances share it.
var stdoutLock sync.Mutex

// stdoutWriter writes to a duplicate of the descriptor, because package os ends the process when a write to
// descriptor 1 itself finds its pipe closed. Here that is an error like another, and the host goes on.
type stdoutWriter struct {
	f    *os.File
	torn bool
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

// write is one write of all the lines. If it ends half way through a line, the next write starts a new one: what was printed
// cannot be taken back.
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
