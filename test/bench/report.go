package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
)

// report is what came out.
type report struct {
	version string
	records int
	rounds  int
	lines   []pipeline
	samples samples
}

// table has a line for each pipeline.
func (r *report) table() string {
	rows := [][]string{{"pipeline", "cpu_s", "min", "max", "wall_s", "peak_rss_kb", "cost_s", "paired_s", "ours is"}}
	for _, l := range r.lines {
		s := r.samples.seconds(l.name)
		row := []string{l.name, seconds(median(s)), seconds(slices.Min(s)), seconds(slices.Max(s)),
			seconds(r.samples.wall(l.name)), fmt.Sprintf("%.0f", r.samples.rss(l.name)), "", "", ""}
		if l.name != l.base {
			row[6], row[7], row[8] = seconds(r.samples.cost(l.name, l.base)), seconds(r.samples.paired(l.name, l.base)), r.oursTo(l)
		}
		rows = append(rows, row)
	}
	return fmt.Sprintf("Fluent Bit %s, %d records, %d rounds, medians; cost is processor time over the pipeline without filters, or over the filter and null\n\n%s",
		r.version, r.records, r.rounds, columns(rows))
}

func seconds(s float64) string { return fmt.Sprintf("%.3f", s) }

// columns puts two spaces between columns as wide as they have to be, the first aligned to the left.
func columns(rows [][]string) string {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], len(cell))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		line := fmt.Sprintf("%-*s", widths[0], row[0])
		for i, cell := range row[1:] {
			line += fmt.Sprintf("  %*s", widths[i+1], cell)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

// oursTo is what we cost in multiples of what a pipeline costs, on the same lines.
func (r *report) oursTo(l pipeline) string {
	if l.base == outputsBase {
		if l.peer == "" {
			return ""
		}
		return fmt.Sprintf("%.2fx", r.samples.cost(l.name, l.base)/r.samples.cost(l.peer, l.base))
	}
	us := ours
	if !l.parsed() {
		us = oursUnparsed
	}
	if len(r.samples[us]) == 0 || us == l.name {
		return ""
	}
	return fmt.Sprintf("%.2fx", r.samples.cost(us, l.base)/r.samples.cost(l.name, l.base))
}

// medians is bench.json.
type medians struct {
	FluentBit string         `json:"fluent_bit"`
	Records   int            `json:"records"`
	Rounds    int            `json:"rounds"`
	Runs      map[string]run `json:"runs"`
}

type run struct {
	CPU  float64 `json:"cpu_s"`
	Wall float64 `json:"wall_s"`
	RSS  int64   `json:"peak_rss_kb"`
}

func (r *report) medians() medians {
	m := medians{FluentBit: r.version, Records: r.records, Rounds: r.rounds, Runs: make(map[string]run)}
	for _, l := range r.lines {
		m.Runs[l.name] = run{
			CPU:  math.Round(r.samples.cpu(l.name)*1e4) / 1e4,
			Wall: math.Round(r.samples.wall(l.name)*1e4) / 1e4,
			RSS:  int64(math.Round(r.samples.rss(l.name))),
		}
	}
	return m
}

func (r *report) writeJSON(file string) error {
	text, err := json.MarshalIndent(r.medians(), "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o600)
}
