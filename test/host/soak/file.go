package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// A file is the receiver of the output with Sink file. It rotates the file as logrotate does, by another name, and reads all of it
// when nothing is written.
type file struct {
	path   string
	ledger *ledger

	mu    sync.Mutex
	turns int
}

// rotate gives the file another name. The plugin may still write to it for a moment.
func (x *file) rotate() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.turns++
	err := os.Rename(x.path, x.turned(x.turns))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

func (x *file) turned(n int) string { return fmt.Sprintf("%s.%d", x.path, n) }

// settle reads and removes the file and those with other names, whose lines must be whole. Nothing may be written meanwhile.
func (x *file) settle() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	for ; x.turns > 0; x.turns-- {
		if err := x.read(x.turned(x.turns)); err != nil {
			return err
		}
	}
	return x.read(x.path)
}

// read hands the lines of a file to the ledger and removes the file, if it is there.
func (x *file) read(name string) error {
	f, err := os.Open(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	for lines := bufio.NewReader(f); ; {
		line, err := lines.ReadBytes('\n')
		switch {
		case errors.Is(err, io.EOF) && len(line) > 0:
			return fmt.Errorf("file: a line is not ended: %.300s", line)
		case errors.Is(err, io.EOF):
			return os.Remove(name)
		case err != nil:
			return err
		}
		if err := x.ledger.arrived(line[:len(line)-1]); err != nil {
			return fmt.Errorf("file: %w", err)
		}
	}
}
