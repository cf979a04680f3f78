package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"fluent-bit-entra-signin/cmd/entra-signin/records"
	"fluent-bit-entra-signin/filter"
	"fluent-bit-entra-signin/internal/printable"
)

func (a *app) enrich() *cobra.Command {
	var (
		file    string
		quiet   bool
		e       = enricher{app: a}
		options = filter.DefaultOptions()
	)
	cmd := &cobra.Command{
		Use:   "enrich [FILE...]",
		Short: "Append description, severity and more to sign-in records",
		Long: `Read sign-in records as JSON and write them with what their code means, one a line.

Records may be one a line, spread over lines, in an array, or in an envelope such as {"records":[...]} or {"value":[...]};
files may be compressed with gzip. Without FILE, or for -, standard input is read. Nothing of a record changes but what
is appended. A record may have up to 64 MiB, an array any size.

A line that is not JSON is passed on as it is. --drop-invalid leaves it out, so that a program that reads JSON can follow, and
--strict ends with exit status 1 at the first such line. --severity, --outcome and --only-matched choose records by their code;
records and lines without a code are then left out.

The options of the Fluent Bit plugin are flags of the same names: Code_Key is --code-key. What was seen is summed up on
standard error at the end, or when Ctrl-C ends the command before.`,
		Example: `  entra-signin enrich signins.json > enriched.jsonl
  entra-signin enrich --severity high+ --fields description,severity,code,action *.json.gz | jq .userPrincipalName
  entra-signin enrich --drop-invalid mixed.log | jq 'select(.severity != null)'
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
			e.engine, e.out = engine, bufio.NewWriterSize(a.out, 64<<10)
			return e.files(cmd.Context(), files, quiet)
		},
	}
	e.wanted.addFlags(cmd)
	cmd.Flags().BoolVar(&e.drop, "drop-invalid", false, "Leave out lines that are not JSON objects.")
	cmd.Flags().BoolVar(&e.strict, "strict", false, "End with exit status 1 at the first line that is not a JSON object.")
	cmd.MarkFlagsMutuallyExclusive("drop-invalid", "strict")
	addOptions(cmd, options.List())
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
	wanted wanted
	drop   bool   // pieces that are no records are left out
	strict bool   // the first of them ends the run
	line   []byte // an enriched record, or the records of an envelope
	again  []byte // one of these

	// mu is held at all times but while input is waited for. Then another goroutine may tell what was done so far.
	mu      sync.Mutex
	ended   bool // and summed up
	counts  filter.Counts
	written uint64 // records that were wanted
	odd     int    // pieces that are no records
	first   string // where the first of them is
	keys    string // of the first record, as long as none has a code
}

// files enriches one file after the other. One that cannot be read does not keep the others from being read.
func (e *enricher) files(ctx context.Context, files []string, quiet bool) error {
	read, done := e.progress(files)
	e.mu.Lock()
	defer e.mu.Unlock()
	interrupted := func() {
		if e.ended {
			return
		}
		e.ended = true
		done()
		_ = e.out.Flush() // the records that are whole
		if !quiet {
			e.sum("interrupted after ")
		}
	}
	stop := context.AfterFunc(ctx, func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		interrupted()
	})
	defer stop()

	var bad []error
	var end *endError
	for _, name := range files {
		err := e.file(ctx, name, read)
		if ctx.Err() != nil {
			interrupted()
			return ctx.Err()
		}
		if errors.As(err, &end) {
			break
		}
		if err != nil {
			bad = append(bad, fmt.Errorf("%s: %w", shown(name), plain(err)))
		}
	}
	e.ended = true
	done()
	if err := e.flush(); err != nil {
		return failure{err}
	}
	if !quiet {
		e.sum("")
	}
	if end != nil {
		bad = append(bad, end)
	}
	if len(bad) > 0 {
		return failure{errors.Join(bad...)}
	}
	return nil
}

// endError is an error that ends everything, unlike one of an input.
type endError struct{ error }

func (w *endError) Unwrap() error { return w.error }

func (e *enricher) flush() error {
	if err := e.out.Flush(); err != nil {
		return &endError{fmt.Errorf("writing: %w", err)}
	}
	return nil
}

func (e *enricher) file(ctx context.Context, name string, read func(n int)) error {
	f, err := e.open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	source := any(f)
	if name == stdin {
		source = e.in
	}
	if e.isOutput(source) {
		return errSameFile
	}
	// Records that come one by one go out one by one: nothing may lie in the buffer while the input is waited for.
	text, err := unpackJSON(&hook{f, func() error {
		if err := e.flush(); err != nil {
			return err
		}
		e.mu.Unlock()
		return nil
	}, func(n int) {
		e.mu.Lock()
		read(n)
	}})
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
		where := fmt.Sprintf("%s:%d", shown(name), piece.Line)
		if e.strict {
			return &endError{fmt.Errorf("%s: the line is not a JSON object, and --strict is set", where)}
		}
		if e.odd == 0 {
			e.first = where
		}
		e.odd++
	}
	if ok && e.counts.Matched+e.counts.Unknown+counts.Matched+counts.Unknown == 0 && e.keys == "" {
		e.keys = keysOf(piece.Text)
	}
	e.counts.Add(&counts)
	if _, err := e.out.Write(e.choose(ok, &counts)); err != nil {
		return &endError{fmt.Errorf("writing: %w", err)}
	}
	return nil
}

// choose returns those of the enriched records in e.line that are wanted.
func (e *enricher) choose(ok bool, counts *filter.Counts) []byte {
	switch {
	case !ok && e.drop:
		return nil
	case e.wanted.all():
		return e.line
	case counts.Records == 1:
		if !ok || !e.wanted.has(counts) {
			return nil
		}
		e.written++
		return e.line
	}
	// The engine counts the records of an envelope together. To enrich one of them again does not change it.
	chosen := e.line[:0]
	for line := range bytes.Lines(e.line) {
		var one filter.Counts
		e.again, one, _ = e.engine.EnrichJSON(e.again[:0], line)
		if e.wanted.has(&one) {
			chosen = append(chosen, line...)
			e.written++
		}
	}
	return chosen
}

// sum tells on standard error what was seen.
func (e *enricher) sum(prefix string) {
	if e.odd > 0 {
		one, many := "line is not a JSON object and was passed on as it is", "lines are not JSON objects and were passed on as they are"
		if e.drop || !e.wanted.all() {
			one, many = "line is not a JSON object and was left out", "lines are not JSON objects and were left out"
		}
		e.say("%s, the first at %s", number(e.odd, one, many), e.first)
	}
	c := &e.counts
	if e.keys != "" && c.Matched+c.Unknown == 0 {
		e.say("no record has an error code; the first has the keys %s (--code-key names another place)", e.keys)
	}
	written := ""
	if !e.wanted.all() {
		written = fmt.Sprintf("; %d written", e.written)
	}
	e.say("%s%s: %d matched, %d unknown, %d without a code; %d malformed, %s split%s",
		prefix, number(int(c.Records), "record", "records"), c.Matched, c.Unknown, c.NoCode, c.Malformed,
		number(int(c.Split), "envelope", "envelopes"), written)
}

// keysOf lists the top-level keys of a record in JSON, never the values.
func keysOf(record []byte) string {
	const most = 13 // one more than are shown
	var keys []string
	gjson.ParseBytes(record).ForEach(func(key, _ gjson.Result) bool {
		keys = append(keys, key.String())
		return len(keys) < most
	})
	return printable.Names(keys)
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
