package sink

import (
	"encoding/binary"
	"errors"
	"math"
)

// A record is read as a row of tokens: the head of each value says what it is, and what it holds follows as further
// tokens. Nothing here recurses, so nothing a record holds can exhaust the stack.

var (
	errTruncated = errors.New("the MessagePack ends in the middle of a value")
	errInvalid   = errors.New("the MessagePack has the byte 0xc1, which means nothing")
	errNotMap    = errors.New("the record is not a MessagePack map")
)

type kind uint8

const (
	kindNil kind = iota
	kindFalse
	kindTrue
	kindInt     // token.n as an int64
	kindUint    // token.n
	kindFloat32 // token.n is its bits
	kindFloat64 // token.n is its bits
	kindString  // token.data
	kindBinary  // token.data
	kindExt     // token.ext, token.data
	kindArray   // token.n elements follow
	kindMap     // token.n keys, each with its value, follow
)

type token struct {
	kind kind
	ext  int8
	n    uint64
	data []byte
}

// next reads one token. The count of an array or a map is never more than the bytes that are left, so a caller may
// trust it as the bound of a loop.
func next(b []byte) (t token, rest []byte, err error) {
	if len(b) == 0 {
		return t, b, errTruncated
	}
	lead := b[0]
	switch {
	case lead < 0x80:
		return token{kind: kindUint, n: uint64(lead)}, b[1:], nil
	case lead < 0x90:
		return container(kindMap, uint64(lead&0x0f), b[1:])
	case lead < 0xa0:
		return container(kindArray, uint64(lead&0x0f), b[1:])
	case lead < 0xc0:
		return payload(token{kind: kindString}, uint64(lead&0x1f), b[1:])
	case lead >= 0xe0:
		return token{kind: kindInt, n: uint64(int64(int8(lead)))}, b[1:], nil
	}
	form := forms[lead-0xc0]
	if len(b) < 1+int(form.width) {
		return t, b, errTruncated
	}
	n := bigEndian(b[1 : 1+form.width])
	rest = b[1+form.width:]
	t.kind = form.kind
	switch form.kind {
	case kindNil, kindFalse, kindTrue:
		if lead == 0xc1 {
			return t, b, errInvalid
		}
		return t, rest, nil
	case kindInt:
		shift := 64 - 8*uint(form.width)
		t.n = uint64(int64(n<<shift) >> shift)
		return t, rest, nil
	case kindUint, kindFloat32, kindFloat64:
		t.n = n
		return t, rest, nil
	case kindArray, kindMap:
		return container(form.kind, n, rest)
	case kindExt:
		if form.fixed != 0 {
			n = uint64(form.fixed)
		}
		if len(rest) == 0 {
			return t, b, errTruncated
		}
		t.ext = int8(rest[0])
		rest = rest[1:]
	}
	return payload(t, n, rest)
}

// forms says of the lead bytes 0xc0 to 0xdf what they start and how many bytes of number follow.
var forms = [32]struct {
	kind  kind
	width uint8
	fixed uint8
}{
	{kind: kindNil}, {kind: kindNil}, {kind: kindFalse}, {kind: kindTrue},
	{kind: kindBinary, width: 1}, {kind: kindBinary, width: 2}, {kind: kindBinary, width: 4},
	{kind: kindExt, width: 1}, {kind: kindExt, width: 2}, {kind: kindExt, width: 4},
	{kind: kindFloat32, width: 4}, {kind: kindFloat64, width: 8},
	{kind: kindUint, width: 1}, {kind: kindUint, width: 2}, {kind: kindUint, width: 4}, {kind: kindUint, width: 8},
	{kind: kindInt, width: 1}, {kind: kindInt, width: 2}, {kind: kindInt, width: 4}, {kind: kindInt, width: 8},
	{kind: kindExt, fixed: 1}, {kind: kindExt, fixed: 2}, {kind: kindExt, fixed: 4}, {kind: kindExt, fixed: 8},
	{kind: kindExt, fixed: 16},
	{kind: kindString, width: 1}, {kind: kindString, width: 2}, {kind: kindString, width: 4},
	{kind: kindArray, width: 2}, {kind: kindArray, width: 4},
	{kind: kindMap, width: 2}, {kind: kindMap, width: 4},
}

func bigEndian(b []byte) uint64 {
	switch len(b) {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(binary.BigEndian.Uint16(b))
	case 4:
		return uint64(binary.BigEndian.Uint32(b))
	case 8:
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

func container(k kind, n uint64, rest []byte) (token, []byte, error) {
	values := n
	if k == kindMap {
		values = 2 * n
	}
	if values > uint64(len(rest)) {
		return token{}, rest, errTruncated
	}
	return token{kind: k, n: n}, rest, nil
}

func payload(t token, n uint64, rest []byte) (token, []byte, error) {
	if n > uint64(len(rest)) {
		return token{}, rest, errTruncated
	}
	t.data = rest[:n:n]
	return t, rest[n:], nil
}

// skip passes over one value, however deep it is, and returns where the next one begins. Every search in a record is
// mostly this, so it makes no tokens.
func skip(b []byte, at int) (end int, err error) {
	for left := 1; left > 0; {
		if at >= len(b) {
			return at, errTruncated
		}
		lead := b[at]
		at++
		left--
		switch {
		case lead < 0x80 || lead >= 0xe0:
		case lead >= 0xc0:
			form := &forms[lead-0xc0]
			if len(b)-at < int(form.width) {
				return at, errTruncated
			}
			n := int(form.fixed)
			if form.width > 0 && form.fixed == 0 {
				n = int(bigEndian(b[at : at+int(form.width)]))
			}
			at += int(form.width)
			switch form.kind {
			case kindNil:
				if lead == 0xc1 {
					return at, errInvalid
				}
			case kindExt:
				at += 1 + n
			case kindString, kindBinary:
				at += n
			case kindArray:
				left += n
			case kindMap:
				left += 2 * n
			}
		case lead >= 0xa0:
			at += int(lead & 0x1f)
		case lead >= 0x90:
			left += int(lead & 0x0f)
		default:
			left += 2 * int(lead&0x0f)
		}
		// Each value takes a byte at least. Checked here, no count can grow past the length.
		if left > len(b)-at {
			return at, errTruncated
		}
	}
	return at, nil
}

// text finds the string that starts at a place, without making a token of it: most of a record is strings. If there is
// none, or not the whole of one, ok is false, and next says what is there.
func text(b []byte, at int) (from, to int, ok bool) {
	if at >= len(b) {
		return 0, 0, false
	}
	lead := b[at]
	from = at + 1
	switch {
	case lead&0xe0 == 0xa0:
		to = from + int(lead&0x1f)
	case lead == 0xd9 && len(b) > from:
		to = from + 1 + int(b[from])
		from++
	default:
		return 0, 0, false
	}
	return from, to, to <= len(b)
}

// eventTime reads Fluent Bit's extension 0, seconds and nanoseconds of four bytes each.
func eventTime(t *token) (sec int64, nsec uint32, ok bool) {
	if t.kind != kindExt || t.ext != 0 || len(t.data) != 8 {
		return 0, 0, false
	}
	nsec = binary.BigEndian.Uint32(t.data[4:])
	return int64(binary.BigEndian.Uint32(t.data)) + int64(nsec/1e9), nsec % 1e9, true
}

func (t *token) float() (v float64, bits int) {
	if t.kind == kindFloat32 {
		return float64(math.Float32frombits(uint32(t.n))), 32
	}
	return math.Float64frombits(t.n), 64
}
