package main

import (
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

// progressAfter is how long a person waits before they wonder whether anything happens.
const progressAfter = time.Second

// progress returns a function to call with the number of bytes that were read, and one to call at the end. After a second they draw
// a bar on standard error with the time left, if that is a terminal and the size of the files is known.
func (a *app) progress(doing string, files []string) (add func(n int), done func()) {
	size := totalSize(files)
	if size == 0 || !a.terminal(a.err) {
		return func(int) {}, func() {}
	}
	var (
		mu    sync.Mutex // the end may come while a read is under way
		bar   *progressbar.ProgressBar
		ended bool
		read  int
		start = time.Now()
	)
	return func(n int) {
			mu.Lock()
			defer mu.Unlock()
			read += n
			switch {
			case ended:
			case bar != nil:
				_ = bar.Set(read) // a bar that cannot be drawn is no loss
			case time.Since(start) >= progressAfter:
				bar = progressbar.NewOptions64(size,
					progressbar.OptionSetWriter(a.err),
					progressbar.OptionSetDescription(doing),
					progressbar.OptionShowBytes(true),
					progressbar.OptionSetPredictTime(true),
					progressbar.OptionThrottle(100*time.Millisecond),
					progressbar.OptionSetWidth(30),
					progressbar.OptionClearOnFinish(),
				)
				_ = bar.Set(read)
			}
		}, func() {
			mu.Lock()
			defer mu.Unlock()
			ended = true
			if bar != nil {
				_ = bar.Finish()
			}
		}
}

// totalSize returns the size of all files; 0 where one of them has none that is known.
func totalSize(files []string) (total int64) {
	for _, name := range files {
		info, err := os.Stat(name)
		if name == stdin || err == nil && !info.Mode().IsRegular() {
			return 0
		}
		if err == nil {
			total += info.Size()
		}
	}
	return total
}
