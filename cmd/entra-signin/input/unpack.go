package input

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"golang.org/x/text/encoding/unicode"
)

// ahead is how much is read ahead of a decoder. Larger reads go past it.
const ahead = 64 << 10

// Byte order marks.
var (
	utf8Mark = []byte{0xef, 0xbb, 0xbf}
	utf16LE  = []byte{0xff, 0xfe}
	utf16BE  = []byte{0xfe, 0xff}
)

// Formats by the bytes they begin with.
var (
	gzipMagic = []byte{0x1f, 0x8b}
	zipMagic  = []byte("PK\x03\x04")
	avroMagic = []byte("Obj\x01")
)

// unpack reads a file or a part of one, whatever it is.
func (r *Reader) unpack(name string, src io.Reader) error {
	src, in, start, err := gunzip(src)
	if err != nil {
		return err
	}
	switch {
	case bytes.HasPrefix(start, zipMagic):
		return r.zip(name, src, start)
	case bytes.HasPrefix(start, avroMagic):
		return r.avro(name, in)
	}
	if err := foreign(start); err != nil {
		return err
	}
	text, mark, err := decode(in, start)
	if err != nil {
		return err
	}
	return r.text(name, text, mark)
}

// Text returns the text of a stream that may be compressed with gzip, and may be UTF-8 or UTF-16 with or without a byte order mark.
func Text(src io.Reader) (*bufio.Reader, error) {
	_, in, start, err := gunzip(src)
	if err != nil {
		return nil, err
	}
	text, _, err := decode(in, start)
	return text, err
}

// maxLayers is how many layers of gzip are removed. A gzip file may be made to contain itself.
const maxLayers = 3

// gunzip removes the layers of gzip around a stream. It returns what is inside, a reader of that, and what the first read brought.
func gunzip(src io.Reader) (inner io.Reader, in *bufio.Reader, start []byte, err error) {
	for layer := 0; ; layer++ {
		in = bufio.NewReaderSize(src, ahead)
		if start, err = peek(in); err != nil || !bytes.HasPrefix(start, gzipMagic) {
			return src, in, start, err
		}
		if layer == maxLayers {
			return nil, nil, nil, fmt.Errorf("the file is compressed with gzip more than %d times: unpack it first", maxLayers)
		}
		unpacked, err := gzip.NewReader(in)
		if err != nil {
			return nil, nil, nil, fmt.Errorf("damaged gzip: %w", err)
		}
		src = gunzipped{unpacked}
	}
}

// gunzipped says of an error of the format that it is one: "unexpected EOF" helps nobody.
type gunzipped struct{ in io.Reader }

func (g gunzipped) Read(p []byte) (int, error) {
	n, err := g.in.Read(p)
	var corrupt flate.CorruptInputError
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader) || errors.As(err, &corrupt) {
		err = fmt.Errorf("damaged gzip, it may be cut short: %w", err)
	}
	return n, err
}

// decode returns the text of a stream, of which start has been seen, in UTF-8, and the byte order mark of UTF-8 that was before it.
func decode(in *bufio.Reader, start []byte) (text *bufio.Reader, mark []byte, err error) {
	if order, mark, ok := utf16(start); ok {
		_, _ = in.Discard(mark) // they have just been seen
		text = bufio.NewReaderSize(unicode.UTF16(order, unicode.IgnoreBOM).NewDecoder().Reader(in), ahead)
		_, err = peek(text)
		return text, nil, err
	}
	if bytes.HasPrefix(start, utf8Mark) {
		_, _ = in.Discard(len(utf8Mark))
		return in, utf8Mark, nil
	}
	return in, nil, nil
}

// peek returns what the first read brings, and does not wait for more unless that begins like one of the formats: records that
// come one by one go out one by one.
func peek(in *bufio.Reader) ([]byte, error) {
	start, err := in.Peek(1)
	if err == nil {
		start, _ = in.Peek(in.Buffered())
		if len(start) < 4 && bytes.IndexByte([]byte("\x1fPO\xff\xfe\xef\xfd\x28B7\x00"), start[0]) >= 0 {
			start, err = in.Peek(4)
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return start, err
}

// utf16 tells whether a text begins like UTF-16, in which order its bytes are, and how long its byte order mark is. JSON and the
// headers of tables begin with an ASCII character.
func utf16(start []byte) (order unicode.Endianness, mark int, ok bool) {
	switch {
	case bytes.HasPrefix(start, utf16LE):
		return unicode.LittleEndian, len(utf16LE), true
	case bytes.HasPrefix(start, utf16BE):
		return unicode.BigEndian, len(utf16BE), true
	case len(start) >= 2 && start[0] != 0 && start[1] == 0:
		return unicode.LittleEndian, 0, true
	case len(start) >= 2 && start[0] == 0 && start[1] != 0:
		return unicode.BigEndian, 0, true
	}
	return unicode.LittleEndian, 0, false
}

// seekable is a file that can be read from anywhere.
type seekable interface {
	io.ReaderAt
	Stat() (fs.FileInfo, error)
}

// zip reads every file of an archive.
func (r *Reader) zip(name string, src io.Reader, start []byte) error {
	if isWorkbook(start) {
		return errWorkbook
	}
	h, _ := src.(*hook)
	if h == nil {
		return errors.New("the file is a zip archive inside another file: unpack it first")
	}
	f, ok := h.src.(seekable)
	if !ok {
		return errors.New("a zip archive cannot be read from a pipe: name the file")
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return errors.New("a zip archive cannot be read from a pipe: name the file")
	}
	archive, err := zip.NewReader(f, info.Size())
	if err != nil {
		return fmt.Errorf("damaged zip archive, it may be cut short: %w", err)
	}
	var bad []error
	read := 0
	for _, member := range archive.File {
		if member.FileInfo().IsDir() || strings.HasPrefix(member.Name, "__MACOSX/") || strings.HasPrefix(path.Base(member.Name), ".") {
			continue
		}
		read++
		err := r.member(name+": "+member.Name, member)
		var stop emitError
		if errors.As(err, &stop) {
			return err
		}
		if err != nil {
			bad = append(bad, fmt.Errorf("%s: %w", member.Name, err))
		}
	}
	if read == 0 {
		return errors.New("the zip archive is empty")
	}
	return errors.Join(bad...)
}

func (r *Reader) member(name string, member *zip.File) error {
	f, err := member.Open()
	if err != nil {
		return err
	}
	defer f.Close()
	return r.unpack(name, &counted{f, func(n int) {
		// What a member is read of its packed size; the rest of the archive is names.
		if size := member.UncompressedSize64; size > 0 {
			r.progress(int(float64(n) * float64(member.CompressedSize64) / float64(size)))
		}
	}})
}

type counted struct {
	io.Reader
	count func(n int)
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.count(n)
	return n, err
}

// isWorkbook tells a workbook of Excel, which is a zip archive too, from others by the name of the first file in it.
func isWorkbook(start []byte) bool {
	const sizeAt, nameAt = 26, 30
	if len(start) < nameAt {
		return false
	}
	name := start[nameAt:min(len(start), nameAt+int(binary.LittleEndian.Uint16(start[sizeAt:])))]
	for _, first := range []string{"[Content_Types].xml", "_rels/", "xl/", "docProps/"} {
		if bytes.HasPrefix(name, []byte(first)) {
			return true
		}
	}
	return false
}
