package main

import (
	"context"
	"errors"
	"fmt"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit statuses.
const (
	exitFailed      = 1   // an input could not be read, a code was not found, a catalog has errors
	exitUsage       = 2   // wrong usage
	exitTrouble     = 2   // of a comparison, as diff has it: 1 says that there are differences
	exitInterrupted = 130 // Ctrl-C, as shells have it
)

// failure is an error that is not the fault of the command line. A nil error has been told already.
type failure struct{ error }

func (f failure) Unwrap() error { return f.error }

// trouble is an error of a comparison, which has another status than a difference.
type trouble struct{ error }

func (t trouble) Unwrap() error { return t.error }

// cannotWrite makes a failure of an error of the output.
func cannotWrite(err error) error { return failure{fmt.Errorf("writing: %w", err)} }

// finish tells an error and returns the exit status for it.
func (a *app) finish(cmd *cobra.Command, err error) int {
	var (
		f failure
		t trouble
	)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, syscall.EPIPE):
		return 0 // whoever reads has seen enough, as head does
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.As(err, &t):
		a.say("%v", t.error)
		return exitTrouble
	case errors.As(err, &f):
		if f.error != nil {
			a.say("%v", f.error)
		}
		return exitFailed
	}
	a.say("%v\nTry '%s --help'.", err, cmd.CommandPath())
	return exitUsage
}
