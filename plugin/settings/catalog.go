package settings

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/internal/option"
)

// MaxCatalog is the largest Catalog file that is read: the embedded catalog is well below 1 MB, and whoever names another
// file by mistake should not pay with the memory of the log agent.
const MaxCatalog = 16 << 20

// Content identifies what a catalog file held.
type Content [sha256.Size]byte

// LoadCatalog returns the embedded catalog with the user's file laid over it, if there is one. An error is an *option.Error
// of one line that names the option. The content is returned even where it is refused, so that one bad content
// needs to be talked about only once; it is zero for no file and for one that cannot be read.
func LoadCatalog(file string) (*catalog.Catalog, Content, error) {
	if file == "" {
		return catalog.Embedded(), Content{}, nil
	}
	data, err := readFile(file)
	if err != nil {
		return nil, Content{}, &option.Error{Option: "Catalog", Value: file, Err: err}
	}
	content := Content(sha256.Sum256(data))
	c, err := catalog.Embedded().Overlay(file, bytes.NewReader(data))
	if err != nil {
		return nil, content, &option.Error{Option: "Catalog", Value: file, Err: oneLine(err)}
	}
	return c, content, nil
}

func readFile(file string) ([]byte, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, plain(err)
	}
	// A pipe or a device would keep the host waiting for ever.
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, plain(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxCatalog+1))
	if err != nil {
		return nil, plain(err)
	}
	if len(data) > MaxCatalog {
		return nil, fmt.Errorf("larger than %d MiB", MaxCatalog>>20)
	}
	return data, nil
}

// plain drops operation and path, which the option's error says already.
func plain(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// oneLine reduces joined errors to the first and how many there are besides: a line of the host's log is one line.
func oneLine(err error) error {
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		if errs := joined.Unwrap(); len(errs) > 1 {
			return fmt.Errorf("%w (and %d more)", errs[0], len(errs)-1)
		}
	}
	return err
}
