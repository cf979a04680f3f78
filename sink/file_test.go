package sink

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func openFile(t *testing.T, path string, set map[string]string) (*Delivery, *logged) {
	t.Helper()
	all := map[string]string{"Sink": File, "Path": path}
	for name, value := range set {
		all[name] = value
	}
	l := &logged{}
	return open(t, all, l.log), l
}

func TestFile(t *testing.T) {
	for name, set := range map[string]map[string]string{
		"json":   {"Fsync": "on"},
		"logfmt": {"Line_Format": "logfmt"},
	} {
		path := filepath.Join(t.TempDir(), "out")
		d, _ := openFile(t, path, set)
		c := &Chunk{Records: []Record{
			{Sec: 1, Body: pack(pairs{"a", "x y"})},
			{Sec: 2, Body: []byte{0xc1}},
			{Sec: 3, Body: pack(pairs{"b", 1})},
		}}
		v := d.Deliver(t.Context(), c)
		assert.Equal(t, Verdict{Delivered: 2, Refused: 1}, v)
		want := map[string][]string{
			"json":   {`{"@timestamp":"1970-01-01T00:00:01.000000000Z","a":"x y"}`, `{"@timestamp":"1970-01-01T00:00:03.000000000Z","b":1}`},
			"logfmt": {`@timestamp=1970-01-01T00:00:01.000000000Z a="x y"`, `@timestamp=1970-01-01T00:00:03.000000000Z b=1`},
		}
		assert.Equal(t, want[name], fileLines(t, path))
		info, err := os.Stat(path)
		require.NoError(t, err)
		assert.Zero(t, info.Mode().Perm()&0o007, "sign-ins are nobody else's business")
	}
}

// TestFileRotation renames the file under the feet of two instances with two workers each.
func TestFileRotation(t *testing.T) {
	const rounds, workers, size = 60, 2, 20
	dir := t.TempDir()
	path := filepath.Join(dir, "out")
	chunks := signIns(2*workers*rounds*size, size)
	var all sync.WaitGroup
	for instance := range 2 {
		d, _ := openFile(t, path, nil)
		for worker := range workers {
			mine := chunks[(instance*workers+worker)*rounds:][:rounds]
			all.Go(func() {
				for _, c := range mine {
					for d.Deliver(context.Background(), c).Answer != OK {
						runtime.Gosched()
					}
				}
			})
		}
	}
	stop := make(chan struct{})
	rotated := make(chan int)
	go func() {
		n := 0
		for ; ; n++ {
			select {
			case <-stop:
				rotated <- n
				return
			default:
			}
			if err := os.Rename(path, fmt.Sprintf("%s.%d", path, n)); errors.Is(err, os.ErrNotExist) {
				n-- // nobody wrote since the last rotation
			}
		}
	}()
	all.Wait()
	close(stop)
	assert.Positive(t, <-rotated)

	files, err := filepath.Glob(path + "*")
	require.NoError(t, err)
	var lines []string
	for _, file := range files {
		lines = append(lines, fileLines(t, file)...)
	}
	seen := map[int]bool{}
	for _, n := range numbers(t, lines) {
		assert.False(t, seen[n], "record %d is there twice", n)
		seen[n] = true
	}
	assert.Len(t, seen, 2*workers*rounds*size)
}

func TestFileTruncatedByRotation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	d, _ := openFile(t, path, nil)
	chunks := signIns(4, 2)
	require.Equal(t, OK, d.Deliver(t.Context(), chunks[0]).Answer)
	require.NoError(t, os.Truncate(path, 0)) // logrotate's copytruncate
	require.Equal(t, OK, d.Deliver(t.Context(), chunks[1]).Answer)
	assert.Equal(t, []int{2, 3}, numbers(t, fileLines(t, path)))
}

func TestFileThatCannotBeWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dir", "out")
	require.NoError(t, os.Mkdir(filepath.Dir(path), 0o700))
	d, l := openFile(t, path, nil)
	chunks := signIns(4, 2)
	require.Equal(t, OK, d.Deliver(t.Context(), chunks[0]).Answer)

	// The path leads to a directory: even root cannot write there.
	require.NoError(t, os.Rename(path, path+".1"))
	require.NoError(t, os.Mkdir(path, 0o700))
	v := d.Deliver(t.Context(), chunks[1])
	assert.Equal(t, Retry, v.Answer)
	assert.Contains(t, v.Reason, "not a regular file")
	assert.Contains(t, l.String(), path)

	// The directory itself is gone.
	require.NoError(t, os.RemoveAll(filepath.Dir(path)))
	assert.Equal(t, Retry, d.Deliver(t.Context(), chunks[1]).Answer)

	require.NoError(t, os.Mkdir(filepath.Dir(path), 0o700))
	assert.Equal(t, OK, d.Deliver(t.Context(), chunks[1]).Answer)
	assert.Equal(t, []int{2, 3}, numbers(t, fileLines(t, path)))
}

func TestFileWithoutPermission(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write anywhere")
	}
	path := filepath.Join(t.TempDir(), "out")
	d, _ := openFile(t, path, nil)
	require.NoError(t, os.Rename(path, path+".1"))
	require.NoError(t, os.WriteFile(path, nil, 0o400))
	v := d.Deliver(t.Context(), signIns(1, 1)[0])
	assert.Equal(t, Retry, v.Answer)
	assert.Contains(t, v.Reason, "permission denied")
}

func TestFileMendsATornLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	require.NoError(t, os.WriteFile(path, []byte("whole\n{\"torn\":"), 0o600))
	d, _ := openFile(t, path, nil)
	require.Equal(t, OK, d.Deliver(t.Context(), signIns(1, 1)[0]).Answer)
	lines := fileLines(t, path)
	require.Len(t, lines, 3)
	assert.Equal(t, `{"torn":`, lines[1])
	assert.Equal(t, []int{0}, numbers(t, lines[2:]))
}

func TestFileStoppedBeforeWriting(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	d, _ := openFile(t, path, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	assert.Equal(t, Verdict{Answer: Retry, Left: 1, Reason: "stopped before writing"}, d.Deliver(ctx, signIns(1, 1)[0]))
	assert.Empty(t, fileLines(t, path))
}

// hold keeps a lock on a file as another program would, and returns what ends it.
func hold(t *testing.T, path string, how int) (release func()) {
	t.Helper()
	other, err := os.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { _ = other.Close() })
	require.NoError(t, syscall.Flock(int(other.Fd()), how))
	return func() { require.NoError(t, syscall.Flock(int(other.Fd()), syscall.LOCK_UN)) }
}

func lockOf(path string) string {
	lock := newLockFile(path)
	return lock.path
}

// TestFileLockedByAReader is about somebody who may only read the file and holds a lock on it for ever.
func TestFileLockedByAReader(t *testing.T) {
	dir := t.TempDir()
	path, dead := filepath.Join(dir, "out"), filepath.Join(dir, "dead")
	d, _ := openFile(t, path, map[string]string{"Dead_Letter_File": dead})
	for _, how := range []int{syscall.LOCK_SH, syscall.LOCK_EX} {
		release := hold(t, path, how)
		releaseDead := hold(t, dead, how)
		start := time.Now()
		c := &Chunk{Records: []Record{signIn(1), {Body: []byte{0xc1}}}}
		assert.Equal(t, Verdict{Delivered: 1, Refused: 1}, d.Deliver(t.Context(), c))
		assert.Less(t, time.Since(start), lockPatience)
		release()
		releaseDead()
	}
	assert.Len(t, fileLines(t, path), 2)
	assert.Len(t, fileLines(t, dead), 2)
	info, err := os.Stat(lockOf(path))
	require.NoError(t, err)
	assert.Zero(t, info.Mode().Perm()&0o077, "only the owner may lock")
}

// TestFileLockOfOthers is about a lock file that somebody else may lock: no writer waits for it.
func TestFileLockOfOthers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	require.NoError(t, os.WriteFile(lockOf(path), nil, 0o644))
	require.NoError(t, os.Chmod(lockOf(path), 0o644))
	hold(t, lockOf(path), syscall.LOCK_EX)
	d, _ := openFile(t, path, nil)
	start := time.Now()
	assert.Equal(t, OK, d.Deliver(t.Context(), signIns(1, 1)[0]).Answer)
	assert.Less(t, time.Since(start), lockPatience)
}

