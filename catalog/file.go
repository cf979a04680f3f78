package catalog

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
)

// MaxFile is the size limit of a catalog file in bytes. The embedded catalog is smaller than 1 MB. The limit protects the memory of a
// log agent from a wrong file name.
const MaxFile = 16 << 20

// ReadFile returns the content of a catalog file. Directories, pipes, devices and files larger than MaxFile are errors, which do not
// name the file. The plugin and the command both read files with ReadFile, so that the command rejects what the plugin rejects.
func ReadFile(name string) ([]byte, error) {
	// Opening a pipe or a device may block or disturb its user, so the kind of file is checked first. The check is repeated on the
	// open file, because the path may have been replaced in between.
	if err := regular(os.Stat(name)); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, reason(err)
	}
	defer f.Close()
	if err := regular(f.Stat()); err != nil {
		return nil, err
	}
	return ReadAll(f)
}

func regular(info os.FileInfo, err error) error {
	switch {
	case err != nil:
		return reason(err)
	case info.IsDir():
		return errors.New("is a directory")
	case !info.Mode().IsRegular():
		return errors.New("is not a regular file")
	}
	return nil
}

// ReadAll is like ReadFile for an open stream, such as standard input.
func ReadAll(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return nil, reason(err)
	}
	if len(data) > MaxFile {
		return nil, fmt.Errorf("larger than %d MiB", MaxFile>>20)
	}
	return data, nil
}

// reason removes the operation and the path from an error, because callers name the file themselves.
func reason(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
