package main

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestScrape(t *testing.T) {
	text := "# TYPE go_goroutines gauge\ngo_goroutines 12\n# TYPE go_memstats_heap_alloc_bytes gauge\ngo_memstats_heap_alloc_bytes 1.5e+06\n"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "/metrics", r.URL.Path)
		_, _ = io.WriteString(w, text)
	}))
	address := strings.TrimPrefix(server.URL, "http://")
	goroutines, heap, err := scrape(address)
	require.NoError(t, err)
	assert.Equal(t, []int{12, 1_500_000}, []int{goroutines, heap})
	for says, bad := range map[string]string{"without go_goroutines": "something_else 1\n", "metrics: ": "go_goroutines many\n"} {
		text = bad
		_, _, err = scrape(address)
		assert.ErrorContains(t, err, says)
	}
	server.Close()
	_, _, err = scrape(address)
	assert.Error(t, err, "a plugin that does not answer is a finding")
}

func TestMetricsAreOfOneFilterAndOneOutput(t *testing.T) {
	address, err := freeAddress(newRand(1, 1))
	require.NoError(t, err)
	l, err := net.Listen("tcp", address)
	require.NoError(t, err)
	l.Close()

	p := plan{metrics: address}
	assert.Contains(t, p.filter(0, 3), "Metrics_Listen="+address)
	assert.Contains(t, p.output(toFile, 3), "Metrics_Listen="+address)
	assert.NotContains(t, p.output(toHTTP, 3), "Metrics_Listen="+address)
	for n := 1; n < filters; n++ {
		assert.NotContains(t, p.filter(n, 3), "Metrics_Listen="+address)
	}
}
