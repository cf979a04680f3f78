package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"strconv"
)

// verdict is what a filter appends.
type verdict struct {
	Description string `json:"description"`
	Severity    string `json:"severity"`
}

// sampled is how many records of each pipeline are compared; all are counted.
const sampled = 2000

// checkAll runs every pipeline once into stdout: no record may be missing or come twice, and whoever looks codes up must
// find what we find. It also warms the machine up.
func checkAll(ctx context.Context, h *host, lines []pipeline, records int, progress *log.Logger) error {
	var reference map[int]verdict
	for _, l := range lines {
		if l.output != nil {
			continue // the receiver counts the records of every run
		}
		progress.Printf("checking %s", l.name)
		got, err := check(ctx, h, l, records)
		if err != nil {
			return err
		}
		if l.adds == lookedUp && reference == nil {
			reference = got // pipelines begins with ours
			continue
		}
		for id, v := range got {
			if l.adds == constant && (v.Description == "" || v.Severity == "") {
				return fmt.Errorf("%s: record %d: no description or severity: %+v", l.name, id, v)
			}
			if l.adds == lookedUp && v != reference[id] {
				return fmt.Errorf("%s: record %d: %+v, but ours is %+v", l.name, id, v, reference[id])
			}
		}
	}
	return nil
}

func check(ctx context.Context, h *host, l pipeline, records int) (map[int]verdict, error) {
	r, w := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		_, err := h.run(ctx, l, toStdout, w)
		w.CloseWithError(err)
		ended <- err
	}()
	got, err := collect(r, records)
	if err != nil {
		r.CloseWithError(err) //nolint:gosec // it always returns nil; the process no longer waits for us
		return nil, errors.Join(fmt.Errorf("%s: %w", l.name, err), <-ended)
	}
	return got, <-ended
}

// collect counts the records in an output and returns the verdicts of some.
func collect(r io.Reader, records int) (map[int]verdict, error) {
	every := max(1, records/sampled)
	got := make(map[int]verdict)
	seen := make([]bool, records)
	count := 0
	in := bufio.NewScanner(r)
	in.Buffer(make([]byte, 64<<10), 1<<20)
	for in.Scan() {
		line := in.Bytes()
		id, ok := idOf(line)
		if !ok || id >= records {
			continue // not a record: Fluent Bit's own words
		}
		if seen[id] {
			return nil, fmt.Errorf("record %d came twice", id)
		}
		seen[id] = true
		count++
		if id%every != 0 {
			continue
		}
		var v verdict
		if err := json.Unmarshal(line, &v); err != nil {
			return nil, fmt.Errorf("record %d: %w: %s", id, err, line)
		}
		got[id] = v
	}
	if err := in.Err(); err != nil {
		return nil, err
	}
	if count != records {
		return nil, fmt.Errorf("%d of %d records came out", count, records)
	}
	return got, nil
}

// idDigits is how many digits the number of a record has.
const idDigits = 12

// idOf finds the number of a record in its correlation ID, whether the record is an object or JSON in a string.
func idOf(line []byte) (int, bool) {
	at := bytes.Index(line, []byte(idMark))
	if at < 0 || len(line) < at+len(idMark)+idDigits {
		return 0, false
	}
	at += len(idMark)
	id, err := strconv.Atoi(string(line[at : at+idDigits]))
	return id, err == nil
}
