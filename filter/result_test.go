package filter

import (
	"bytes"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestResult(t *testing.T) {
	r := engine(t).Enrich(eventOf(t, signInRecord))
	defer r.Release()
	require.True(t, r.Changed)
	assert.Equal(t, append([]byte("x"), r.AppendTo(nil)...), r.AppendTo([]byte("x")))
	dst := make([]byte, r.Size+3)
	r.CopyTo(dst[:r.Size])
	assert.Equal(t, r.AppendTo(nil), dst[:r.Size])
	assert.Equal(t, []byte{0, 0, 0}, dst[r.Size:])
}

// After Release nothing in the engine points into the chunk, which may be memory of the host.
func TestReleaseForgetsTheChunk(t *testing.T) {
	for name, e := range map[string]*Engine{
		"flat": engine(t),
		"all":  engine(t, "Parse_Json", "on", "Time_From_Record", "on", "Envelope_Key", "rest", "Schema", "ecs"),
	} {
		t.Run(name, func(t *testing.T) {
			var chunk []byte
			for _, s := range shapes {
				chunk = append(chunk, eventOf(t, s.record)...)
				chunk = append(chunk, eventOf(t, `{"severity":1,"records":[`+s.record+`]}`)...)
				chunk = append(chunk, eventOf(t, `{"log":`+quote(s.record)+`,"time":"x"}`)...)
			}
			chunk = append(chunk, 0xc1) // damage
			p := e.begin(chunk)
			p.enrichChunk()
			r := p.end()
			r.AppendTo(nil)
			require.Error(t, r.Err)
			r.Release()

			assert.Nil(t, r.chunk)
			assert.Nil(t, r.state)
			assert.Nil(t, p.chunk)
			assert.Nil(t, p.out)
			assert.Zero(t, p.host)
			assert.Zero(t, p.found.seen)
			assert.NoError(t, r.Err)
			inside := func(p unsafe.Pointer) bool {
				return uintptr(p) >= uintptr(unsafe.Pointer(&chunk[0])) && uintptr(p) < uintptr(unsafe.Pointer(&chunk[0]))+uintptr(len(chunk))
			}
			for _, v := range p.found.values {
				assert.False(t, inside(unsafe.Pointer(unsafe.StringData(v.text))))
			}
			for _, ed := range r.edits[:cap(r.edits)] {
				assert.False(t, inside(unsafe.Pointer(unsafe.SliceData(ed.text))))
			}
			runtime.KeepAlive(chunk)
		})
	}
}

func TestOutputOutlivesTheChunk(t *testing.T) {
	chunk := eventOf(t, `{"status":{"errorCode":4242,"failureReason":"Odd."}}`)
	r := engine(t).Enrich(chunk)
	out := r.AppendTo(nil)
	want := bytes.Clone(out)
	r.Release()
	clear(chunk)
	assert.Equal(t, want, out)
}

func TestUnknownIsBounded(t *testing.T) {
	var chunk []byte
	for i := range 100 {
		record := strings.Replace(`{"status":{"errorCode":10#}}`, "#", string(rune('0'+i/10))+string(rune('0'+i%10)), 1)
		chunk = append(chunk, join(eventOf(t, record), eventOf(t, record))...)
	}
	_, r := enrich(t, engine(t), chunk)
	require.Len(t, r.Unknown, maxUnknown)
	assert.Equal(t, []uint32{1000, 1001, 1002}, r.Unknown[:3])
	assert.Equal(t, uint64(200), r.Counts.Unknown)
}

// What a result keeps for the next one is bounded.
func TestHugeScratchIsNotKept(t *testing.T) {
	e := engine(t)
	record := `{"records":[{"resultType":"50126","padding":"` + strings.Repeat("x", 2*keepScratch) + `"}]}`
	r := e.Enrich(eventOf(t, record))
	require.True(t, r.Changed)
	require.Greater(t, cap(r.arena.block), keepScratch)
	r.Release()
	next := e.Enrich(nil)
	assert.NotSame(t, r, next)
	next.Release()
}

func TestOrder(t *testing.T) {
	r := &Result{engine: engine(t), chunk: []byte("0123456789")}
	r.edit(5, 6, []byte("a"))
	r.edit(2, 2, []byte("inner"))
	r.edit(2, 2, []byte("outer"))
	r.edit(0, 1, nil)
	r.Size += len(r.chunk)
	r.order(0)
	assert.Equal(t, "1innerouter234a6789", string(r.AppendTo(nil)))
}