func TestFileLockedByAWriter(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "out")
	d, _ := openFile(t, path, nil)
	release := hold(t, lockOf(path), syscall.LOCK_EX)
	v := d.Deliver(t.Context(), signIns(1, 1)[0])
	assert.Equal(t, Retry, v.Answer)
	assert.Contains(t, v.Reason, "another writer has locked "+lockOf(path))
	release()
	assert.Equal(t, OK, d.Deliver(t.Context(), signIns(1, 1)[0]).Answer)
}

func TestFileLockIsTidy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	first, _ := openFile(t, path, nil)
	second, _ := openFile(t, path, nil)
	require.Equal(t, OK, first.Deliver(t.Context(), signIns(1, 1)[0]).Answer)
	require.NoError(t, os.Remove(lockOf(path))) // somebody tidies up
	require.Equal(t, OK, second.Deliver(t.Context(), signIns(1, 1)[0]).Answer)
	hold(t, lockOf(path), syscall.LOCK_EX)
	assert.Equal(t, Retry, first.Deliver(t.Context(), signIns(1, 1)[0]).Answer, "both wait for the same lock again")
	require.NoError(t, second.Close(t.Context()))
	assert.FileExists(t, lockOf(path), "it is in use")

	alone := filepath.Join(t.TempDir(), "out")
	third, _ := openFile(t, alone, nil)
	require.Equal(t, OK, third.Deliver(t.Context(), signIns(1, 1)[0]).Answer)
	require.NoError(t, third.Close(t.Context()))
	assert.NoFileExists(t, lockOf(alone))
}

// TestFileOfSeveralProcesses has processes append to one file at once, with a lock and without one.
func TestFileOfSeveralProcesses(t *testing.T) {
	t.Parallel()
	const variable, processes, chunks, size = "SINK_TEST_PROCESS", 4, 40, 200
	if job := os.Getenv(variable); job != "" {
		number, path, _ := strings.Cut(job, ":")
		n, err := strconv.Atoi(number)
		require.NoError(t, err)
		d, _ := openFile(t, path, nil)
		for _, c := range signIns(processes*chunks*size, size)[n*chunks:][:chunks] {
			for d.Deliver(t.Context(), c).Answer != OK {
				runtime.Gosched()
			}
		}
		return
	}
	for _, mode := range []os.FileMode{0o600, 0o644} {
		path := filepath.Join(t.TempDir(), "out")
		require.NoError(t, os.WriteFile(lockOf(path), nil, mode))
		var all sync.WaitGroup
		for n := range processes {
			all.Go(func() {
				cmd := exec.Command(os.Args[0], "-test.run=^TestFileOfSeveralProcesses$")
				cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d:%s", variable, n, path))
				out, err := cmd.CombinedOutput()
				assert.NoError(t, err, string(out))
			})
		}
		all.Wait()
		seen := map[int]bool{}
		var lines []string
		for _, line := range fileLines(t, path) {
			if line != "" { // without a lock, a write that is under way looks torn, and is ended once more
				assert.True(t, json.Valid([]byte(line)), line)
				lines = append(lines, line)
			}
		}
		for _, n := range numbers(t, lines) {
			seen[n] = true
		}
		assert.Len(t, lines, processes*chunks*size)
		assert.Len(t, seen, processes*chunks*size)
	}
}

// TestTakeBackIsOnlyOwn is about a writer without the lock that comes between a failed write and its end.
func TestTakeBackIsOnlyOwn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	a, err := openAppendFile(path, false)
	require.NoError(t, err)
	t.Cleanup(func() { _ = a.close() })
	_, err = a.append([]byte("first\ntorn"))
	require.NoError(t, err)
	require.NoError(t, a.takeBack(6, 4))
	assert.Equal(t, []string{"first"}, fileLines(t, path))
	_, err = a.append([]byte("tornanother's\n"))
	require.NoError(t, err)
	require.Error(t, a.takeBack(6, 4))
	assert.Equal(t, []string{"first", "tornanother's"}, fileLines(t, path))
}

