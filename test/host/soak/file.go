package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"time"
)

// file is the receiver of the output with Sink file: it reads what is appended, and rotates the file as logrotate does, by
// another name, so that the disk does not fill.
type file struct {
	path   string
	ledger *ledger

	mu      sync.Mutex
	turns   int
	reading []*tail // the oldest first; the last is what path led to at the last look
}

// tail is one of the files, read up to some byte.
type tail struct {
	f    *os.File
	rest []byte // a line that is not whole yet
}

// look reads what is new.
func (x *file) look() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.read()
}

func (x *file) read() error {
	if err := x.follow(); err != nil {
		return err
	}
	for _, t := range x.reading {
		if err := t.read(x.ledger); err != nil {
			return fmt.Errorf("file: %w", err)
		}
	}
	return nil
}

// follow opens the file that path leads to, if that is a new one.
func (x *file) follow() error {
	named, err := os.Stat(x.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil // the plugin will make it
	}
	if err != nil {
		return err
	}
	if n := len(x.reading); n > 0 {
		open, err := x.reading[n-1].f.Stat()
		if err != nil || os.SameFile(open, named) {
			return err
		}
	}
	f, err := os.Open(x.path)
	if err != nil {
		return err
	}
	x.reading = append(x.reading, &tail{f: f})
	return nil
}

// rotate gives the file another name. The plugin may still write to it for a moment.
func (x *file) rotate() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := x.read(); err != nil {
		return err
	}
	x.turns++
	err := os.Rename(x.path, fmt.Sprintf("%s.%d", x.path, x.turns))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// settle is for moments when nothing is written: all is read, lines are whole, and files of old are removed.
func (x *file) settle() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := x.read(); err != nil {
		return err
	}
	for _, t := range x.reading {
		if len(t.rest) > 0 {
			return fmt.Errorf("file: a line is not ended: %.300s", t.rest)
		}
		_ = t.f.Close()
	}
	x.reading = nil
	for ; x.turns > 0; x.turns-- {
		_ = os.Remove(fmt.Sprintf("%s.%d", x.path, x.turns))
	}
	if err := os.Remove(x.path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func (x *file) run(done <-chan struct{}, fail func(error)) {
	for {
		select {
		case <-done:
			return
		case <-time.After(20 * time.Millisecond):
		}
		if err := x.look(); err != nil {
			fail(err)
			return
		}
	}
}

// read hands whole lines to the ledger.
func (t *tail) read(l *ledger) error {
	fresh, err := io.ReadAll(t.f)
	if err != nil {
		return err
	}
	text := slices.Concat(t.rest, fresh)
	for {
		line, rest, whole := bytes.Cut(text, []byte{'\n'})
		if !whole {
			t.rest = bytes.Clone(text)
			return nil
		}
		text = rest
		if err := l.arrived(line); err != nil {
			return err
		}
	}
}
