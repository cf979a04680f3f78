// Package view looks at bytes as text and at text as bytes, without a copy. What a view shows lives and changes with the
// memory behind the view, and the bytes of a text must not be written to.
package view

import "unsafe"

// String returns the bytes as a string.
func String(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// Bytes returns the bytes of a string.
func Bytes(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