func TestFileSymbolicLink(t *testing.T) {
	dir := t.TempDir()
	path, target, other := filepath.Join(dir, "out"), filepath.Join(dir, "target"), filepath.Join(dir, "other")
	require.NoError(t, os.WriteFile(target, nil, 0o600))
	require.NoError(t, os.WriteFile(other, []byte("untouched\n"), 0o600))
	require.NoError(t, os.Symlink(target, path))
	d, _ := openFile(t, path, nil)
	chunks := signIns(3, 1)
	require.Equal(t, OK, d.Deliver(t.Context(), chunks[0]).Answer, "a link at the start is followed")
	assert.Len(t, fileLines(t, target), 1)

	require.NoError(t, os.Remove(path))
	require.NoError(t, os.Symlink(other, path))
	require.Equal(t, OK, d.Deliver(t.Context(), chunks[1]).Answer, "and never looked at again")
	assert.Len(t, fileLines(t, target), 2)

	require.NoError(t, os.Remove(target))
	require.NoError(t, os.Symlink(other, target))
	v := d.Deliver(t.Context(), chunks[2])
	assert.Equal(t, Retry, v.Answer)
	assert.Contains(t, v.Reason, target+" has become a symbolic link")
	assert.Equal(t, []string{"untouched"}, fileLines(t, other))
	require.NoError(t, os.Remove(target))
	require.Equal(t, OK, d.Deliver(t.Context(), chunks[2]).Answer)

	for _, name := range []string{"Path", "Dead_Letter_File"} {
		nowhere := filepath.Join(dir, "nowhere")
		_ = os.Remove(nowhere)
		require.NoError(t, os.Symlink(filepath.Join(dir, "missing"), nowhere))
		set := map[string]string{"Sink": File, "Path": filepath.Join(dir, "fine")}
		set[name] = nowhere
		_, err := tryOpen(set, func(Level, string) {})
		assert.ErrorContains(t, err, "is a symbolic link to a file that is not there")
		if os.Geteuid() == 0 { // only root can make a link of another user
			require.NoError(t, os.Remove(nowhere))
			require.NoError(t, os.Symlink(other, nowhere))
			require.NoError(t, os.Lchown(nowhere, 4711, 4711))
			_, err = tryOpen(set, func(Level, string) {})
			assert.ErrorContains(t, err, "is a symbolic link of another user (id 4711): name the file itself")
		}
	}
	assert.Equal(t, []string{"untouched"}, fileLines(t, other))
}

// TestFullDisk runs itself in a process of its own, whose files may not grow past a limit. To a writer that is a disk that takes
// half of a write and then nothing.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	const variable = "SINK_TEST_FULL_DISK"
	if os.Getenv(variable) == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestFullDisk$")
		cmd.Env = append(os.Environ(), variable+"=1")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
		return
	}
	dir := t.TempDir()
	path, dead := filepath.Join(dir, "out"), filepath.Join(dir, "dead")
	d, l := openFile(t, path, map[string]string{"Dead_Letter_File": dead})
	chunks := signIns(300, 100)
	require.Equal(t, OK, d.Deliver(t.Context(), chunks[0]).Answer)
	before, err := os.ReadFile(path)
	require.NoError(t, err)

	limitFiles(t, uint64(len(before)*3/2))
	v := d.Deliver(t.Context(), chunks[1])
	assert.Equal(t, Retry, v.Answer)
	assert.Equal(t, 100, v.Left)
	assert.Contains(t, v.Reason, "is the disk full?")
	assert.Contains(t, l.String(), path)
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(before), string(after), "nothing of the chunk stays, no torn line either")

	// The dead letters do not fit either: what they are for is retried.
	huge := &Chunk{Records: []Record{{Body: []byte(strings.Repeat("\xc1", 2*len(before)))}}}
	assert.Equal(t, Retry, d.Deliver(t.Context(), huge).Answer)
	assert.Empty(t, fileLines(t, dead))

	// Without a lock nothing is taken back: what is whole counts, and the torn line is ended before the next.
	require.NoError(t, os.Chmod(lockOf(path), 0o644))
	reopened, _ := openFile(t, path, nil)
	v = reopened.Deliver(t.Context(), chunks[1])
	assert.Equal(t, Retry, v.Answer)
	assert.Positive(t, v.Delivered)
	assert.Equal(t, 100, v.Delivered+v.Left)
	limitFiles(t, 1<<30)
	require.Equal(t, OK, reopened.Deliver(t.Context(), chunks[1]).Answer)
	var whole []string
	for _, line := range fileLines(t, path) {
		if json.Valid([]byte(line)) {
			whole = append(whole, line)
		}
	}
	all := numbers(t, whole)
	slices.Sort(all)
	assert.Len(t, all, 200)
	assert.Len(t, slices.Compact(all), 200)

	require.NoError(t, os.Rename(path, path+".1")) // room again
	require.Equal(t, OK, d.Deliver(t.Context(), chunks[1]).Answer)
	assert.Len(t, fileLines(t, path), 100)
}

