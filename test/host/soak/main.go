// Command soak runs the built plugin for minutes or hours in the bundled host of package host, under everything that it may
// meet in production at once, and reports whether the plugin came through unchanged.
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
// Every output of a filter must equal, byte for byte, what package filter makes of the same chunk in this process. Every record that
// an output accepted must be written once and as expected. The host must neither end nor log a panic of the plugin. Memory, threads,
// files and goroutines must not grow; see growth.go for the limits.
//
// The catalog file only has codes that no other traffic has. The expected output of a chunk therefore does not depend on when the
// plugin read the file. The probes with these codes may have one of a few outcomes.
//
// # The seed
//
// The seed decides the traffic of each thread, chunk by chunk, and each fault. It does not decide which of them meet. A chunk that
// comes out wrong is written to a file, so that nobody has to repeat the run to look at it.
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
