package catalog

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
)

// MaxFile is the largest catalog file that is read. The embedded catalog is well below 1 MB; a larger limit would let a wrong
// file name cost the memory of a log agent.
const MaxFile = 16 << 20

// ReadFile returns the content of a catalog file. The plugin and the command both read their files with it, so that the command
// refuses what the plugin refuses: directories, pipes, devices, and files larger than MaxFile. Errors do not name the file.
func ReadFile(name string) ([]byte, error) {
	// Opening a pipe or a device may wait, or disturb whoever uses it, so the kind is checked first; and once more on the open
	// file, which may be another by then.
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
		return errors.New("a directory, not a file")
	case !info.Mode().IsRegular():
		return errors.New("not a regular file")
	}
	return nil
}

// ReadAll is ReadFile for a stream that is already open, such as standard input.
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

// reason drops the operation and the path of an error, because the caller names the file.
func reason(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