func limitFiles(t *testing.T, most uint64) {
	t.Helper()
	var l syscall.Rlimit
	require.NoError(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &l))
	l.Cur = most
	require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &l))
}

// partial writes a number of bytes and then fails, as a file does that cannot be cut back.
type partial struct {
	room int
	got  []byte
}

func (p *partial) write(lines []byte) (kept int, err error) {
	if len(lines) <= p.room {
		p.room -= len(lines)
		p.got = append(p.got, lines...)
		return len(lines), nil
	}
	kept = strings.LastIndexByte(string(lines[:p.room]), '\n') + 1
	p.got = append(p.got, lines[:kept]...)
	p.room = 1 << 30
	return kept, syscall.ENOSPC
}

func (p *partial) close() error { return nil }

func TestLinesThatWereKept(t *testing.T) {
	p := &partial{room: 1000}
	d := newDelivery(newLineSink(p, JSON), "sink test", nil, func(Level, string) {})
	c := signIns(100, 100)[0]
	v := d.Deliver(t.Context(), c)
	assert.Equal(t, Retry, v.Answer)
	assert.Positive(t, v.Delivered)
	assert.Equal(t, 100, v.Delivered+v.Left)
	assert.Equal(t, OK, d.Deliver(t.Context(), c).Answer)
	lines := strings.Split(strings.TrimSuffix(string(p.got), "\n"), "\n")
	list := numbers(t, lines)
	require.Len(t, list, 100)
	for i, n := range list {
		assert.Equal(t, i, n)
	}
}

func TestLargeChunkIsSeveralWrites(t *testing.T) {
	p := &partial{room: maxWrite + maxWrite/2}
	d := newDelivery(newLineSink(p, JSON), "sink test", nil, func(Level, string) {})
	c := &Chunk{}
	text := strings.Repeat("x", 1<<20)
	for n := range 20 {
		c.Records = append(c.Records, Record{Body: pack(pairs{"n", n, "text", text})})
	}
	v := d.Deliver(t.Context(), c)
	assert.Equal(t, Verdict{Answer: Retry, Delivered: 11, Left: 9, Reason: "no space left on device"}, v)
	assert.Equal(t, OK, d.Deliver(t.Context(), c).Answer)
}

// A file that is replaced by a pipe between two looks at it is not written to: a pipe that nobody reads would stop Fluent Bit.
func TestFileReplacedWhileItIsOpened(t *testing.T) {
	dir := t.TempDir()
	path, pipe, file := filepath.Join(dir, "records"), filepath.Join(dir, "pipe"), filepath.Join(dir, "file")
	a, err := openAppendFile(path, false)
	require.NoError(t, err)
	t.Cleanup(func() { _ = a.close() })
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
			}
			_ = syscall.Mkfifo(pipe, 0o600)
			_ = os.Rename(pipe, path)
			_ = os.WriteFile(file, nil, 0o600)
			_ = os.Rename(file, path)
		}
	}()
	for range 50_000 {
		if _, err := a.write([]byte("line\n")); err == nil {
			info, err := a.f.Stat()
			require.NoError(t, err)
			require.True(t, info.Mode().IsRegular(), info.Mode())
		}
	}
	close(stop)
	<-stopped
}
