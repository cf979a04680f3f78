package host

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// timeout is how long one request may take. A host hangs if it enters Go after a fork, for example; that is a failure.
const timeout = 60 * time.Second

// ErrEnded is the error of a request to a program that has ended.
var ErrEnded = errors.New("the host has ended")

// A Host is a running program.
type Host struct {
	cmd    *exec.Cmd
	in     *os.File
	writeM sync.Mutex

	mu      sync.Mutex
	next    int
	waiting map[int]chan [][]byte // nil once the program has ended
	log     []Line
	ended   chan struct{}
	exit    error
	stderr  tail
}

// A Line is one line of the host's log.
type Line struct {
	Level Level
	Text  string
}

// A Level is the severity of a line.
type Level int

// Levels of the host's log.
const (
	Error Level = 1
	Warn  Level = 2
	Info  Level = 3
	Debug Level = 4
)

// Options of Start.
type Options struct {
	Env     []string  // added to the environment
	Stdout  io.Writer // where the program's own output goes; nil: nowhere
	Wrapper []string  // a command that runs the program, such as valgrind
}

// Start runs the program.
func Start(program string, o Options) (*Host, error) {
	requests, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	out, answers, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	args := append(append([]string(nil), o.Wrapper...), program)
	cmd := exec.Command(args[0], args[1:]...) //nolint:gosec // what BuildHost built
	h := &Host{cmd: cmd, in: in, waiting: make(map[int]chan [][]byte), ended: make(chan struct{})}
	h.cmd.Env = append(os.Environ(), o.Env...)
	h.cmd.Stdout = o.Stdout
	h.cmd.Stderr = &h.stderr
	h.cmd.ExtraFiles = []*os.File{requests, answers}
	err = h.cmd.Start()
	_, _ = requests.Close(), answers.Close()
	if err != nil {
		return nil, err
	}
	go h.read(out)
	return h, nil
}

// read hands answers to the waiting callers until the program ends.
func (h *Host) read(out *os.File) {
	r := bufio.NewReader(out)
	for {
		parts, err := readFrame(r)
		if err != nil {
			break
		}
		id, _ := strconv.Atoi(string(parts[0]))
		h.mu.Lock()
		if id == 0 {
			level, _ := strconv.Atoi(string(parts[2]))
			h.log = append(h.log, Line{Level(level), string(parts[3])})
		} else if c := h.waiting[id]; c != nil {
			delete(h.waiting, id)
			c <- parts[1:]
		}
		h.mu.Unlock()
	}
	_ = out.Close()
	err := h.cmd.Wait()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.exit = err
	for _, c := range h.waiting {
		close(c)
	}
	h.waiting = nil
	close(h.ended)
}

// call sends a request and waits for its answer.
func (h *Host) call(thread int, command string, args ...[]byte) ([][]byte, error) {
	answer := make(chan [][]byte, 1)
	h.mu.Lock()
	if h.waiting == nil {
		h.mu.Unlock()
		return nil, h.endedErr()
	}
	h.next++
	id := h.next
	h.waiting[id] = answer
	h.mu.Unlock()

	frame := appendFrame(nil, append([][]byte{number(id), number(thread), []byte(command)}, args...))
	h.writeM.Lock()
	_, err := h.in.Write(frame)
	h.writeM.Unlock()
	if err != nil {
		<-h.ended
		return nil, h.endedErr()
	}
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case parts, ok := <-answer:
		switch {
		case !ok:
			return nil, h.endedErr()
		case string(parts[0]) != "ok":
			return nil, fmt.Errorf("%s: %s", command, parts[1])
		}
		return parts[1:], nil
	case <-timer.C:
		return nil, fmt.Errorf("%s: no answer within %v; the threads of the host:\n%s", command, timeout, h.threads())
	}
}

// threads tells what each thread of the program is doing, with the calls on its stack where there is a debugger: a hang that happens
// once in many runs has to explain itself.
func (h *Host) threads() string {
	var b strings.Builder
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", h.Pid()))
	for _, task := range tasks {
		fmt.Fprint(&b, filepath.Base(task))
		for _, file := range []string{"comm", "stat", "wchan", "syscall"} {
			text, _ := os.ReadFile(filepath.Join(task, file))
			fmt.Fprintf(&b, " %s", bytes.TrimSpace(text))
		}
		b.WriteByte('\n')
	}
	ctx, stop := context.WithTimeout(context.Background(), timeout)
	defer stop()
	out, _ := exec.CommandContext(ctx, "gdb", "-p", strconv.Itoa(h.Pid()), "-batch", "-ex", "thread apply all backtrace 20").CombinedOutput() //nolint:gosec // our own arguments
	return b.String() + string(out)
}

func (h *Host) endedErr() error {
	return fmt.Errorf("%w: %s\n%s", ErrEnded, h.cmd.ProcessState, h.Stderr())
}

func number(n int) []byte { return strconv.AppendInt(nil, int64(n), 10) }

func integer(b []byte) int {
	n, _ := strconv.Atoi(string(b))
	return n
}

// Log returns the lines that the plugin has logged so far. It includes the lines of every request that has returned.
func (h *Host) Log() []Line {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]Line(nil), h.log...)
}

// TakeLog returns the lines since the last TakeLog and forgets them, so that a run of hours does not keep them all.
func (h *Host) TakeLog() []Line {
	h.mu.Lock()
	defer h.mu.Unlock()
	taken := h.log
	h.log = nil
	return taken
}

// Logged returns the lines that contain text.
func (h *Host) Logged(text string) []Line {
	var found []Line
	for _, l := range h.Log() {
		if strings.Contains(l.Text, text) {
			found = append(found, l)
		}
	}
	return found
}

// Stderr returns the end of the program's standard error: a crash of Go, or a report of a sanitizer.
func (h *Host) Stderr() string { return h.stderr.String() }

// Pid returns the number of the process.
func (h *Host) Pid() int { return h.cmd.Process.Pid }

// Signal sends a signal to the program.
func (h *Host) Signal(s syscall.Signal) error { return h.cmd.Process.Signal(s) }

// Fork turns the program into a daemon: it goes on in a child, in which only the main thread is left.
func (h *Host) Fork() error {
	_, err := h.call(0, "fork")
	return err
}

// Handler returns who handles a signal in the program, "host" or "other", and whether the handler runs on the signal stack.
func (h *Host) Handler(s syscall.Signal) (owner string, onStack bool, err error) {
	r, err := h.call(0, "handlers", number(int(s)))
	if err != nil {
		return "", false, err
	}
	return string(r[0]), string(r[1]) == "1", nil
}

// A Stat is what the program holds.
type Stat struct{ Threads, Files, Blocks, Bytes int }

// Stat counts threads, open files, and blocks and bytes on the heap of C.
func (h *Host) Stat() (Stat, error) {
	r, err := h.call(0, "stat")
	if err != nil {
		return Stat{}, err
	}
	return Stat{integer(r[0]), integer(r[1]), integer(r[2]), integer(r[3])}, nil
}

// Close ends the program and returns its exit status as an error if it is not 0.
func (h *Host) Close() error {
	_ = h.in.Close()
	select {
	case <-h.ended:
	case <-time.After(timeout):
		_ = h.cmd.Process.Kill()
		<-h.ended
	}
	return h.exit
}

// tail keeps the last bytes written to it.
type tail struct {
	mu sync.Mutex
	b  bytes.Buffer
}

const tailSize = 64 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b.Write(p)
	if over := t.b.Len() - tailSize; over > 0 {
		t.b.Next(over)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.String()
}
