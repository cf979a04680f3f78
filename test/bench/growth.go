package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// growthRun is the name in ONLY of all pipelines that show how the cost of a record grows. They run only if they are asked for.
const growthRun = "growth"

// recordBytes is about how long a line of the input is, so that tail hands on as many records at a time as a pipeline says.
const recordBytes = 2150

// A growing says what of a pipeline grows, and how far it has grown.
type growing struct {
	what string
	size int
}

// What grows.
const (
	perChunk      = "records a chunk"
	floorPerChunk = "records a chunk, floor" // which shows how much of the growth is Fluent Bit's own
	instances     = "instances of the filter"
	workers       = "workers of the output"
)

// growth are the pipelines whose cost of a record is compared over the size of chunks, over the number of instances, and over the number of
// workers. Each of several instances gets the records of some of the parts. The outputs have the null of a pipeline without filters as
// their base, so their cost has the enrichment in it.
func (p *peers) growth() (list []pipeline) {
	const entra = "name entra_signin"
	for _, n := range []int{10, 100, 1000, 10_000} {
		base := pipeline{name: fmt.Sprint("none_chunk_", n), chunk: strconv.Itoa(n * recordBytes)}
		base.base = base.name
		list = append(list, base,
			pipeline{name: fmt.Sprint("entra_signin_chunk_", n), base: base.name, chunk: base.chunk,
				filters: [][]string{{entra}}, object: p.object, adds: lookedUp, grows: growing{perChunk, n}},
			pipeline{name: fmt.Sprint("floor_chunk_", n), base: base.name, chunk: base.chunk,
				filters: [][]string{{"name entra_floor"}}, object: p.floor, grows: growing{floorPerChunk, n}})
	}
	const noneParts = "none_parts"
	list = append(list, pipeline{name: noneParts, base: noneParts, parts: true})
	for _, n := range []int{1, 2, 4} {
		l := pipeline{name: fmt.Sprint("entra_signin_instances_", n), base: noneParts, parts: true,
			object: p.object, adds: lookedUp, grows: growing{instances, n}}
		for i := range n {
			var mine []string
			for part := i; part < parts; part += n {
				mine = append(mine, strconv.Itoa(part))
			}
			l.filters = append(l.filters, []string{entra, "match_regex ^" + tagOfPart("["+strings.Join(mine, "")+"]") + "$"})
		}
		list = append(list, l)
	}
	list = append(list, pipeline{name: none, base: none})
	for n := 1; n <= 4; n++ {
		list = append(list, pipeline{name: fmt.Sprint("es_workers_", n), base: none, object: p.outputObject, grows: growing{workers, n},
			output: []string{entra, "sink elasticsearch", "url http://" + p.receiver, fmt.Sprint("workers ", n)}})
	}
	return list
}

// parts is how many files the records are divided into for the instances.
const parts = 4

func tagOfPart(part string) string { return "entra.part" + part }

// writeParts divides the lines of the records into the files of the parts, in turn.
func writeParts(dir string) error {
	in, err := os.Open(filepath.Join(dir, recordsFile))
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	var files [parts]*os.File
	var out [parts]*bufio.Writer
	for i := range files {
		if files[i], err = os.Create(filepath.Join(dir, fmt.Sprintf("part%d.jsonl", i))); err != nil {
			return err
		}
		out[i] = bufio.NewWriter(files[i])
	}
	lines := bufio.NewScanner(in)
	for i := 0; lines.Scan(); i++ {
		_, err := out[i%parts].Write(lines.Bytes())
		if err := errors.Join(err, out[i%parts].WriteByte('\n')); err != nil {
			return err
		}
	}
	if err = lines.Err(); err != nil {
		return err
	}
	for i := range files {
		if err := errors.Join(out[i].Flush(), files[i].Close()); err != nil {
			return err
		}
	}
	return nil
}

// growthGoals are over the pipelines of each thing that grows.
func growthGoals() (goals []goal) {
	byWhat := map[string][]pipeline{}
	for _, l := range (&peers{}).growth() {
		byWhat[l.grows.what] = append(byWhat[l.grows.what], l)
	}
	for _, what := range []string{perChunk, instances, workers} {
		var needs []string
		for _, l := range byWhat[what] {
			needs = append(needs, l.name, l.base)
		}
		goals = append(goals, goal{what: "cost of a record by " + what + ", the highest of the lowest", needs: needs, limit: 1.1,
			got: func(s samples) float64 {
				low, high := 0.0, 0.0
				for i, l := range byWhat[what] {
					cost := s.costOfRecord(l, 1)
					if i == 0 {
						low = cost
					}
					low, high = min(low, cost), max(high, cost)
				}
				return high / low
			}})
	}
	return goals
}

// costOfRecord is what a pipeline costs over its base for one of so many records, in microseconds.
func (s samples) costOfRecord(l pipeline, records int) float64 {
	return s.cost(l.name, l.base) * 1e6 / float64(records)
}

// growthTable has a line for each pipeline that grows, or is empty if none ran.
func (r *report) growthTable() string {
	rows := [][]string{{"growth", "", "us a record"}}
	for _, l := range r.lines {
		if l.grows.what != "" {
			rows = append(rows, []string{l.grows.what, strconv.Itoa(l.grows.size), fmt.Sprintf("%.2f", r.samples.costOfRecord(l, r.records))})
		}
	}
	if len(rows) == 1 {
		return ""
	}
	return "\n" + columns(rows)
}
