package input

import (
	"bytes"
	"errors"
)

var errWorkbook = errors.New("the file is an Excel workbook: save the sheet as CSV UTF-8; or, in the Entra portal, download the sign-ins as CSV or JSON")

// foreigners are formats that hold no text that can be read here, by the bytes they begin with, and what to do with a file of each.
var foreigners = []struct{ magic, advice string }{
	{"BZh", "the file is compressed with bzip2: unpack it first, for example with bunzip2"},
	{"\xfd7zXZ\x00", "the file is compressed with xz: unpack it first, for example with unxz"},
	{"\x28\xb5\x2f\xfd", "the file is compressed with zstd: unpack it first, for example with unzstd"},
	{"7z\xbc\xaf\x27\x1c", "the file is a 7z archive: unpack it first"},
	{"\xd0\xcf\x11\xe0", "the file is an Excel workbook of the old kind: save the sheet as CSV UTF-8"},
	{"PAR1", "the file is Parquet: export the records as JSON or CSV"},
	{"%PDF", "the file is a PDF: use the records as JSON or CSV"},
}

// foreign returns an error that says what to do if a file begins like none that can be read.
func foreign(start []byte) error {
	for _, f := range foreigners {
		if bytes.HasPrefix(start, []byte(f.magic)) {
			return errors.New(f.advice)
		}
	}
	return nil
}
