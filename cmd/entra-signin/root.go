package main

import (
	"context"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/spf13/cobra"
)

// An app is the command and its environment.
type app struct {
	in       io.Reader
	out, err io.Writer
	terminal func(stream any) bool
	getenv   func(name string) string

	finishing atomic.Bool // the command waits for nothing any more, and what it writes must become whole
}

// run runs the command line and returns the exit status.
func (a *app) run(ctx context.Context, args []string) int {
	root := a.root()
	root.SetArgs(args)
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	cmd, err := root.ExecuteContextC(ctx)
	return a.finish(cmd, err)
}

// say writes a message to standard error. An error is ignored, because there is no other place to report it.
func (a *app) say(format string, args ...any) {
	_, _ = fmt.Fprintf(a.err, "entra-signin: "+format+"\n", args...)
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "entra-signin",
		Short: "Explain the error codes of Microsoft Entra ID sign-ins and enrich sign-in records",
		Example: `  entra-signin explain 50126 AADSTS500121
  entra-signin explain lockout
  entra-signin enrich signins.json > enriched.jsonl
  entra-signin enrich --fields description,severity,action < signins.jsonl
  entra-signin report -o report.html signins.csv
  entra-signin catalog --severity high+`,
		Version:       versionOf(),
		SilenceErrors: true, // finish prints them, with a hint
		SilenceUsage:  true,
	}
	root.AddCommand(a.explain(), a.enrich(), a.report(), a.catalog(), a.check(), a.install(), a.health(), a.version())
	return root
}
