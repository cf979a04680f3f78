//go:build faultinject

package main

import "bytes"

// inject panics if the data holds "fault:STAGE:KIND", for tests of what the host sees of a panic.
func inject(stage string, data []byte) {
	_, rest, ok := bytes.Cut(data, []byte("fault:"+stage+":"))
	switch {
	case !ok:
	case bytes.HasPrefix(rest, []byte("panic")):
		panic("asked for")
	case bytes.HasPrefix(rest, []byte("nil")):
		var p *[4]byte
		p[len(rest)%4]++
	case bytes.HasPrefix(rest, []byte("index")):
		_ = data[len(data)+len(rest)]
	}
}
