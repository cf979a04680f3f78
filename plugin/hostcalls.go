package main

// #include "host.h"
// #cgo noescape entra_alloc
// #cgo nocallback entra_alloc
// #cgo CFLAGS: -Wall -Wextra
// #cgo LDFLAGS: -ldl
import "C"

import "unsafe"

// cText returns text ended by NUL for the duration of one call into C.
func cText(text string) *C.char {
	b := make([]byte, len(text)+1)
	copy(b, text)
	return (*C.char)(unsafe.Pointer(unsafe.SliceData(b)))
}

func goText(p *C.char) (string, bool) {
	if p == nil {
		return "", false
	}
	return C.GoString(p), true
}

// logPlain writes a line that belongs to no instance.
func logPlain(lv level, text string) { C.entra_log(C.int(lv), cText(text)) }
