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
				Help: "File to append records to, one a line; it may be rotated."},
			{Name: "Fsync", Default: "off", Set: option.Bool(&o.Fsync),
				Help: "Sync the file to disk before each answer: slower, but safe against a loss of power."},
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

// appendFile appends whole lines to a regular file. Others may rotate the file, and several instances and processes may share it.
// Before each write, appendFile checks whether the path still leads to the open file. Each write is one call in append mode, so
// that the lines of several writers never mix. A lock is held meanwhile, so that undoing a partial write never removes the lines of
// another writer.
type appendFile struct {
	path  string // not a symbolic link
	fsync bool

	mu   sync.Mutex
	f    *os.File // nil after an error
	lock lockFile
}

// openAppendFile opens a file, and creates it if it does not exist. A symbolic link is followed now and never again: otherwise
// anyone who may write to the directory could choose the file that a more privileged process appends to.
func openAppendFile(path string, fsync bool) (*appendFile, error) {
	target, err := resolve(path)
	if err != nil {
		return nil, err
	}
	a := &appendFile{path: target, fsync: fsync, lock: newLockFile(target)}
	a.lock.open()
	return a, a.open()
}

// resolve follows a symbolic link of this user or of root.
func resolve(path string) (target string, err error) {
	info, err := os.Lstat(path)
	if err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return path, nil // opening the file reports any other error
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

// errShort is the error for a partial write, which a full disk or a limit on the size of files causes.
var errShort = errors.New("only a part could be written: is the disk full?")

// write appends whole lines. After an error, kept is how many bytes of whole lines stayed in the file: none if the write could be
// undone.
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
			kept = 0 // what is on the disk is unknown
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

// append writes once. The rest of a partial write could end up after the lines of a writer without the lock.
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

// mend ends a line that another writer left unfinished, such as a process that was killed during a write.
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

// takeBack removes the n bytes after size. It fails if the file has more, from a writer without the lock.
func (a *appendFile) takeBack(size int64, n int) error {
	info, err := a.f.Stat()
	if err != nil {
		return err
	}
	if info.Size() != size+int64(n) {
		return errors.New("another writer has appended to the file since")
	}
	return a.f.Truncate(size)
}

// tail returns at most the last most bytes of the file.
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
	if errors.Is(err, io.EOF) { // truncated meanwhile
		err = nil
	}
	return text[:n], err
}

// follow opens the file again if the path now leads elsewhere or nowhere.
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
		_ = a.f.Close() // the errors of all writes were reported
		a.f = nil
	}
	return a.open()
}

func (a *appendFile) open() error {
	// Checked before opening, because opening a device may have side effects.
	if info, err := os.Lstat(a.path); err == nil && !info.Mode().IsRegular() {
		if info.Mode()&fs.ModeSymlink != 0 {
			return fmt.Errorf("%s has become a symbolic link, which is followed only at the start", a.path)
		}
		return fmt.Errorf("%s is not a regular file", a.path)
	}
	// Checked again when the file is open, because the path may lead elsewhere by then.
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
