package main

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// metricsOption makes an instance tell about the Go runtime in the object, which nobody can see from outside.
const metricsOption = "Metrics_Listen"

// metrics are values of the text that Prometheus reads, those with labels added up.
type metrics map[string]float64

// The values that are looked at.
const (
	goroutines = "go_goroutines"
	goHeap     = "go_memstats_heap_alloc_bytes"
)

// unknown is what stands for a value that nobody tells.
const unknown = -1

func (m metrics) value(name string) int {
	if n, ok := m[name]; ok {
		return int(n)
	}
	return unknown
}

// A connection for each look: one that stays open would be goroutines of the plugin.
var scraper = &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}

// scrape asks the instance that listens at an address; none for "".
func scrape(address string) (metrics, error) {
	if address == "" {
		return nil, nil
	}
	answer, err := scraper.Get("http://" + address + "/metrics")
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: metrics answered with %s", address, answer.Status)
	}
	m, err := parseMetrics(answer.Body)
	if err == nil && m.value(goroutines) < 1 {
		err = fmt.Errorf("%s: metrics without %s", address, goroutines)
	}
	return m, err
}

func parseMetrics(r io.Reader) (metrics, error) {
	m := make(metrics)
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		line := lines.Text()
		end := strings.IndexAny(line, " {")
		if end <= 0 || line[0] == '#' {
			continue
		}
		fields := strings.Fields(line[strings.LastIndexByte(line, '}')+1:])
		if line[end] == ' ' {
			fields = strings.Fields(line[end:])
		}
		if len(fields) == 0 {
			return nil, fmt.Errorf("metrics: %q has no value", line)
		}
		v, err := strconv.ParseFloat(fields[0], 64)
		if err != nil {
			return nil, fmt.Errorf("metrics: %q: %w", line, err)
		}
		m[line[:end]] += v
	}
	return m, lines.Err()
}

// freeAddress is one that nobody listens at. Its port is below those from which the kernel takes the ports of connections: one of
// these could have it while the plugin, between two pipelines, does not listen.
func freeAddress(r *rand.Rand) (string, error) {
	for tries := 0; ; tries++ {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 10_000+r.IntN(20_000)))
		if err == nil {
			defer l.Close()
			return l.Addr().String(), nil
		}
		if tries == 100 {
			return "", err
		}
	}
}
