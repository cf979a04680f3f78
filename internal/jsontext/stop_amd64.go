package jsontext

// indexStop returns the index of the first quote, backslash or control character from i on, or an index from which on fewer than
// 16 bytes are left and before which there is none. It looks at 16 bytes at once, with instructions that every amd64 processor has.
//
//go:noescape
func indexStop(b []byte, i int) int
