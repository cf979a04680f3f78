package main

import (
	"math/rand/v2"

	"github.com/tinylib/msgp/msgp"
)

// longest are the headers of MessagePack with a length, each with the largest length that is possible.
var longest = [][]byte{
	{0xbf}, {0x8f}, {0x9f},
	{0xc4, 0xff}, {0xc5, 0xff, 0xff}, {0xc6, 0xff, 0xff, 0xff, 0xff},
	{0xc7, 0xff, 1}, {0xc8, 0xff, 0xff, 1}, {0xc9, 0xff, 0xff, 0xff, 0xff, 1}, {0xc9, 0xff, 0xff, 0xff, 0xff, 0},
	{0xd9, 0xff}, {0xda, 0xff, 0xff}, {0xdb, 0xff, 0xff, 0xff, 0xff},
	{0xdc, 0xff, 0xff}, {0xdd, 0xff, 0xff, 0xff, 0xff},
	{0xde, 0xff, 0xff}, {0xdf, 0xff, 0xff, 0xff, 0xff},
}

// claims has a header whose length is too large, at any place where a header can be.
func claims(_ *corpus, r *rand.Rand, id uint64) []byte {
	claim := longest[r.IntN(len(longest))]
	var chunk []byte
	switch r.IntN(8) {
	case 0: // instead of an event
	case 1: // of a header
		chunk = []byte{0x92}
	case 2: // of a time
		chunk = []byte{0x92, 0x92}
	case 3: // of metadata
		chunk = stamp([]byte{0x92, 0x92}, id, 0)
	case 4: // of a body
		chunk = appendHead(nil, r, id, 0)
	case 5: // of a key
		chunk = append(appendHead(nil, r, id, 0), 0x82, 0xa1, 'a', 1)
	case 6: // of a value
		chunk = append(appendHead(nil, r, id, 0), "\x82\xaaresultType\xcd\xc3\xce\xa3log"...)
	case 7: // where the code is
		chunk = append(appendHead(nil, r, id, 0), "\x81\xa6status\x81\xa9errorCode"...)
	}
	chunk = append(chunk, claim...)
	return append(chunk, random(r, r.IntN(512))...)
}

// invalidUTF8 has invalid UTF-8 in a key, in a value and in texts that may hold codes.
func invalidUTF8(c *corpus, r *rand.Rand, id uint64) []byte {
	chunk := msgp.AppendMapHeader(appendHead(nil, r, id, 0), 4)
	chunk = msgp.AppendStringFromBytes(chunk, random(r, 1+r.IntN(300)))
	chunk = msgp.AppendStringFromBytes(chunk, random(r, r.IntN(70_000)))
	chunk = msgp.AppendString(chunk, "message")
	chunk = msgp.AppendStringFromBytes(chunk, append(random(r, r.IntN(50)), "AADSTS50126\xff\xfe"...))
	chunk = msgp.AppendString(chunk, "log")
	chunk = msgp.AppendStringFromBytes(chunk, append([]byte(`{"resultType":"50126","a":"`), append(random(r, 20), `"}`...)...))
	chunk = msgp.AppendString(chunk, "status")
	chunk = msgp.AppendMapHeader(chunk, 2)
	chunk = msgp.AppendString(chunk, "failureReason")
	chunk = msgp.AppendStringFromBytes(chunk, random(r, r.IntN(200)))
	chunk = msgp.AppendString(chunk, "errorCode")
	return msgp.AppendUint32(chunk, []uint32{c.code(r), uint32(firstUnknown + r.IntN(unknownCodes))}[r.IntN(2)])
}

// oddFloats are floats that are not numbers, or at the limits.
var oddFloats = [][]byte{
	[]byte("\xcb\x7f\xf8\x00\x00\x00\x00\x00\x01"), []byte("\xcb\x7f\xf0\x00\x00\x00\x00\x00\x00"), []byte("\xcb\xff\xf0\x00\x00\x00\x00\x00\x00"),
	[]byte("\xca\x7f\xc0\x00\x01"), []byte("\xca\xff\x80\x00\x00"), []byte("\xcb\x80\x00\x00\x00\x00\x00\x00\x00"),
	[]byte("\xcb\x7f\xef\xff\xff\xff\xff\xff\xff"), []byte("\xcb\x00\x00\x00\x00\x00\x00\x00\x01"), []byte("\xcb\x43\xe0\x00\x00\x00\x00\x00\x00"),
}

// floats has odd floats as time, as value and as code.
func floats(_ *corpus, r *rand.Rand, id uint64) (chunk []byte) {
	for range 1 + r.IntN(20) {
		odd := oddFloats[r.IntN(len(oddFloats))]
		if r.IntN(2) == 0 {
			chunk = append(append(chunk, 0x92), odd...)
		} else {
			chunk = appendHead(chunk, r, id, 0)
		}
		chunk = append(append(chunk, "\x82\xa1x"...), odd...)
		chunk = append(append(chunk, "\xaaresultType"...), odd...)
	}
	return chunk
}

// extensions has extensions as value, as code, as body and as time, with the type of Fluent Bit's time and with other types.
func extensions(_ *corpus, r *rand.Rand, id uint64) (chunk []byte) {
	for _, n := range []int{0, 1, 2, 3, 4, 7, 8, 9, 16, 17, 255, 256, 65535, 65536 + r.IntN(100)} {
		ext := appendExt(nil, int8(r.IntN(4)-1), random(r, n))
		switch r.IntN(4) {
		case 0:
			chunk = append(append(appendHead(chunk, r, id, 0), "\x82\xaaresultType\xcd\xc3\xce\xa1x"...), ext...)
		case 1:
			chunk = append(append(appendHead(chunk, r, id, 0), "\x81\xa6status\x81\xa9errorCode"...), ext...)
		case 2:
			chunk = append(appendHead(chunk, r, id, 0), ext...)
		case 3:
			chunk = append(append(append(chunk, 0x92), ext...), "\x81\xaaresultType\xcd\xc3\xce"...)
		}
	}
	return chunk
}

func appendExt(dst []byte, kind int8, data []byte) []byte {
	n := len(data)
	switch n {
	case 1, 2, 4, 8, 16:
		dst = append(dst, map[int]byte{1: 0xd4, 2: 0xd5, 4: 0xd6, 8: 0xd7, 16: 0xd8}[n])
	default:
		switch {
		case n < 1<<8:
			dst = append(dst, 0xc7, byte(n))
		case n < 1<<16:
			dst = append(dst, 0xc8, byte(n>>8), byte(n))
		default:
			dst = append(dst, 0xc9, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
		}
	}
	return append(append(dst, byte(kind)), data...)
}
