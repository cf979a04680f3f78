package msgpack

import (
	"encoding/binary"
	"errors"
	"math"
)

// Errors of Read.
var (
	ErrTruncated = errors.New("the MessagePack ends in the middle of a value")
	ErrInvalid   = errors.New("the MessagePack has the byte 0xc1, which means nothing")
)

// Kind is the type of a Token.
type Kind uint8

// The kinds, and where a Token of each has its value.
const (
	KindNil Kind = iota
	KindFalse
	KindTrue
	KindInt     // Token.N as an int64
	KindUint    // Token.N
	KindFloat32 // Token.N is its bits
	KindFloat64 // Token.N is its bits
	KindString  // Token.Data
	KindBinary  // Token.Data
	KindExt     // Token.Ext, Token.Data
	KindArray   // Token.N elements follow
	KindMap     // Token.N keys, each with its value, follow
)

// A Token is one value, or the header of an array or a map, whose elements follow as further tokens.
type Token struct {
	Kind Kind
	Ext  int8   // type of an extension
	N    uint64 // see Kind
	Data []byte // of a string, a binary or an extension; part of what was read
}

// Read reads the token at b[at] into t and returns where the next one begins. The count of an array or a map is never more than the bytes
// that are left, so a caller may use the count as the bound of a loop. If Read returns an error, end is equal to at.
//
// Read fills the caller's token field by field. A token of five words that is returned is copied through memory, and the copy has to wait
// for the writes before it.
func (t *Token) Read(b []byte, at int) (end int, err error) {
	t.Kind, t.Ext, t.N, t.Data = KindNil, 0, 0, nil
	if at >= len(b) {
		return at, ErrTruncated
	}
	lead := b[at]
	switch {
	case lead < 0x80:
		t.Kind, t.N = KindUint, uint64(lead)
		return at + 1, nil
	case lead < 0x90:
		return t.container(KindMap, uint64(lead&0x0f), b, at, 1)
	case lead < 0xa0:
		return t.container(KindArray, uint64(lead&0x0f), b, at, 1)
	case lead < 0xc0:
		return t.payload(KindString, uint64(lead&0x1f), b, at, 1)
	case lead >= 0xe0:
		t.Kind, t.N = KindInt, uint64(int64(int8(lead)))
		return at + 1, nil
	}
	form := &forms[lead-0xc0]
	head := 1 + int(form.width)
	if len(b)-at < head {
		return at, ErrTruncated
	}
	n := uint64(0)
	if form.width > 0 {
		n = bigEndian(b[at+1:], int(form.width))
	}
	switch form.kind {
	case KindNil, KindFalse, KindTrue:
		if lead == 0xc1 {
			return at, ErrInvalid
		}
	case KindInt:
		shift := 64 - 8*uint(form.width)
		t.N = uint64(int64(n<<shift) >> shift)
	case KindUint, KindFloat32, KindFloat64:
		t.N = n
	case KindArray, KindMap:
		return t.container(form.kind, n, b, at, head)
	case KindExt:
		if form.fixed != 0 {
			n = uint64(form.fixed)
		}
		if len(b)-at == head {
			return at, ErrTruncated
		}
		t.Ext = int8(b[at+head])
		return t.payload(KindExt, n, b, at, head+1)
	default:
		return t.payload(form.kind, n, b, at, head)
	}
	t.Kind = form.kind
	return at + head, nil
}

// forms says of the lead bytes 0xc0 to 0xdf what they start and how many bytes of number follow.
var forms = [32]struct {
	kind  Kind
	width uint8
	fixed uint8
}{
	{kind: KindNil}, {kind: KindNil}, {kind: KindFalse}, {kind: KindTrue},
	{kind: KindBinary, width: 1}, {kind: KindBinary, width: 2}, {kind: KindBinary, width: 4},
	{kind: KindExt, width: 1}, {kind: KindExt, width: 2}, {kind: KindExt, width: 4},
	{kind: KindFloat32, width: 4}, {kind: KindFloat64, width: 8},
	{kind: KindUint, width: 1}, {kind: KindUint, width: 2}, {kind: KindUint, width: 4}, {kind: KindUint, width: 8},
	{kind: KindInt, width: 1}, {kind: KindInt, width: 2}, {kind: KindInt, width: 4}, {kind: KindInt, width: 8},
	{kind: KindExt, fixed: 1}, {kind: KindExt, fixed: 2}, {kind: KindExt, fixed: 4}, {kind: KindExt, fixed: 8},
	{kind: KindExt, fixed: 16},
	{kind: KindString, width: 1}, {kind: KindString, width: 2}, {kind: KindString, width: 4},
	{kind: KindArray, width: 2}, {kind: KindArray, width: 4},
	{kind: KindMap, width: 2}, {kind: KindMap, width: 4},
}

// container reads the header of an array of n elements or a map of n pairs. The header has head bytes.
func (t *Token) container(k Kind, n uint64, b []byte, at, head int) (end int, err error) {
	values := n
	if k == KindMap {
		values = 2 * n
	}
	if end = at + head; values > uint64(len(b)-end) {
		return at, ErrTruncated
	}
	t.Kind, t.N = k, n
	return end, nil
}

// payload reads a value of n bytes that follows a header of head bytes.
func (t *Token) payload(k Kind, n uint64, b []byte, at, head int) (end int, err error) {
	from := at + head
	if n > uint64(len(b)-from) {
		return at, ErrTruncated
	}
	end = from + int(n)
	t.Kind, t.Data = k, b[from:end:end]
	return end, nil
}

// EventTime reads a timestamp of Fluent Bit: an extension of type 0 with seconds and nanoseconds, four bytes each.
func (t *Token) EventTime() (sec int64, nsec uint32, ok bool) {
	if t.Kind != KindExt || t.Ext != 0 || len(t.Data) != 8 {
		return 0, 0, false
	}
	nsec = binary.BigEndian.Uint32(t.Data[4:])
	return int64(binary.BigEndian.Uint32(t.Data)) + int64(nsec/1e9), nsec % 1e9, true
}

// Float returns the value of a float token, and 32 or 64.
func (t *Token) Float() (v float64, bits int) {
	if t.Kind == KindFloat32 {
		return float64(math.Float32frombits(uint32(t.N))), 32
	}
	return math.Float64frombits(t.N), 64
}

// ShortString reads a string of at most 255 bytes, which most values are, without making a token. ok is false for any other value,
// and for a string that is cut off.
func ShortString(b []byte, i int) (s []byte, next int, ok bool) {
	if i >= len(b) {
		return nil, Bad, false
	}
	from := i + 1
	switch lead := b[i]; {
	case lead&0xe0 == 0xa0:
		next = from + int(lead&0x1f)
	case lead == 0xd9 && len(b) > from:
		next = from + 1 + int(b[from])
		from++
	default:
		return nil, Bad, false
	}
	if next > len(b) {
		return nil, Bad, false
	}
	return b[from:next], next, true
}

// Damage returns the error of the value at i, which Skip has found damaged.
func Damage(b []byte, i int) (err error) {
	var t Token
	for err == nil {
		i, err = t.Read(b, i)
	}
	return err
}
