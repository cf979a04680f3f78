package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// A connection for each look: one that stays open would be goroutines of the plugin.
var scraper = &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}

// scrape asks the instance at an address about the Go runtime in the object, which nobody sees from outside: how many goroutines
// there are, and how many bytes are allocated.
func scrape(address string) (goroutines, heap int, err error) {
	answer, err := scraper.Get("http://" + address + "/metrics")
	if err != nil {
		return 0, 0, err
	}
	defer answer.Body.Close()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(answer.Body)
	if err != nil {
		return 0, 0, fmt.Errorf("metrics: %w", err)
	}
	value := func(name string) int {
		for _, m := range families[name].GetMetric() {
			return int(m.GetGauge().GetValue())
		}
		err = errors.Join(err, fmt.Errorf("%s: metrics without %s", address, name))
		return 0
	}
	goroutines, heap = value("go_goroutines"), value("go_memstats_heap_alloc_bytes")
	return goroutines, heap, err
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
