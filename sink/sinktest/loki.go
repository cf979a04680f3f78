package sinktest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Loki is the push endpoint of Loki.
type Loki struct {
	// Reject, if set, refuses a line with the reason it returns. The other lines of the request are stored.
	Reject func(line string) (reason string)

	mu       sync.Mutex
	streams  map[string]map[entryKey]Entry
	unsorted int
}

// Entry is a line that is stored.
type Entry struct {
	Labels   map[string]string
	Nanos    int64
	Line     string
	Metadata map[string]string

	stream string
}

type entryKey struct {
	nanos int64
	line  string
}

// Entries returns what is stored, in no order.
func (l *Loki) Entries() []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []Entry
	for _, stream := range l.streams {
		for _, e := range stream {
			all = append(all, e)
		}
	}
	return all
}

// Streams is the number of streams.
func (l *Loki) Streams() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.streams)
}

// Unsorted is the number of entries that were sent behind a later one of their stream.
func (l *Loki) Unsorted() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.unsorted
}

// Receive implements Receiver.
func (l *Loki) Receive(r *http.Request, body []byte) Reply {
	if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/loki/api/v1/push") {
		return plain(http.StatusNotFound, "404 page not found")
	}
	if r.Header.Get("Content-Type") != "application/json" {
		return plain(http.StatusBadRequest, "Content-Type is not supported")
	}
	var push struct {
		Streams []struct {
			Stream map[string]string   `json:"stream"`
			Values [][]json.RawMessage `json:"values"`
		} `json:"streams"`
	}
	if err := json.Unmarshal(body, &push); err != nil {
		return plain(http.StatusBadRequest, err.Error())
	}
	var entries []Entry
	for _, s := range push.Streams {
		stream := labelKey(s.Stream)
		for _, v := range s.Values {
			e, err := decodeEntry(v)
			if err != nil {
				return plain(http.StatusBadRequest, err.Error())
			}
			e.Labels, e.stream = s.Stream, stream
			entries = append(entries, e)
		}
	}
	return l.store(entries)
}

func decodeEntry(v []json.RawMessage) (e Entry, err error) {
	var nanos string
	if len(v) < 2 || len(v) > 3 || json.Unmarshal(v[0], &nanos) != nil || json.Unmarshal(v[1], &e.Line) != nil {
		return e, fmt.Errorf("an entry is not [timestamp, line, metadata]")
	}
	if e.Nanos, err = strconv.ParseInt(nanos, 10, 64); err != nil {
		return e, err
	}
	if len(v) == 3 {
		if err := json.Unmarshal(v[2], &e.Metadata); err != nil {
			return e, fmt.Errorf("structured metadata: %w", err)
		}
	}
	return e, nil
}

func (l *Loki) store(entries []Entry) Reply {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.streams == nil {
		l.streams = map[string]map[entryKey]Entry{}
	}
	var reasons []string
	latest := map[string]int64{}
	for _, e := range entries {
		stream := e.stream
		if before, ok := latest[stream]; ok && e.Nanos < before {
			l.unsorted++
		}
		latest[stream] = e.Nanos
		if reason := l.check(e); reason != "" {
			reasons = append(reasons, reason)
			continue
		}
		if l.streams[stream] == nil {
			l.streams[stream] = map[entryKey]Entry{}
		}
		l.streams[stream][entryKey{e.Nanos, e.Line}] = e
	}
	if len(reasons) > 0 {
		return plain(http.StatusBadRequest, strings.Join(reasons[:min(len(reasons), 10)], "\n"))
	}
	return Reply{Status: http.StatusNoContent}
}

func (l *Loki) check(e Entry) (reason string) {
	size := 0
	for name, value := range e.Metadata {
		size += len(name) + len(value)
	}
	switch {
	case len(e.Labels) == 0:
		return "error at least one label pair is required per stream"
	case len(e.Labels) > 15:
		return "stream has too many labels"
	case len(e.Line) > 256<<10:
		return "Max entry size '262144' bytes exceeded"
	case len(e.Metadata) > 128 || size > 64<<10:
		return "stream has structured metadata too large"
	case l.Reject != nil:
		return l.Reject(e.Line)
	}
	return ""
}

func labelKey(labels map[string]string) string {
	pairs := make([]string, 0, len(labels))
	for name, value := range labels {
		pairs = append(pairs, fmt.Sprintf("%s=%q", name, value))
	}
	slices.Sort(pairs)
	return strings.Join(pairs, ",")
}

func plain(status int, text string) Reply {
	return Reply{Status: status, ContentType: "text/plain; charset=utf-8", Body: text}
}
