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

// One connection for each request: an open connection means goroutines in the plugin.
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

// freeAddress returns an address at which nobody listens. The port is below those that the kernel gives to outgoing connections: one
// of these could take the port while the plugin does not listen between two pipelines.
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
