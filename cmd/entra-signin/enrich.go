package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"fluent-bit-entra-signin/cmd/entra-signin/records"
	"fluent-bit-entra-signin/filter"
)

func (a *app) enrich() *cobra.Command {
	var (
		file    string
		quiet   bool
		options = filter.DefaultOptions()
	)
	cmd := &cobra.Command{
		Use:   "enrich [FILE...]",
		Short: "Append description, severity and more to sign-in records",
		Long: `Read sign-in records as JSON and write them with what their code means, one a line.

Records may be one a line, spread over lines, in an array, or in an envelope such as {"records":[...]} or {"value":[...]};
files may be compressed with gzip. Without FILE, or for -, standard input is read. Nothing of a record changes but what
is appended; a line that is not JSON is passed on as it is. A record may have up to 64 MiB, an array any size.

The options of the Fluent Bit plugin are flags of the same names: Code_Key is --code-key. What was seen is summed up on
standard error at the end.`,
		Example: `  entra-signin enrich signins.json > enriched.jsonl
  entra-signin enrich --fields description,severity,code,action *.json.gz | jq 'select(.severity=="high")'
  kubectl logs -f shipper | entra-signin enrich --schema ecs
  entra-signin enrich --code-key result.code --catalog mine.csv - < records.jsonl`,
		RunE: func(cmd *cobra.Command, files []string) error {
			if len(files) == 0 {
				if a.terminal(a.in) {
					return errors.New("no FILE, and nothing is piped in; name - to type records")
				}
				files = []string{stdin}
			}
			c, err := load(file)
			if err != nil {
				return err
			}
			engine, err := filter.New(options, c)
			if err != nil {
				return err
			}
			e := &enricher{app: a, engine: engine, out: bufio.NewWriterSize(a.out, 64<<10)}
			return e.files(cmd.Context(), files, quiet)
		},
	}
	addOptions(cmd.Flags(), options.List())
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "Do not sum up at the end.")
	catalogFlag(cmd, &file)
	cmd.Flags().SortFlags = false
	return cmd
}

// An enricher is one run of the command enrich.
type enricher struct {
	*app
	engine *filter.Engine
	out    *bufio.Writer
	line   []byte // an enriched record

	counts filter.Counts
	odd    int    // pieces that are no records
	first  string // where the first of them is
}

// files enriches one file after the other. One that cannot be read does not keep the others from being read.
func (e *enricher) files(ctx context.Context, files []string, quiet bool) error {
	read, done := e.progress(files)
	var bad []error
	for _, name := range files {
		err := e.file(ctx, name, read)
		var fault *writeError
		switch {
		case errors.As(err, &fault):
			done()
			return failure{fault}
		case ctx.Err() != nil:
			done()
			_ = e.out.Flush() // the records that are whole; who interrupts does not want to hear of more
			return ctx.Err()
		case err != nil:
			bad = append(bad, fmt.Errorf("%s: %w", shown(name), plain(err)))
		}
	}
	done()
	if err := e.flush(); err != nil {
		return failure{err}
	}
	if !quiet {
		e.sum()
	}
	if len(bad) > 0 {
		return failure{errors.Join(bad...)}
	}
	return nil
}

// writeError is a fault of the output, which ends everything, unlike one of an input.
type writeError struct{ error }

func (w *writeError) Unwrap() error { return w.error }

func (e *enricher) flush() error {
	if err := e.out.Flush(); err != nil {
		return &writeError{fmt.Errorf("writing: %w", err)}
	}
	return nil
}

func (e *enricher) file(ctx context.Context, name string, read func(n int)) error {
	f, err := e.open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	// Records that come one by one go out one by one: nothing may lie in the buffer while the input is waited for.
	text, err := unpack(&hook{f, e.flush, read})
	if err != nil {
		return err
	}
	in := records.NewReader(text)
	for {
		piece, err := in.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		if err := e.piece(name, piece); err != nil {
			return err
		}
	}
}

func (e *enricher) piece(name string, piece records.Piece) error {
	var counts filter.Counts
	ok := piece.Object
	if ok {
		var err error
		e.line, counts, err = e.engine.EnrichJSON(e.line[:0], piece.Text)
		ok = err == nil
	} else {
		counts = filter.Counts{Records: 1, NoCode: 1, Malformed: 1} // as the engine counts what is no object
		e.line = append(append(e.line[:0], piece.Text...), '\n')
	}
	if !ok {
		if e.odd == 0 {
			e.first = fmt.Sprintf("%s:%d", shown(name), piece.Line)
		}
		e.odd++
	}
	e.counts.Add(&counts)
	if _, err := e.out.Write(e.line); err != nil {
		return &writeError{fmt.Errorf("writing: %w", err)}
	}
	return nil
}

// sum tells on standard error what was seen.
func (e *enricher) sum() {
	if e.odd > 0 {
		e.say("%s and passed on as they are, the first at %s",
			number(e.odd, "line is not a JSON object", "lines are not JSON objects"), e.first)
	}
	c := &e.counts
	e.say("%s: %d matched, %d unknown, %d without a code; %d malformed, %s split",
		number(int(c.Records), "record", "records"), c.Matched, c.Unknown, c.NoCode, c.Malformed,
		number(int(c.Split), "envelope", "envelopes"))
}

// number puts a number before the right word.
func number(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// shown is the name of a file in a message.
func shown(name string) string {
	if name == stdin {
		return "standard input"
	}
	return name
}
