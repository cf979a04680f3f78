// Command soak runs the built plugin for minutes or hours in the bundled host of package host, under everything that it may
// meet in production at once, and tells whether it came through unchanged.
//
//	soak [-minutes 1] [-seed n] SO
//
// # What happens to it
//
// Eight threads of the host send good chunks and hostile ones to four filters of different options and to two outputs,
// whose receivers are a file that is rotated and an HTTP server that fails in every way. Meanwhile the configuration is
// reloaded every few seconds, signals arrive, and the catalog file is replaced by good, bad, empty and no content.
//
// # What is checked
//
// Every output of a filter is, byte for byte, what package filter makes of the same chunk in this process. Every record
// that an output took is written once and as expected. The host neither ends nor logs a fault of the plugin. Memory,
// threads, files and goroutines do not grow; see growth.go for the limits.
//
// The catalog file only has codes which no other traffic has. So what is expected of a chunk does not depend on when
// the plugin looked at the file, and the probes with these codes may have any of the few outcomes there are.
//
// # The seed
//
// It decides the traffic of each thread, chunk by chunk, and each fault. When which of them meet is up to the machine. A chunk
// that comes out wrong is left in a file, so nothing has to be repeated to look at it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"
)

func main() {
	minutes := flag.Float64("minutes", 1, "how long")
	seed := flag.Uint64("seed", 0, "what decides the traffic; 0: another one each time")
	flag.Parse()
	if flag.NArg() != 1 || *minutes <= 0 {
		fmt.Fprintln(os.Stderr, "usage: soak [-minutes 1] [-seed n] SO")
		os.Exit(2)
	}
	if *seed == 0 {
		*seed = uint64(time.Now().UnixNano()) % 1_000_000
	}
	if err := runUntilInterrupted(flag.Arg(0), time.Duration(*minutes*float64(time.Minute)), *seed); err != nil {
		fmt.Fprintln(os.Stderr, "soak: FAILED:", err)
		os.Exit(1)
	}
}

func runUntilInterrupted(object string, length time.Duration, seed uint64) error {
	so, err := filepath.Abs(object)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	return run(ctx, settings{so: so, length: length, seed: seed, out: os.Stdout})
}
