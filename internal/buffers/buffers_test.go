package buffers

import (
	"sync"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
)

func same(x, y []byte) bool { return unsafe.SliceData(x) == unsafe.SliceData(y) }

func TestABufferIsTakenAgain(t *testing.T) {
	var l list
	first, second := l.take(2_100_000), l.take(10)
	assert.Equal(t, 3<<20, cap(first), "rounded, for chunks of about the same size")
	assert.Equal(t, 10, cap(second))
	l.give(append(first, "text"...))
	l.give(second)

	got := l.take(2_500_000)
	assert.True(t, same(first, got))
	assert.Empty(t, got)
	l.give(got)
	assert.True(t, same(second, l.take(9)), "the smallest with the room")
	assert.True(t, same(first, l.take(9)))
	assert.False(t, same(first, l.take(9)), "it is taken already")
}

func TestASmallBufferGivesWayToALargeOne(t *testing.T) {
	var l list
	small := l.take(10)
	l.give(small)
	l.give(l.take(11))
	assert.Equal(t, 11, l.bytes)
	assert.Len(t, l.free, 1)
}

func TestWhatIsKeptIsLimited(t *testing.T) {
	var l list
	l.give(make([]byte, 0, maxBuffer+1))
	assert.Empty(t, l.free, "too large")
	for range 10 {
		l.give(make([]byte, 0, maxBuffer))
	}
	assert.Len(t, l.free, maxKept/maxBuffer)
	l.take(1)
	l.take(1)
	assert.Zero(t, l.bytes)
}

func TestABufferHasOneUser(*testing.T) {
	var l list
	var g sync.WaitGroup
	for range 8 {
		g.Go(func() {
			for range 1000 {
				b := append(l.take(1), 0)
				b[0]++ // the race detector sees a buffer that two have
				l.give(b)
			}
		})
	}
	g.Wait()
}
