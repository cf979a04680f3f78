package standin

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// FluentBit returns the program to run, from FLUENT_BIT or PATH, or why it is of no use here.
func FluentBit() (program string, err error) {
	if program = os.Getenv("FLUENT_BIT"); program == "" {
		if program, err = exec.LookPath("fluent-bit"); err != nil {
			return "", errors.New("no fluent-bit on PATH and FLUENT_BIT is not set")
		}
	}
	help, err := exec.Command(program, "-h").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s -h: %w", program, err)
	}
	if !bytes.Contains(help, []byte("Kafka consumer input plugin")) || !bytes.Contains(help, []byte("FLB_HAVE_KAFKA_SASL")) {
		return "", fmt.Errorf("%s was built without the kafka input or without SASL", program)
	}
	return program, nil
}

// A Process is a running Fluent Bit.
type Process struct {
	Dir string // its working directory, with its configuration

	cmd  *exec.Cmd
	out  buffer
	done chan struct{}
	err  error
}

// StartFluentBit runs Fluent Bit in a directory with a configuration file in it and with additions to the environment. What it writes
// goes to out, which may be a file, or else is kept for Output.
func StartFluentBit(program, dir, config string, out *os.File, env ...string) (*Process, error) {
	p := &Process{Dir: dir, cmd: exec.Command(program, "-c", filepath.Join(dir, config)), done: make(chan struct{})} //nolint:gosec // the user's own program
	p.cmd.Dir = dir
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.out
	if out != nil {
		p.cmd.Stdout, p.cmd.Stderr = out, out
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start Fluent Bit: %w", err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// Signal sends a signal.
func (p *Process) Signal(s os.Signal) { _ = p.cmd.Process.Signal(s) }

// Wait waits until the process has ended and returns what it ended with.
func (p *Process) Wait(most time.Duration) error {
	select {
	case <-p.done:
		return p.err
	case <-time.After(most):
		return fmt.Errorf("Fluent Bit did not end within %s", most) //nolint:revive,staticcheck // a name
	}
}

// Running reports whether the process has not ended.
func (p *Process) Running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// Kill ends the process at once, as a crash or the kernel's OOM killer does, and waits for its end.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

// CPU is the processor time that the process has used, user and system, once it has ended.
func (p *Process) CPU() time.Duration {
	return p.cmd.ProcessState.UserTime() + p.cmd.ProcessState.SystemTime()
}

// Output is what the process wrote to stdout and stderr so far.
func (p *Process) Output() string { return p.out.String() }

// A buffer is a bytes.Buffer that one goroutine writes while others read.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
