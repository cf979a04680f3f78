package main

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
)

func drained(l *lines) []line {
	var got []line
	l.drain(func(lv level, text string) { got = append(got, line{lv, text}) })
	return got
}

func TestLinesAreDrainedOnceAndInOrder(t *testing.T) {
	var l lines
	assert.Empty(t, drained(&l))
	l.add(levelInfo, "%d", 1)
	l.add(levelWarn, "two")
	assert.Equal(t, []line{{levelInfo, "1"}, {levelWarn, "two"}}, drained(&l))
	assert.Empty(t, drained(&l))
}

func TestLinesStayOneLineEach(t *testing.T) {
	var l lines
	l.add(levelError, "%s", "one\ntwo\r\nthree\n")
	assert.Equal(t, []line{{levelError, "one; two; three"}}, drained(&l))
}

func TestLinesAreBounded(t *testing.T) {
	var l lines
	for range maxLines + 5 {
		l.add(levelInfo, "x")
	}
	got := drained(&l)
	assert.Len(t, got, maxLines+1)
	assert.Equal(t, line{levelWarn, "5 more lines are left out"}, got[maxLines])
	l.add(levelInfo, "again")
	assert.Len(t, drained(&l), 1)
}

func TestLinesFromManyGoroutines(t *testing.T) {
	var l lines
	var wg sync.WaitGroup
	total := make(chan int, 8)
	for range 8 {
		wg.Go(func() {
			n := 0
			for range 1000 {
				l.add(levelInfo, "x")
				n += len(drained(&l))
			}
			total <- n
		})
	}
	wg.Wait()
	close(total)
	n := len(drained(&l))
	for part := range total {
		n += part
	}
	assert.Equal(t, 8000, n)
}

func BenchmarkLinesWithNothingToSay(b *testing.B) {
	var l lines
	b.ReportAllocs()
	for b.Loop() {
		l.drain(func(level, string) {})
	}
}

// TestLinesArePrintable is about text of records, receivers and files, which may hold what a terminal obeys.
func TestLinesArePrintable(t *testing.T) {
	var l lines
	l.add(levelError, "a%s", "\x1b[31m\u009b1m\u202eb\u2028\u0085\xff")
	assert.Equal(t, []line{{levelError, "a [31m 1m b   "}}, drained(&l))
	l.add(levelError, "%s", strings.Repeat("ë", maxLine))
	got := drained(&l)
	assert.LessOrEqual(t, len(got[0].text), maxLine+len("..."))
	assert.True(t, strings.HasSuffix(got[0].text, "ë..."))
}
