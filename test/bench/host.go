package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// host is the Fluent Bit that runs the pipelines.
type host struct {
	program string
	dir     string
	env     []string

	receiver *receiver
	records  int // how many the receiver must get
}

// usage is what one run of a process took.
type usage struct {
	cpu time.Duration // user and system
	rss int64         // peak, in kB
	// wall is the time from the start of the process to the answer to its last records. Fluent Bit looks once a second whether it may end,
	// so its own end tells less. Without a receiver it is the time to the end of the process.
	wall time.Duration
}

// patience ends a run that hangs. The slowest take seconds.
const patience = 10 * time.Minute

// run runs a pipeline to its end. What it writes to stdout goes to out.
func (h *host) run(ctx context.Context, l pipeline, output string, out io.Writer) (usage, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var log bytes.Buffer
	cmd := exec.CommandContext(ctx, h.program, "-c", h.configFile(l, output)) //nolint:gosec // the user's own program
	cmd.Env = append(os.Environ(), h.env...)
	cmd.Stdout, cmd.Stderr = out, &log
	began := time.Now()
	if err := cmd.Run(); err != nil {
		return usage{}, fmt.Errorf("%s: %w\n%s", l.name, err, log.String())
	}
	if line := trouble(log.String()); line != "" {
		return usage{}, fmt.Errorf("%s: the log says: %s", l.name, line)
	}
	wall := time.Since(began)
	if l.output != nil {
		n, last, err := h.receiver.taken(ctx)
		if err != nil || n != h.records {
			return usage{}, errors.Join(err, fmt.Errorf("%s: %d of %d records arrived", l.name, n, h.records))
		}
		wall = last.Sub(began)
	}
	u := usageOf(cmd.ProcessState)
	u.wall = wall
	// Linux starts the peak of a process at that of its parent, whose memory it shares until it is Fluent Bit.
	var self syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &self); err != nil {
		return usage{}, err
	}
	if u.rss <= self.Maxrss {
		return usage{}, fmt.Errorf("%s: its peak of memory, %d kB, is hidden behind the %d kB of the bench itself", l.name, u.rss, self.Maxrss)
	}
	return u, nil
}

func usageOf(s *os.ProcessState) usage {
	u := usage{cpu: s.UserTime() + s.SystemTime()}
	if r, ok := s.SysUsage().(*syscall.Rusage); ok {
		u.rss = r.Maxrss
	}
	return u
}

// trouble returns the first warning or error in a log, but for what Fluent Bit says at every end.
func trouble(log string) string {
	for line := range strings.Lines(log) {
		if strings.Contains(line, "service will shutdown in max") {
			continue
		}
		if strings.Contains(line, "[ warn]") || strings.Contains(line, "[error]") {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

var versionText = regexp.MustCompile(`v(\d+\.\d+\.\d+\S*)`)

func versionOf(ctx context.Context, program string) (string, error) {
	out, err := exec.CommandContext(ctx, program, "--version").Output()
	if err != nil {
		return "", fmt.Errorf("%s --version: %w", program, err)
	}
	m := versionText.FindSubmatch(out)
	if m == nil {
		return "", fmt.Errorf("%s --version says no version: %q", program, out)
	}
	return string(m[1]), nil
}
