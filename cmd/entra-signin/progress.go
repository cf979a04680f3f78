package main

import (
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
)

// largeInput is the size from which on a person may wonder whether anything happens.
const largeInput = 32 << 20

// progress returns a function to call with the number of bytes that were read, and one to call at the end. They draw a
// bar on standard error, if that is a terminal and the files are large, and the results go elsewhere.
func (a *app) progress(files []string) (add func(n int), done func()) {
	size := totalSize(files)
	if size < largeInput || !a.terminal(a.err) || a.terminal(a.out) {
		return func(int) {}, func() {}
	}
	bar := progressbar.NewOptions64(size,
		progressbar.OptionSetWriter(a.err),
		progressbar.OptionSetDescription("enriching"),
		progressbar.OptionShowBytes(true),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetWidth(30),
		progressbar.OptionClearOnFinish(),
	)
	return func(n int) { _ = bar.Add(n) }, func() { _ = bar.Finish() } // a bar that cannot be drawn is no loss
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
