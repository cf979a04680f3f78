package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
)

// stdin is the name of standard input among files.
const stdin = "-"

// ahead is how much is read ahead of gzip. Larger reads go past it.
const ahead = 64 << 10

// open opens a file for reading.
func (a *app) open(name string) (io.ReadCloser, error) {
	if name == stdin {
		return io.NopCloser(a.in), nil
	}
	return os.Open(name)
}

// unpack returns the text of a stream that may be compressed, and may begin with a byte order mark. What is no text has an
// error that says what to do.
func unpack(r io.Reader) (*bufio.Reader, error) {
	text := bufio.NewReaderSize(r, ahead)
	if magic, err := text.Peek(2); err == nil && bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		unzipped, err := gzip.NewReader(text)
		if err != nil {
			return nil, fmt.Errorf("damaged gzip: %w", err)
		}
		text = bufio.NewReaderSize(unzipped, ahead)
	}
	mark, err := text.Peek(3)
	switch {
	case bytes.HasPrefix(mark, utf16LE) || bytes.HasPrefix(mark, utf16BE):
		return nil, errors.New("the text is UTF-16: convert it to UTF-8, for example with iconv -f UTF-16 -t UTF-8")
	case bytes.Equal(mark, []byte{0xef, 0xbb, 0xbf}):
		_, _ = text.Discard(3) // they have just been seen
	case err != nil && !errors.Is(err, io.EOF):
		return nil, err
	}
	return text, nil
}

// unpackJSON is unpack for a stream of records. It looks at what the first read brought, and does not wait for more: records
// that come one by one go out one by one.
func unpackJSON(r io.Reader) (io.Reader, error) {
	text, err := unpack(r)
	if err != nil {
		return nil, err
	}
	start, _ := text.Peek(text.Buffered()) // of what is in the buffer: this cannot fail
	return text, notJSON(start)
}

// Byte order marks.
var (
	utf16LE = []byte{0xff, 0xfe}
	utf16BE = []byte{0xfe, 0xff}
)

// hook is called before every read of a stream.
type hook struct {
	io.Reader
	before func() error
	after  func(n int)
}

func (h *hook) Read(p []byte) (int, error) {
	if err := h.before(); err != nil {
		return 0, err
	}
	n, err := h.Reader.Read(p)
	h.after(n)
	return n, err
}

// plain drops operation and path from an error, where the line that tells it names the file already.
func plain(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
