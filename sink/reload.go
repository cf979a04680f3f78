package sink

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
)

// maxSmallFile limits the size of a file with certificates or a secret.
const maxSmallFile = 4 << 20

// readFile reads a file that an option names. Whatever the path leads to, readFile neither blocks nor reads without end.
func readFile(path string) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // opening a pipe would block until a writer opens it
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(err, fmt.Errorf("%s is not a regular file", path))
	}
	content, err := io.ReadAll(io.LimitReader(f, maxSmallFile+1))
	if err == nil && len(content) > maxSmallFile {
		err = fmt.Errorf("%s is larger than %d MB", path, maxSmallFile>>20)
	}
	return content, err
}

// reload decides when files must be read again, and logs the result. The caller locks.
type reload struct {
	files   []string
	log     Log
	seen    []os.FileInfo // nil for a file that does not exist
	trouble string        // the last error logged
}

// newReload records the state of the files. The caller reads them afterwards, so that no change is missed.
func newReload(files []string, log Log) reload {
	r := reload{files: files, log: log, seen: make([]os.FileInfo, len(files))}
	r.due()
	return r
}

// due reports whether a file has changed since the last call. It costs one stat a file.
func (r *reload) due() bool {
	changed := false
	for i, file := range r.files {
		now, err := os.Stat(file)
		if err != nil {
			now = nil
		}
		if !sameFile(r.seen[i], now) {
			r.seen[i] = now
			changed = true
		}
	}
	return changed
}

func sameFile(a, b os.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

// failed logs an error once.
func (r *reload) failed(err error) {
	if err.Error() == r.trouble {
		return
	}
	r.trouble = err.Error()
	r.log(LevelWarn, err.Error()+"; what was read before stays in use until this is put right")
}

// worked logs that the files were read.
func (r *reload) worked(what string) {
	r.trouble = ""
	r.log(LevelInfo, what+" read again, because the files changed")
}
