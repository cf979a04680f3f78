// Command show shows enriched records to a person. It reads records from stdin, one a line, as make run gets them from
// the plugin, and writes them to stdout: whole, or at a terminal one line each, with the appended fields in sight. A table of
// the codes follows on stderr.
//
// It reads the fields description, severity, code and action. A record without severity and code is no sign-in.
package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"fluent-bit-entra-signin/internal/terminal"
)

// A screen is a stream that a person may look at. Columns and lines are 0 if it is no terminal.
type screen struct {
	io.Writer
	columns, lines int
	paint          terminal.Painter
}

func screenOf(f *os.File) screen {
	columns, lines := terminal.Size(f)
	return screen{f, columns, lines, terminal.NewPainter(columns > 0, os.Getenv)}
}

func main() {
	if err := show(os.Stdin, screenOf(os.Stdout), screenOf(os.Stderr)); err != nil {
		fmt.Fprintln(os.Stderr, "show:", err)
		os.Exit(1)
	}
}

// show copies records from in to records and writes the table of their codes to codes.
func show(in io.Reader, records, codes screen) error {
	var (
		lines = bufio.NewReader(in)
		out   = bufio.NewWriter(records)
		seen  = make(table)
	)
	for {
		line, err := lines.ReadBytes('\n')
		if line = bytes.TrimRight(line, "\r\n"); len(line) > 0 {
			e := entryOf(line)
			if e != nil {
				seen.count(*e)
			}
			if records.columns > 0 {
				line = []byte(e.shorten(string(line), records.columns, records.paint))
			}
			_, _ = out.Write(append(line, '\n')) // Flush reports an error
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return seen.write(codes)
}
