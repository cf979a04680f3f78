package main

import (
	"context"
	"io"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	if len(os.Args) == 2 && os.Args[1] == receiveCommand {
		log.Fatal("bench: ", receive(os.Stdout))
	}
	err := bench(ctx, os.Args[1:], os.Stdout, log.New(os.Stderr, "", 0))
	stop()
	if err != nil {
		log.Fatal("bench: ", err)
	}
}

// bench does all of it: the table goes to out, what is going on to progress.
func bench(ctx context.Context, args []string, out io.Writer, progress *log.Logger) error {
	o, err := readOptions(args, os.Getenv)
	if err != nil {
		return err
	}
	version, err := versionOf(ctx, o.fluentBit)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "entra-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)

	p, err := prepare(ctx, o, dir, progress)
	if err != nil {
		return err
	}
	h := &host{program: o.fluentBit, dir: dir, env: p.env()}
	if h.receiver, err = startReceiver(ctx); err != nil {
		return err
	}
	defer func() { _ = h.receiver.stop() }()
	p.receiver, h.records = h.receiver.address, o.records
	lines := p.pipelines(o.only)
	for _, l := range lines {
		if err := h.configure(l, o.chunk); err != nil {
			return err
		}
	}
	if err := checkAll(ctx, h, lines, o.records, progress); err != nil {
		return err
	}
	s, err := measure(ctx, h, lines, o.rounds, progress)
	if err != nil {
		return err
	}
	r := report{version: version, records: o.records, rounds: o.rounds, lines: lines, samples: s}
	if _, err := io.WriteString(out, r.table()+r.growthTable()+"\n"+r.goals()); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(o.out), 0o750); err != nil {
		return err
	}
	return r.writeJSON(o.out)
}
