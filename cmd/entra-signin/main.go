// Command entra-signin explains the error codes of Microsoft Entra ID sign-ins at a terminal, and enriches sign-in records in
// files with the engine of the Fluent Bit plugin.
//
//	entra-signin explain 50126 AADSTS500121   what a code means and what to do
//	entra-signin enrich signins.json          records in, enriched records out, one a line
//	entra-signin report -o report.html *.csv  what happened, and who and what to look at first
//	entra-signin catalog --severity high+     the catalog, or a part of it
//	entra-signin catalog --compare list.md    what a published list has that the catalog lacks
//	entra-signin check mine.csv               whether a catalog of one's own would load
//	entra-signin install /opt/entra           put the plugin into a folder
//	entra-signin health                       whether a Fluent Bit on this machine is healthy
//
// # Exit status
//
// 0 is success. 1 is an input that could not be read, a code that was not found, or a catalog with errors. 2 is wrong usage: an
// unknown flag or command, a bad value. 130 is Ctrl-C.
//
// # Streams
//
// Results go to standard output and everything said about them to standard error. Colour and a progress bar are for
// terminals only; NO_COLOR turns colour off.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"fluent-bit-entra-signin/internal/terminal"
)

// grace is how long an interrupted command may take to write what it has. One that still waits for input then has
// nothing left to write: output is flushed before every wait.
const grace = 500 * time.Millisecond

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	a := &app{in: os.Stdin, out: os.Stdout, err: os.Stderr, terminal: terminal.Is, getenv: os.Getenv}
	done := make(chan int, 1)
	go func() { done <- a.run(ctx, os.Args[1:]) }()
	select {
	case code := <-done:
		os.Exit(code)
	case <-ctx.Done():
		stop() // a second Ctrl-C ends the program at once
		select {
		case <-done:
		case <-time.After(grace):
			if a.finishing.Load() {
				<-done
			}
		}
		os.Exit(exitInterrupted)
	}
}
