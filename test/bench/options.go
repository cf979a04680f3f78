package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// options are what the user can choose; doc.go tells them.
type options struct {
	fluentBit string
	object    string
	out       string
	records   int
	rounds    int
	chunk     string   // tail's buffer_chunk_size; "" for its default
	only      []string // pipelines; nil for all
}

func readOptions(args []string, env func(string) string) (options, error) {
	o := options{fluentBit: env("FLUENT_BIT"), out: env("BENCH_OUT"), chunk: env("BUFFER_CHUNK_SIZE")}
	if len(args) != 1 {
		return o, errors.New("needs one argument: the built flb-filter_entra_signin.so")
	}
	if o.fluentBit == "" {
		return o, errors.New("FLUENT_BIT is not set: run.sh sets it")
	}
	if o.out == "" {
		o.out = filepath.Join("build", "bench.json")
	}
	if only := env("ONLY"); only != "" {
		o.only = strings.Split(only, ",")
	}
	var err error
	// Fluent Bit looks a relative path up from where it was started, and so do we: but its loader asks the system's
	// library folders for a name without a slash.
	if o.object, err = filepath.Abs(args[0]); err != nil {
		return o, err
	}
	if o.records, err = count(env, "RECORDS", 100_000); err != nil {
		return o, err
	}
	o.rounds, err = count(env, "ROUNDS", 5)
	return o, err
}

func count(env func(string) string, name string, otherwise int) (int, error) {
	text := env(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%s=%q: must be a whole number of at least 1", name, text)
	}
	return n, nil
}
