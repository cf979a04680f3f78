package catalog

import (
	"fmt"
	"strings"
)

// Source says where the meaning of an entry comes from. The zero value is NoSource, which only entries of a user's file have.
type Source uint8

// The sources, most reliable first.
const (
	NoSource      Source = iota
	Reference            // Microsoft's reference page of error codes
	Documentation        // another page, workbook or detection rule of Microsoft
	ErrorPage            // the texts of Microsoft's error page, as public lists have collected them
	PublicCode           // public code, the issues of public projects, published records
	Inferred             // no public text: deduced from the symbolic name or from reports of users
)

var sourceNames = [...]string{"", "reference", "documentation", "error_page", "public_code", "inferred"}

var sourceMeanings = [...]string{
	NoSource:      "",
	Reference:     "Microsoft's reference page of error codes",
	Documentation: "another page, workbook or detection rule of Microsoft",
	ErrorPage:     "the text of Microsoft's error page",
	PublicCode:    "public code, issues or records",
	Inferred:      "deduced from the name or from reports of users",
}

// String returns the value as a catalog file has it, or "" for NoSource.
func (s Source) String() string { return sourceNames[s] }

// Meaning explains the value in a few words, or returns "" for NoSource.
func (s Source) Meaning() string { return sourceMeanings[s] }

// Sources returns all values except NoSource.
func Sources() []Source { return []Source{Reference, Documentation, ErrorPage, PublicCode, Inferred} }

// ParseSource is the inverse of String for the values of Sources, ignoring case.
func ParseSource(word string) (Source, error) {
	for _, s := range Sources() {
		if strings.EqualFold(s.String(), word) {
			return s, nil
		}
	}
	return NoSource, fmt.Errorf("source %q: must be reference, documentation, error_page, public_code or inferred", word)
}
