// Command pipeline runs records through the built plugin without a Fluent Bit: each line of a file becomes an event, passes
// the plugin as a filter and then as an output with Sink stdout, in the bundled host of package host. make run uses it where
// there is no Fluent Bit.
//
//	pipeline SO FILE [NAME=VALUE …]    options of the filter
//
// Enriched records come out on stdout. The last line on stderr says who ran and what was seen.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fluent-bit-entra-signin/test/host"
)

// chunkSize is about what Fluent Bit hands to a filter at a time.
const chunkSize = 2 << 20

const tag = "entra.signin"

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: pipeline SO FILE [NAME=VALUE ...]")
		os.Exit(2)
	}
	so, err := filepath.Abs(os.Args[1])
	if err == nil {
		err = run(so, os.Args[2], os.Args[3:], os.Stdout, os.Stderr)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "pipeline:", err)
		os.Exit(1)
	}
}

func run(so, file string, options []string, stdout, stderr io.Writer) (err error) {
	records, err := os.Open(file) //nolint:gosec // the file that the user names
	if err != nil {
		return err
	}
	defer records.Close()

	dir, err := os.MkdirTemp("", "entra-host-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program, err := host.BuildHost(dir, host.V511)
	if err != nil {
		return err
	}
	h, err := host.Start(program, host.Options{Stdout: stdout})
	if err != nil {
		return err
	}
	err = drive(h, so, records, options)
	if closeErr := h.Close(); err == nil {
		err = closeErr
	}
	counts := ""
	for _, l := range h.Log() {
		if strings.HasPrefix(l.Text, "[filter:") {
			if _, after, ok := strings.Cut(l.Text, "] records="); ok {
				counts = "records=" + after
				continue
			}
		}
		if l.Level <= host.Warn || err != nil {
			fmt.Fprintln(stderr, l.Text)
		}
	}
	if err != nil {
		return errors.Join(err, errors.New(h.Stderr()))
	}
	fmt.Fprintln(stderr, "host=bundled", counts)
	return nil
}

// pipe is a filter and the output behind it.
type pipe struct {
	filter *host.Filter
	output *host.Output
}

func drive(h *host.Host, so string, records io.Reader, options []string) error {
	filters, err := h.LoadFilter(so)
	if err != nil {
		return err
	}
	outputs, err := h.LoadOutput(host.OutputOf(so))
	if err != nil {
		return err
	}
	var p pipe
	if p.filter, err = filters.New(options...); err != nil {
		return err
	}
	if p.output, err = outputs.New("Sink=stdout"); err != nil {
		return err
	}
	if err := p.lines(records); err != nil {
		return err
	}
	// The order of Fluent Bit: filters end before outputs.
	return errors.Join(p.filter.Exit(), p.output.Exit(), outputs.Unload(), filters.Unload())
}

// lines makes chunks of lines and sends each on its way.
func (p *pipe) lines(r io.Reader) error {
	in := bufio.NewReader(r)
	var chunk, body []byte
	for {
		line, err := in.ReadBytes('\n')
		if line = []byte(strings.TrimRight(string(line), "\r\n")); len(line) > 0 {
			now := time.Now()
			body = host.AppendLine(body[:0], line)
			chunk = host.AppendEvent(chunk, uint32(now.Unix()), uint32(now.Nanosecond()), body)
		}
		if len(chunk) > chunkSize || err != nil && len(chunk) > 0 {
			if err := p.send(chunk); err != nil {
				return err
			}
			chunk = chunk[:0]
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (p *pipe) send(chunk []byte) error {
	enriched, _, err := p.filter.Run(tag, chunk)
	if err != nil || len(enriched) == 0 {
		return err
	}
	answer, err := p.output.Flush(tag, enriched)
	if err == nil && answer != host.AnswerOK {
		err = fmt.Errorf("the output answered %d", answer)
	}
	return err
}
