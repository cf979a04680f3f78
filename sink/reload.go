package sink

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
)

// maxSmallFile bounds a certificate file or a secret.
const maxSmallFile = 4 << 20

// readFile reads a file that an option names. Whatever the path leads to by now, it does not wait and does not read for ever.
func readFile(path string) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // opening a pipe would wait for a writer
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

// reload decides when something that was made of files is to be made again, and says what became of that. It is used under a lock.
type reload struct {
	files   []string
	log     Log
	seen    []os.FileInfo // nil for a file that is not there
	trouble string        // what was last said
}

// newReload notes the files as they are. They are to be read after that, so that no change is missed.
func newReload(files []string, log Log) reload {
	r := reload{files: files, log: log, seen: make([]os.FileInfo, len(files))}
	r.due()
	return r
}

// due says whether a file has changed since the last call. It costs a stat for each.
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

// failed says once why the files cannot be used, and what is used instead.
func (r *reload) failed(err error) {
	if err.Error() == r.trouble {
		return
	}
	r.trouble = err.Error()
	r.log(LevelWarn, err.Error()+"; what was read before stays in use until this is put right")
}

// worked says what was read.
func (r *reload) worked(what string) {
	r.trouble = ""
	r.log(LevelInfo, what+" read again, because the files changed")
}
