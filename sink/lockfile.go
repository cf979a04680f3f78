package sink

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// lockFile is a lock between the instances and processes that write to one file. The lock is a separate file beside it, .name.lock,
// which only its owner may open. With a lock on the file itself, anyone who may read the file could block its writers.
type lockFile struct {
	path string
	f    *os.File // nil while the lock cannot be used
}

// lockPatience limits the wait for another writer. A flush may run on the only thread of the host.
const lockPatience = 500 * time.Millisecond

func newLockFile(path string) lockFile {
	return lockFile{path: filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".lock")}
}

// acquire locks. locked is false if there is no lock that this user controls: the directory is not writable, the lock file belongs to
// another user, or the file system has no locks. An error means that another writer holds the lock.
func (l *lockFile) acquire() (locked bool, err error) {
	for end := time.Now().Add(lockPatience); ; time.Sleep(time.Millisecond) {
		if l.f == nil && !l.open() {
			return false, nil
		}
		err := syscall.Flock(int(l.f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil && l.inPlace():
			return true, nil
		case err == nil:
			l.close() // another writer has removed the file
		case !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR):
			return false, nil
		}
		if time.Now().After(end) {
			return false, fmt.Errorf("another writer has locked %s for more than %s", l.path, lockPatience)
		}
	}
}

// release unlocks.
func (l *lockFile) release() {
	if l.f != nil {
		_ = syscall.Flock(int(l.f.Fd()), syscall.LOCK_UN) // can only fail where locking did
	}
}

func (l *lockFile) open() bool {
	f, err := os.OpenFile(l.path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0o600)
	if err != nil {
		return false
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() || info.Mode().Perm()&0o077 != 0 ||
		int(info.Sys().(*syscall.Stat_t).Uid) != os.Geteuid() {
		_ = f.Close()
		return false
	}
	l.f = f
	return true
}

// inPlace reports whether the path still leads to the open file.
func (l *lockFile) inPlace() bool {
	open, err := l.f.Stat()
	if err != nil {
		return false
	}
	named, err := os.Lstat(l.path)
	return err == nil && os.SameFile(open, named)
}

func (l *lockFile) close() {
	if l.f != nil {
		_ = l.f.Close()
		l.f = nil
	}
}

// remove removes the lock file, unless another writer uses it.
func (l *lockFile) remove() {
	if l.f == nil {
		return
	}
	if syscall.Flock(int(l.f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil && l.inPlace() {
		_ = os.Remove(l.path) // while locked: a writer that waits checks whether the file is still in place
	}
	l.close()
}
