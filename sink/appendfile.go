package sink

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"syscall"
	"time"
)

// appendFile appends whole lines to a regular file that others may rotate, and that several instances may share. Before
// each write it looks whether the path still leads to the open file; during a write it holds a lock on the file
// (flock), so that taking back a write that did not fit never takes another's.
type appendFile struct {
	path  string
	fsync bool

	mu sync.Mutex
	f  *os.File // nil after an error
}

// lockPatience bounds the wait for another instance's write to the same file.
const lockPatience = 2 * time.Second

func openAppendFile(path string, fsync bool) (*appendFile, error) {
	a := &appendFile{path: path, fsync: fsync}
	return a, a.open()
}

// write appends lines, which end with a line break. All of it is in the file, or an error says why not and kept how many
// bytes stayed there: none, unless even taking them back failed, and then whole lines only.
func (a *appendFile) write(lines []byte) (kept int, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.follow(); err != nil {
		return 0, err
	}
	if err := a.lock(); err != nil {
		return 0, err
	}
	defer a.unlock()

	info, err := a.f.Stat()
	if err != nil {
		return 0, err
	}
	size := info.Size()
	if err := a.mend(size); err != nil {
		return 0, errors.Join(err, a.f.Truncate(size))
	}
	n, err := a.f.Write(lines)
	if err == nil && a.fsync {
		if err = a.f.Sync(); err != nil {
			n = 0
		}
	}
	if err == nil {
		return len(lines), nil
	}
	if undo := a.f.Truncate(size); undo != nil {
		return bytes.LastIndexByte(lines[:n], '\n') + 1, errors.Join(err, undo)
	}
	return 0, err
}

// mend ends a line that somebody else left unfinished, such as a process that was killed while it wrote.
func (a *appendFile) mend(size int64) error {
	if size == 0 {
		return nil
	}
	var last [1]byte
	if _, err := a.f.ReadAt(last[:], size-1); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if last[0] == '\n' {
		return nil
	}
	_, err := a.f.Write([]byte{'\n'})
	return err
}

// follow opens the file again if the path leads elsewhere by now, or nowhere.
func (a *appendFile) follow() error {
	if a.f != nil {
		open, err := a.f.Stat()
		if err != nil {
			return err
		}
		named, err := os.Stat(a.path)
		if err == nil && os.SameFile(open, named) {
			return nil
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		_ = a.f.Close() // every write to it was answered for
		a.f = nil
	}
	return a.open()
}

func (a *appendFile) open() error {
	// Asked before opening, because opening a pipe waits for the other end.
	if info, err := os.Stat(a.path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a regular file", a.path)
	}
	f, err := os.OpenFile(a.path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o640) //nolint:gosec // log shippers read by group
	if err != nil {
		return err
	}
	a.f = f
	return nil
}

func (a *appendFile) lock() error {
	for end := time.Now().Add(lockPatience); ; time.Sleep(time.Millisecond) {
		err := syscall.Flock(int(a.f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, syscall.EINTR):
		case !errors.Is(err, syscall.EWOULDBLOCK):
			return nil // a file system without locks: alone, the file is safe all the same
		case time.Now().After(end):
			return fmt.Errorf("%s is locked by another process", a.path)
		}
	}
}

// unlock can only fail where lock did.
func (a *appendFile) unlock() { _ = syscall.Flock(int(a.f.Fd()), syscall.LOCK_UN) }

func (a *appendFile) close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.f == nil {
		return nil
	}
	f := a.f
	a.f = nil
	return f.Close()
}
