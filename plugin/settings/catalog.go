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

// LoadCatalog returns the embedded catalog, with the rows of the user's file over it if there is one. An error is an *option.Error
// of one line. The content is returned even if it is refused, so that the caller can report a bad content once. The content is zero
// for no file and for a file that cannot be read.
func LoadCatalog(file string) (*catalog.Catalog, Content, error) {
	if file == "" {
		return catalog.Embedded(), Content{}, nil
	}
	return ReloadCatalog(file, Content{})
}

// ReloadCatalog is LoadCatalog for a file whose content was seen before. If the file still has that content, ReloadCatalog does not
// parse it and returns a nil catalog and a nil error.
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

// oneLine reduces joined errors to the first, because an entry of the host's log has one line.
func oneLine(err error) error {
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		if errs := joined.Unwrap(); len(errs) > 1 {
			return fmt.Errorf("%w (and more)", errs[0])
		}
	}
	return err
}
