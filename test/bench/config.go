package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// The outputs of a pipeline without an output of its own: records are counted and compared in one, and vanish in the other.
const (
	toNull   = "null"
	toStdout = "stdout"
)

// flushEach is how often Fluent Bit takes the records away. At its default, a second, tail has read a third of the file
// before the first are gone, and the peak of memory says more about that than about the filter.
const flushEach = "0.2"

// config writes a pipeline in Fluent Bit's language.
func (l *pipeline) config(dir, chunk, output string) string {
	var b strings.Builder
	section := func(name string, lines ...string) {
		fmt.Fprintf(&b, "[%s]\n", name)
		for _, line := range lines {
			fmt.Fprintf(&b, "    %s\n", line)
		}
	}
	service := []string{"flush " + flushEach, "grace 30", "log_level info", "parsers_file " + filepath.Join(dir, parsersFile)}
	if l.object != "" {
		service = append(service, "plugins_file "+filepath.Join(dir, l.pluginsFile()))
	}
	section("SERVICE", service...)

	if l.chunk != "" {
		chunk = l.chunk
	}
	tail := []string{"name tail", "tag entra.signin", "path " + filepath.Join(dir, recordsFile), "read_from_head on", "exit_on_eof on"}
	if l.parts {
		tail[1], tail[2] = "tag "+tagOfPart("<part>"), "path "+filepath.Join(dir, "part*.jsonl")
		tail = append(tail, `tag_regex part(?<part>\d)\.jsonl$`)
	}
	if l.parsed() {
		tail = append(tail, "parser entra_json")
	}
	if chunk != "" {
		tail = append(tail, "buffer_chunk_size "+chunk, "buffer_max_size "+chunk)
	}
	section("INPUT", tail...)
	for _, filter := range l.filters {
		if !slices.ContainsFunc(filter, isMatch) {
			filter = append([]string{"match *"}, filter...)
		}
		section("FILTER", filter...)
	}
	end := []string{"name " + output, "match *"}
	switch {
	case output == toStdout:
		end = append(end, "format json_lines")
	case l.output != nil:
		end = append([]string{l.output[0], "match *"}, l.output[1:]...)
	}
	section("OUTPUT", end...)
	return b.String()
}

func isMatch(property string) bool { return strings.HasPrefix(property, "match") }

const (
	recordsFile = "records.jsonl"
	parsersFile = "parsers.conf"
	parsers     = "[PARSER]\n    name entra_json\n    format json\n"
)

func (l *pipeline) pluginsFile() string { return l.name + ".plugins.conf" }

func (h *host) configFile(l pipeline, output string) string {
	return filepath.Join(h.dir, l.name+"."+output+".conf")
}

// configure writes the files that run needs for a pipeline.
func (h *host) configure(l pipeline, chunk string) error {
	files := map[string]string{filepath.Join(h.dir, parsersFile): parsers}
	if l.object != "" {
		files[filepath.Join(h.dir, l.pluginsFile())] = "[PLUGINS]\n    path " + l.object + "\n"
	}
	for _, output := range []string{toNull, toStdout} {
		files[h.configFile(l, output)] = l.config(h.dir, chunk, output)
	}
	for name, text := range files {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}
