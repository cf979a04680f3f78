package sink

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"fluent-bit-entra-signin/internal/option"
)

// File appends lines to a file.
const File = "file"

// FileOptions are the options of the sink File alone.
type FileOptions struct {
	// Path is the file that records are appended to.
	Path string
	// Fsync makes Deliver wait until the records are on disk.
	Fsync bool
}

var fileProtocol = protocol{
	name:    File,
	formats: lineFormats,
	options: func(o *Options) []option.Option {
		return []option.Option{
			{Name: "Path", Set: option.String(&o.Path),
				Help: "File that records are appended to, one a line; it may be rotated."},
			{Name: "Fsync", Default: "off", Set: option.Bool(&o.Fsync),
				Help: "Answer only when the file is on disk; slower, and safe against a loss of power."},
		}
	},
	openWriter: func(o *Options) (lineWriter, error) {
		if o.Path == "" {
			return nil, invalid("Path", "", "not set: Sink file needs the file to append to")
		}
		if o.Path == o.DeadLetterFile {
			return nil, invalid("Dead_Letter_File", o.DeadLetterFile, "is the file of Path: give refused records another")
		}
		f, err := openAppendFile(o.Path, o.Fsync)
		if err != nil {
			return nil, cannotOpen("Path", o.Path, err)
		}
		return f, nil
	},
}

// cannotOpen is the error for a file that an option names.
func cannotOpen(name, path string, err error) error {
	return invalid(name, path, "%w: use a file in a directory that the host may write to", err)
}

// appendFile appends whole lines to a regular file that others may rotate, and that several instances and processes may share.
// Before each write it looks whether the path still leads to the open file. Each write is one call in append mode, so that lines of
// several writers never mix. During it a lock is held, so that taking back a write that did not fit never takes another's.
type appendFile struct {
	path  string // not a symbolic link
	fsync bool

	mu   sync.Mutex
	f    *os.File // nil after an error
	lock lockFile
}

// openAppendFile opens a file, which is made if it is not there. A symbolic link is followed now and never again: whoever may
// write to its directory could otherwise choose the file that a process of more rights appends to.
func openAppendFile(path string, fsync bool) (*appendFile, error) {
	target, err := resolve(path)
	if err != nil {
		return nil, err
	}
	a := &appendFile{path: target, fsync: fsync, lock: newLockFile(target)}
	a.lock.open()
	return a, a.open()
}

// resolve follows a symbolic link that this user or root has made.
func resolve(path string) (target string, err error) {
	info, err := os.Lstat(path)
	if err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return path, nil // what else is wrong is found when it is opened
	}
	if owner := info.Sys().(*syscall.Stat_t).Uid; owner != 0 && int(owner) != os.Geteuid() {
		return "", fmt.Errorf("%s is a symbolic link of another user (id %d): name the file itself", path, owner)
	}
	target, err = filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%s is a symbolic link to a file that is not there: create that file, or name it itself", path)
	}
	return target, err
}

// errShort is what a full disk or a limit on the size of files looks like when some of a write still had room.
var errShort = errors.New("only a part could be written: is the disk full?")

// write appends lines, which end with a line break. All of it is in the file, or an error says why not and kept how many
// bytes stayed there: none if they could be taken back, else whole lines only.
func (a *appendFile) write(lines []byte) (kept int, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	locked, err := a.lock.acquire()
	if err != nil {
		return 0, err
	}
	defer a.lock.release()
	if err := a.follow(); err != nil {
		return 0, err
	}
	info, err := a.f.Stat()
	if err != nil {
		return 0, err
	}
	size := info.Size()
	mended, err := a.mend(size)
	if err != nil {
		return 0, err
	}
	n, err := a.append(lines)
	kept = bytes.LastIndexByte(lines[:n], '\n') + 1
	if err == nil && a.fsync {
		if err = a.f.Sync(); err != nil {
			kept = 0 // nobody knows what is on the disk
		}
	}
	if err == nil {
		return len(lines), nil
	}
	if locked && a.takeBack(size, mended+n) == nil {
		kept = 0
	}
	return kept, err
}

// append writes once. What a second write would add could end up behind the lines of somebody who holds no lock.
func (a *appendFile) append(b []byte) (n int, err error) {
	for {
		n, err = syscall.Write(int(a.f.Fd()), b)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	switch {
	case err != nil:
		return max(n, 0), &fs.PathError{Op: "write", Path: a.path, Err: err}
	case n < len(b):
		return n, &fs.PathError{Op: "write", Path: a.path, Err: errShort}
	}
	return n, nil
}

// mend ends a line that somebody left unfinished, such as a process that was killed while it wrote.
func (a *appendFile) mend(size int64) (added int, err error) {
	if size == 0 {
		return 0, nil
	}
	var last [1]byte
	if _, err := a.f.ReadAt(last[:], size-1); err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	if last[0] == '\n' {
		return 0, nil
	}
	return a.append([]byte{'\n'})
}

// takeBack removes the n bytes that were written behind size. It fails if there is more: somebody without the lock has written.
func (a *appendFile) takeBack(size int64, n int) error {
	info, err := a.f.Stat()
	if err != nil {
		return err
	}
	if info.Size() != size+int64(n) {
		return errors.New("not alone")
	}
	return a.f.Truncate(size)
}

// tail returns the last bytes of the file, at most so many.
func (a *appendFile) tail(most int64) ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	info, err := a.f.Stat()
	if err != nil {
		return nil, err
	}
	from := max(0, info.Size()-most)
	text := make([]byte, info.Size()-from)
	n, err := a.f.ReadAt(text, from)
	if errors.Is(err, io.EOF) { // somebody made it shorter
		err = nil
	}
	return text[:n], err
}

// follow opens the file again if the path leads elsewhere by now, or nowhere.
func (a *appendFile) follow() error {
	if a.f != nil {
		open, err := a.f.Stat()
		if err != nil {
			return err
		}
		named, err := os.Lstat(a.path)
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
	// Asked before opening, because opening a device may have effects.
	if info, err := os.Lstat(a.path); err == nil && !info.Mode().IsRegular() {
		if info.Mode()&fs.ModeSymlink != 0 {
			return fmt.Errorf("%s has become a symbolic link, which is followed only at the start", a.path)
		}
		return fmt.Errorf("%s is not a regular file", a.path)
	}
	// And once more when it is open, because it may be another by then.
	const flags = os.O_RDWR | os.O_APPEND | os.O_CREATE | syscall.O_NOFOLLOW | syscall.O_NONBLOCK
	f, err := os.OpenFile(a.path, flags, 0o640) //nolint:gosec // log shippers read by group
	if err != nil {
		return err
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		_ = f.Close() // nothing was written
		return errors.Join(err, fmt.Errorf("%s is not a regular file", a.path))
	}
	a.f = f
	return nil
}

func (a *appendFile) close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lock.remove()
	if a.f == nil {
		return nil
	}
	f := a.f
	a.f = nil
	return f.Close()
}
