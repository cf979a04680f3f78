package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"fluent-bit-entra-signin/cmd/entra-signin/input"
	"fluent-bit-entra-signin/filter"
	"fluent-bit-entra-signin/internal/ordered"
)

func (a *app) enrich() *cobra.Command {
	var (
		file    string
		own     string // rules
		quiet   bool
		e       = enricher{app: a}
		options = filter.DefaultOptions()
	)
	cmd := &cobra.Command{
		Use:   "enrich [FILE...]",
		Short: "Append description, severity and more to sign-in records",
		Long: `Read sign-in records and write them with what their code means, one a line.

Records may be one a line, spread over lines, in an array, or in an envelope such as {"records":[...]} or {"value":[...]}.
Tables (CSV) of the Entra portal and of Log Analytics are written back with the fields as columns; captures of Event Hubs
(Avro) become JSON. Files may be UTF-8 or UTF-16, compressed with gzip, or in a zip archive. Without FILE, or for -, standard
input is read. Nothing of a record changes but what is appended. A record may have up to 64 MiB, an array any size. All
processors are used, and the order stays.

A line that is not JSON is passed on as it is. --drop-invalid leaves it out, so that a program that reads JSON can follow, and
--strict ends with exit status 1 at the first such line. --severity, --outcome and --only-matched choose records by their code;
records and lines without a code are then left out.

The options of the Fluent Bit plugin are flags of the same names: Code_Key is --code-key. What was seen is summed up on
standard error at the end, or when Ctrl-C ends the command before.`,
		Example: `  entra-signin enrich signins.json > enriched.jsonl
  entra-signin enrich --severity high+ --fields description,severity,code,action *.json.gz | jq .userPrincipalName
  entra-signin enrich InteractiveSignIns_2026-03-02_2026-03-03.csv > enriched.csv
  entra-signin enrich --drop-invalid mixed.log | jq 'select(.severity != null)'
  kubectl logs -f shipper | entra-signin enrich --schema ecs
  entra-signin enrich --context on --fields severity,severity_base,reason signins.json
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
			set, err := loadRules(own)
			if err != nil {
				return err
			}
			if own != "" && !options.Context {
				return errors.New("--context-rules needs --context on")
			}
			newEngine := func() (*filter.Engine, error) {
				engine, err := filter.New(options, c)
				if err == nil {
					engine.SetRules(set)
				}
				return engine, err
			}
			for range runtime.GOMAXPROCS(0) {
				engine, err := newEngine()
				if err != nil {
					return err
				}
				w := &enrichWorker{enricher: &e, engine: engine, second: engine}
				if options.Context && !e.wanted.all() {
					if w.second, err = newEngine(); err != nil {
						return err
					}
				}
				e.workers = append(e.workers, w)
			}
			e.codeKey = options.CodeKey
			e.tables = newTables(e.workers[0].engine, c, columnsFirst(&options))
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
	rulesFlag(cmd, &own)
	cmd.Flags().SortFlags = false
	return cmd
}

// An enricher is one run of the command enrich.
type enricher struct {
	*app
	workers []*enrichWorker
	codeKey []string // of the options
	wanted  wanted
	drop    bool // pieces that are no records are left out
	strict  bool // the first of them ends the run
	tables  *tables

	counts  filter.Counts
	written uint64 // records that were wanted
	odd     int    // pieces that are no records
	first   string // where the first of them is
	keys    string // of the first record, as long as none has a code
}

// files enriches one file after the other. One that cannot be read does not keep the others from being read.
func (e *enricher) files(ctx context.Context, files []string, quiet bool) error {
	read, done := func(int) {}, func() {}
	if !e.terminal(e.out) { // the records would run through the bar
		read, done = e.progress("enriching", files)
	}
	var bad []error
	var end *endError
	for _, name := range files {
		err := e.file(ctx, name, read)
		if ctx.Err() != nil {
			done()
			if !quiet {
				e.sum("interrupted after ")
			}
			return ctx.Err()
		}
		if errors.As(err, &end) {
			bad = append(bad, end)
			break
		}
		if err != nil {
			bad = append(bad, fmt.Errorf("%s: %w", shown(name), plain(err)))
		}
	}
	done()
	if end != nil && errors.Is(end, errWriting) {
		return failure{end}
	}
	if !quiet {
		e.sum("")
	}
	if len(bad) > 0 {
		return failure{errors.Join(bad...)}
	}
	return nil
}

// endError is an error that ends everything, unlike one of an input.
type endError struct{ error }

func (w *endError) Unwrap() error { return w.error }

var errWriting = errors.New("writing")

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
	return ordered.Run(ctx, len(e.workers), func(emit func(*enrichedPart) error) error {
		in := input.Reader{Progress: read, CodeKeys: e.codeKey, Emit: func(b *input.Batch) error {
			return emit(&enrichedPart{batch: b})
		}}
		return in.File(shown(name), f)
	}, func(worker int, p *enrichedPart) {
		e.workers[worker].enrich(p)
	}, func(p *enrichedPart) error {
		return e.take(shown(name), p)
	})
}

// inMember says in which member of an archive an error is, if the input is one.
func inMember(input, file string, err error) error {
	if member, ok := strings.CutPrefix(input, file+": "); ok {
		return fmt.Errorf("%s: %w", member, err)
	}
	return err
}

// take writes a part of a file and counts what it holds.
func (e *enricher) take(name string, p *enrichedPart) error {
	if p.batch.Table != nil {
		header, err := e.tables.header(p.batch.Table)
		if err != nil {
			return inMember(p.batch.Name, name, err)
		}
		if err := e.write(header); err != nil {
			return err
		}
	} else if err := e.tables.noTable(); err != nil {
		return inMember(p.batch.Name, name, err)
	}
	if err := e.write(p.out); err != nil {
		return err
	}
	if e.odd == 0 {
		e.first = p.first
	}
	e.odd += p.odd
	e.written += p.written
	if e.keys == "" && e.counts.Matched+e.counts.Unknown == 0 {
		e.keys = p.keys
	}
	e.counts.Add(&p.counts)
	p.batch.Release()
	outputs.Put(&p.out)
	if p.end != nil {
		return &endError{p.end}
	}
	return nil
}

func (e *enricher) write(text []byte) error {
	if len(text) == 0 {
		return nil
	}
	if _, err := e.out.Write(text); err != nil {
		return &endError{fmt.Errorf("%w: %w", errWriting, err)}
	}
	return nil
}

// sum tells on standard error what was seen.
func (e *enricher) sum(prefix string) {
	if e.odd > 0 {
		one, many := "line is not a JSON object and was", "lines are not JSON objects and were"
		if e.tables.first != nil {
			one, many = "row is damaged and was", "rows are damaged and were"
		}
		if e.drop || !e.wanted.all() {
			one, many = one+" left out", many+" left out"
		} else {
			one, many = one+" passed on as it is", many+" passed on as they are"
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
	e.sumRules()
}

// sumRules tells how many records each rule about the severity had a part in, the most frequent first.
func (e *enricher) sumRules() {
	had := make(map[string]uint64)
	for _, w := range e.workers {
		for name, n := range w.engine.Rules() {
			had[name] += n
		}
	}
	names := slices.SortedFunc(maps.Keys(had), func(a, b string) int {
		return cmp.Or(cmp.Compare(had[b], had[a]), cmp.Compare(a, b))
	})
	for i, name := range names {
		names[i] = fmt.Sprintf("%s %d", name, had[name])
	}
	if len(names) > 0 {
		e.say("records by rule of the context: %s", strings.Join(names, ", "))
	}
}

// columnsFirst are the columns that fields become in a table, where the options name them. Those of a schema are found out.
func columnsFirst(o *filter.Options) []string {
	if o.Schema == "" || o.Schema == filter.SchemaFlat {
		return o.Keys()
	}
	return nil
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
