package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"

	"github.com/spf13/cobra"

	"fluent-bit-entra-signin/cmd/entra-signin/input"
	"fluent-bit-entra-signin/cmd/entra-signin/report"
	"fluent-bit-entra-signin/filter"
	"fluent-bit-entra-signin/internal/option"
	"fluent-bit-entra-signin/internal/ordered"
)

func (a *app) report() *cobra.Command {
	var (
		file    string
		own     string // rules
		run     = reporter{app: a, options: report.DefaultOptions()}
		options = filter.DefaultOptions()
	)
	cmd := &cobra.Command{
		Use:   "report [FILE...]",
		Short: "Sum up sign-in records: what happened, and who and what to look at first",
		Long: `Read sign-in records and sum them up: severity and outcome over time, codes with their meaning and next step, accounts, addresses,
apps, countries and clients, and findings with their evidence, such as a password that was right after a spray.

FILES may be what the Entra portal downloads (JSON and CSV), exports of Microsoft Graph, Log Analytics and Elasticsearch, captures
of Event Hubs (Avro), and records as Azure Monitor sends them; UTF-8 or UTF-16, compressed with gzip or in a zip archive. Several
are summed up together. Without FILE, or for -, standard input is read.

With --context on the rules of docs/context.md give a record its severity, as in the filter, and the report says how many records each
rule had a part in.

The report is a page of text; --json is for programs, and --output writes one HTML file that needs nothing else. Ctrl-C ends the
reading, and the report is of what was read so far. The same input gives the same report.`,
		Example: `  entra-signin report InteractiveSignIns_2026-03-02_2026-03-03.csv
  entra-signin report -o report.html *.json.gz
  entra-signin report --json signins.zip | jq '.findings[] | select(.total > 0)'
  entra-signin report --context on -o report.html signins.json
  entra-signin report --spray-accounts 5 --spray-window 24h signins.json`,
		RunE: func(cmd *cobra.Command, files []string) error {
			if len(files) == 0 {
				if a.terminal(a.in) {
					return errors.New("no FILE, and nothing is piped in")
				}
				files = []string{stdin}
			}
			if err := run.check(); err != nil {
				return err
			}
			c, err := load(file)
			if err != nil {
				return err
			}
			set, err := loadRules(own)
			if err != nil {
				return err
			}
			if own != "" && !options.Context {
				return errors.New("--context-rules needs --context on")
			}
			if options.Context {
				run.options.Rules = set
			}
			for range runtime.GOMAXPROCS(0) {
				x, err := report.NewExtractor(options, c, set)
				if err != nil {
					return err
				}
				run.workers = append(run.workers, x)
			}
			run.codeKey = options.CodeKey
			run.tally = report.NewTally(run.options)
			return run.run(cmd.Context(), files)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&run.out, "output", "o", "", "Write the report to this `file`, as HTML.")
	flags.BoolVar(&run.json, "json", false, "Write the report as JSON.")
	cmd.MarkFlagsMutuallyExclusive("json", "output")
	flags.IntVar(&run.options.Top, "top", run.options.Top, "Rows of a table, and findings of a kind, in HTML and JSON.")
	flags.IntVar(&run.options.SprayAccounts, "spray-accounts", run.options.SprayAccounts, "Accounts that one source is refused for in a spray.")
	flags.DurationVar(&run.options.SprayWindow, "spray-window", run.options.SprayWindow, "The time for that, e.g. 30m or 24h.")
	flags.IntVar(&run.options.Failures, "failures", run.options.Failures, "Refused passwords of an account before one is right.")
	flags.DurationVar(&run.options.FailureWindow, "failures-window", run.options.FailureWindow, "The time for that.")
	flags.IntVar(&run.options.Prompts, "mfa-prompts", run.options.Prompts, "MFA prompts that are not accepted before one is.")
	flags.DurationVar(&run.options.PromptWindow, "mfa-window", run.options.PromptWindow, "The time for that.")
	addOptions(cmd, slices.DeleteFunc(options.List(), func(o option.Option) bool { return o.Name != "Code_Key" && o.Name != "Context" }))
	catalogFlag(cmd, &file)
	rulesFlag(cmd, &own)
	flags.SortFlags = false
	return cmd
}

// A reporter is one run of the command report.
type reporter struct {
	*app
	options report.Options
	out     string // a file; "" for standard output
	json    bool
	workers []*report.Extractor
	codeKey []string
	tally   *report.Tally
}

// check refuses thresholds that mean nothing.
func (r *reporter) check() error {
	o := &r.options
	for _, n := range []struct {
		flag string
		n    int64
	}{{"top", int64(o.Top)}, {"spray-accounts", int64(o.SprayAccounts)}, {"failures", int64(o.Failures)}, {"mfa-prompts", int64(o.Prompts)},
		{"spray-window", int64(o.SprayWindow)}, {"failures-window", int64(o.FailureWindow)}, {"mfa-window", int64(o.PromptWindow)}} {
		if n.n < 1 {
			return fmt.Errorf("--%s: must be more than 0", n.flag)
		}
	}
	return nil
}

// memory is what a report may take. What is kept is bounded below that; the limit makes the collector of garbage keep up. Below the limit
// the collector runs a third as often as usual: most of what it looks through stays.
const (
	memory    = 400 << 20
	gcPercent = 300
)

func (r *reporter) run(ctx context.Context, files []string) error {
	if r.getenv("GOMEMLIMIT") == "" {
		defer debug.SetMemoryLimit(debug.SetMemoryLimit(memory))
	}
	if r.getenv("GOGC") == "" {
		defer debug.SetGCPercent(debug.SetGCPercent(gcPercent))
	}
	if r.out != "" { // before hours of reading
		if err := r.canWrite(files); err != nil {
			return failure{err}
		}
	}
	read, done := r.progress("reading", files)
	var bad []error
	for _, name := range files {
		r.tally.Begin(shown(name))
		err := r.file(ctx, name, read)
		if ctx.Err() != nil {
			break
		}
		if err != nil {
			err = plain(err)
			r.tally.End(err)
			bad = append(bad, fmt.Errorf("%s: %w", shown(name), err))
		}
	}
	r.finishing.Store(true)
	done()
	sum := r.tally.Report()
	sum.Interrupted = ctx.Err() != nil
	if sum.Records == 0 && len(bad) > 0 { // nothing to report but what went wrong
		return failure{errors.Join(bad...)}
	}
	if err := r.write(sum); err != nil {
		return err
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case len(bad) > 0:
		return failure{errors.Join(bad...)}
	case sum.Records == 0 && sum.Broken > 0:
		return failure{errors.New("no line is a record: sign-ins are read as JSON, as CSV with the column names of the Entra portal or Log Analytics, " +
			"and as Avro of Event Hubs Capture")}
	}
	return nil
}

func (r *reporter) file(ctx context.Context, name string, read func(n int)) error {
	f, err := r.open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return ordered.Run(ctx, len(r.workers), func(emit func(*report.Part) error) error {
		in := input.Reader{Progress: read, CodeKeys: r.codeKey, Emit: func(b *input.Batch) error {
			return emit(&report.Part{Batch: b})
		}}
		return in.File(shown(name), f)
	}, func(worker int, p *report.Part) {
		r.workers[worker].Extract(p)
	}, func(p *report.Part) error {
		r.tally.Add(p)
		return nil
	})
}

// canWrite tells early that the file of the report cannot be written, or is one of those that are read.
func (r *reporter) canWrite(files []string) error {
	for _, name := range files {
		in, err := os.Stat(name)
		if err != nil {
			continue
		}
		if out, err := os.Stat(r.out); err == nil && os.SameFile(in, out) {
			return fmt.Errorf("%s: %w", r.out, errSameFile)
		}
	}
	info, err := os.Stat(filepath.Dir(r.out))
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", r.out, plain(err))
	case !info.IsDir():
		return fmt.Errorf("%s: %s is not a folder", r.out, filepath.Dir(r.out))
	}
	return nil
}

// write writes the report to where the flags say.
func (r *reporter) write(sum *report.Report) error {
	switch {
	case r.json:
		if err := sum.WriteJSON(r.app.out); err != nil {
			return cannotWrite(err)
		}
	case r.out != "":
		return r.html(sum)
	default:
		if err := sum.WriteText(r.app.out, r.painter(), r.width()); err != nil {
			return cannotWrite(err)
		}
	}
	return nil
}

// html writes the file as a whole: a report that was there before stays until then.
func (r *reporter) html(sum *report.Report) error {
	return replaceFile(r.out, sum.WriteHTML)
}

// replaceFile writes a file beside the one of that name and then puts it in its place.
func replaceFile(name string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".entra-signin-*")
	if err != nil {
		return failure{err}
	}
	defer os.Remove(f.Name())
	err = errors.Join(write(f), f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return failure{fmt.Errorf("%s: writing: %w", name, plain(err))}
	}
	return nil
}
