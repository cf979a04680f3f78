package settings

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/internal/option"
)

// Content identifies what a catalog file held.
type Content [sha256.Size]byte

// LoadCatalog returns the embedded catalog with the user's file laid over it, if there is one. An error is an *option.Error
// of one line that names the option. The content is returned even where it is refused, so that one bad content
// needs to be talked about only once; it is zero for no file and for one that cannot be read.
func LoadCatalog(file string) (*catalog.Catalog, Content, error) {
	if file == "" {
		return catalog.Embedded(), Content{}, nil
	}
	return ReloadCatalog(file, Content{})
}

// ReloadCatalog is LoadCatalog for a file whose content was seen before. While the file still has that content, the catalog and the
// error are both nil: the file is not parsed again.
func ReloadCatalog(file string, seen Content) (*catalog.Catalog, Content, error) {
	data, err := catalog.ReadFile(file)
	if err != nil {
		return nil, Content{}, &option.Error{Option: "Catalog", Value: file, Err: err}
	}
	content := Content(sha256.Sum256(data))
	if content == seen {
		return nil, content, nil
	}
	c, err := catalog.Embedded().Overlay(file, bytes.NewReader(data))
	if err != nil {
		return nil, content, &option.Error{Option: "Catalog", Value: file, Err: oneLine(err)}
	}
	return c, content, nil
}

// oneLine reduces joined errors to the first, because an entry of the host's log is one line.
func oneLine(err error) error {
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		if errs := joined.Unwrap(); len(errs) > 1 {
			return fmt.Errorf("%w (and more)", errs[0])
		}
	}
	return err
}
