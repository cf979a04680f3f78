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

func TestParseMetrics(t *testing.T) {
	m, err := parseMetrics(strings.NewReader(`# HELP go_goroutines Number of goroutines.
# TYPE go_goroutines gauge
go_goroutines 12
go_memstats_heap_alloc_bytes 1.5e+06

entra_signin_records_total{instance="a b",x="{"} 3
entra_signin_records_total{instance="b"} 4 1772442433000
`))
	require.NoError(t, err)
	assert.Equal(t, metrics{"go_goroutines": 12, "go_memstats_heap_alloc_bytes": 1.5e6, "entra_signin_records_total": 7}, m)
	assert.Equal(t, 12, m.value(goroutines))
	assert.Equal(t, unknown, metrics(nil).value(goroutines))

	_, err = parseMetrics(strings.NewReader("go_goroutines many\n"))
	assert.Error(t, err)
	_, err = parseMetrics(strings.NewReader("go_goroutines\n"))
	assert.NoError(t, err, "a line without a value is no value")
}

func TestNobodyIsAskedWithoutAnAddress(t *testing.T) {
	m, err := scrape("")
	require.NoError(t, err)
	assert.Empty(t, m)
}

func TestScrape(t *testing.T) {
	text := "go_goroutines 12\n"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "/metrics", r.URL.Path)
		_, _ = io.WriteString(w, text)
	}))
	address := strings.TrimPrefix(server.URL, "http://")
	m, err := scrape(address)
	require.NoError(t, err)
	assert.Equal(t, 12, m.value(goroutines))
	text = "something_else 1\n"
	_, err = scrape(address)
	assert.ErrorContains(t, err, "without go_goroutines")
	server.Close()
	_, err = scrape(address)
	assert.Error(t, err, "who does not answer is a finding")
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
	assert.NotContains(t, (&plan{}).filter(0, 3), "Metrics_Listen=", "an object that does not know it would refuse it")
}
