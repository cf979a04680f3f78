// Package codec stands in for github.com/ugorji/go/codec, which fluent-bit-go imports for a decoder of events that this
// project does not use: events are read in place here. The real module brings net/rpc and html/template along, whose
// use of reflection keeps the linker from leaving out unused methods of everything: 1.5 MB of the shared object, and code
// that nobody here calls inside somebody's log agent.
//
// It has just the names that fluent-bit-go needs to compile. The decoder that they make decodes nothing and says so.
package codec

import (
	"errors"
	"reflect"
)

var errNoDecoder = errors.New("this program was built without the decoder of fluent-bit-go (see internal/nocodec)")

// BytesExt reads and writes an extension type.
type BytesExt interface {
	WriteExt(v any) []byte
	ReadExt(dst any, src []byte)
}

// MsgpackHandle is a configuration.
type MsgpackHandle struct{}

// SetBytesExt refuses: there is nothing to configure.
func (*MsgpackHandle) SetBytesExt(reflect.Type, uint64, BytesExt) error { return errNoDecoder }

// Decoder decodes nothing.
type Decoder struct{}

// NewDecoderBytes returns a Decoder.
func NewDecoderBytes([]byte, *MsgpackHandle) *Decoder { return &Decoder{} }

// Decode returns an error.
func (*Decoder) Decode(any) error { return errNoDecoder }
