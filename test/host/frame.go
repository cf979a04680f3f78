package host

import (
	"encoding/binary"
	"errors"
	"io"
)

// appendFrame appends a list of byte strings as c/frame.c reads it.
func appendFrame(dst []byte, parts [][]byte) []byte {
	total := 0
	for _, p := range parts {
		total += 4 + len(p)
	}
	dst = binary.LittleEndian.AppendUint32(dst, uint32(total))
	for _, p := range parts {
		dst = binary.LittleEndian.AppendUint32(dst, uint32(len(p)))
		dst = append(dst, p...)
	}
	return dst
}

// readFrame reads one frame.
func readFrame(r io.Reader) ([][]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	b := make([]byte, binary.LittleEndian.Uint32(head[:]))
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, err
	}
	var parts [][]byte
	for len(b) > 0 {
		if len(b) < 4 || int64(len(b)-4) < int64(binary.LittleEndian.Uint32(b)) {
			return nil, errors.New("a frame of the host is cut off")
		}
		n := 4 + int(binary.LittleEndian.Uint32(b))
		parts = append(parts, b[4:n:n])
		b = b[n:]
	}
	return parts, nil
}
