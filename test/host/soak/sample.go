package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"

	"fluent-bit-entra-signin/test/host"
)

// A sample is what the process of the host holds at a moment.
type sample struct {
	at         time.Duration
	resident   int // kB
	blocks     int // of the heap of C
	bytes      int
	threads    int
	files      int
	goroutines int // of the plugin
	heap       int // kB that the plugin has allocated in Go
}

// take looks at the process, and asks the plugin at the address of its metrics.
func take(h *host.Host, address string, at time.Duration) (s sample, err error) {
	held, err := h.Stat()
	if err != nil {
		return s, err
	}
	s = sample{at: at, blocks: held.Blocks, bytes: held.Bytes, threads: held.Threads, files: held.Files}
	if s.resident, err = resident(h.Pid()); err != nil {
		return s, err
	}
	s.goroutines, s.heap, err = scrape(address)
	s.heap /= 1024
	return s, err
}

// resident is the memory of a process in kB.
func resident(pid int) (int, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range bytes.Lines(status) {
		if text, ok := bytes.CutPrefix(line, []byte("VmRSS:")); ok {
			return strconv.Atoi(string(bytes.Fields(text)[0]))
		}
	}
	return 0, fmt.Errorf("process %d has no VmRSS", pid)
}
