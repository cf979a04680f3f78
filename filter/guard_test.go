//go:build unix

package filter

import (
	"os"
	"runtime/debug"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// Nothing reads past the chunk: behind its last byte is memory that nobody may read. Every record of every shape, cut off
// at every byte, ends at that border.
func TestNothingIsReadBehindTheChunk(t *testing.T) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	page := os.Getpagesize()
	memory, err := syscall.Mmap(-1, 0, 3*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	require.NoError(t, err)
	defer func() { require.NoError(t, syscall.Munmap(memory)) }()
	require.NoError(t, syscall.Mprotect(memory[2*page:], syscall.PROT_NONE))
	require.Panics(t, func() { memory[0] = memory[2*page] }, "the guard works")
	room := memory[: 2*page : 2*page]

	e := engine(t, "Schema", "ecs", "Parse_Json", "on", "Time_From_Record", "on", "Envelope_Key", "rest")
	check := func(chunk []byte) {
		at := room[len(room)-len(chunk):]
		copy(at, chunk)
		r := e.Enrich(at)
		r.AppendTo(nil)
		r.Release()
		_ = Events(at, func(Event) bool { return true })
	}
	g := newGenerator(6)
	for _, s := range shapes {
		for _, record := range []string{s.record, `{"records":[` + s.record + `]}`, `{"log":` + quote(s.record) + `}`} {
			chunk := eventOf(t, record)
			for n := range chunk {
				check(chunk[:n])
			}
			check(chunk)
			for range 20 { // and with a wrong byte
				damaged := append([]byte(nil), chunk...)
				damaged[g.IntN(len(damaged))] = byte(g.Uint32())
				check(damaged)
			}
		}
	}
}
