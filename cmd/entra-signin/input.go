package main

import (
	"errors"
	"io"
	"os"
)

// stdin is the name of standard input among files.
const stdin = "-"

// open opens a file for reading.
func (a *app) open(name string) (io.ReadCloser, error) {
	if name == stdin {
		return io.NopCloser(a.in), nil
	}
	return os.Open(name)
}

// plain drops operation and path from an error, where the line that tells it names the file already.
func plain(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
