package host_test

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/test/host"
)

// metricsOf returns the lines of the metrics at an address, without comments.
func metricsOf(t *testing.T, address string) []string {
	t.Helper()
	answer, err := http.Get("http://" + address + "/metrics")
	require.NoError(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	var lines []string
	for line := range strings.Lines(string(body)) {
		if !strings.HasPrefix(line, "#") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

func freeAddress(t *testing.T) (address string, holder net.Listener) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	return l.Addr().String(), l
}

// A filter and an output share an address; a reload checks the new configuration while the old one listens there.
func TestMetricsThroughAReload(t *testing.T) {
	address, holder := freeAddress(t)
	require.NoError(t, holder.Close())
	listen := "Metrics_Listen=" + address
	other, _ := freeAddress(t) // taken
	supported(t, func(t *testing.T, h *host.Host) {
		p, outputs := loadFilter(t, h), loadOutput(t, h)
		f := newFilter(t, p, listen)
		o := newOutput(t, outputs, listen, "Sink=file", "Path="+t.TempDir()+"/out.json")
		assert.Len(t, h.Logged("metrics for Prometheus at http://"+address+"/metrics"), 2)
		for range 3 {
			_, _, err := f.On(1).Run(tag, signIn(50126))
			require.NoError(t, err)
		}
		answer, err := o.On(2).Flush(tag, signIn(0))
		require.NoError(t, err)
		require.Equal(t, host.AnswerOK, answer)
		lines := metricsOf(t, address)
		assert.Contains(t, lines, `entra_signin_records_total{outcome="failure",severity="medium"} 3`)
		assert.Contains(t, lines, `entra_signin_records_total{outcome="success",severity="info"} 1`)
		assert.Contains(t, lines, `entra_signin_codes_total{code="50126"} 3`)
		assert.Contains(t, lines, `entra_signin_chunk_duration_seconds_count 4`)
		assert.Contains(t, lines, `entra_signin_deliveries_total{sink="file",result="delivered"} 1`)

		taken, err := p.Create("Metrics_Listen=" + other)
		require.NoError(t, err)
		require.ErrorIs(t, taken.PreRun(), host.ErrRefused, "the old pipeline goes on")
		require.NoError(t, taken.Exit())
		next, err := p.Create(listen)
		require.NoError(t, err)
		require.NoError(t, next.PreRun(), "the old one still listens")
		require.NoError(t, f.Exit())
		require.NoError(t, o.Exit())
		require.NoError(t, next.PreRun())
		require.NoError(t, next.Init())
		_, _, err = next.Run(tag, signIn(50126))
		require.NoError(t, err)
		assert.Contains(t, metricsOf(t, address), `entra_signin_codes_total{code="50126"} 1`, "a new instance begins at 0")
		require.NoError(t, next.Exit())
		_, err = net.Dial("tcp", address)
		assert.Error(t, err, "nobody is left")

		o = newOutput(t, outputs, "Metrics_Listen="+other)
		assert.NotEmpty(t, h.Logged("until the next reload there are no metrics"), "nobody has checked an output before the reload")
		answer, err = o.Flush(tag, signIn(0))
		require.NoError(t, err)
		assert.Equal(t, host.AnswerOK, answer)
		require.NoError(t, o.Exit())
	})
}

func TestMetricsWhereThePortIsTaken(t *testing.T) {
	address, _ := freeAddress(t)
	h, p := latest(t)
	outputs := loadOutput(t, h)
	for _, start := range []func() error{
		func() error { _, err := p.New("Metrics_Listen=" + address); return err },
		func() error { _, err := outputs.New("Metrics_Listen=" + address); return err },
	} {
		before := len(h.Log())
		assert.Error(t, start())
		said := h.Log()[before:]
		require.Len(t, said, 1)
		assert.Equal(t, host.Error, said[0].Level)
		assert.Contains(t, said[0].Text, `option Metrics_Listen: "`+address+`": another program listens there`)
	}
}

func TestStatsInterval(t *testing.T) {
	h, p := latest(t)
	f := newFilter(t, p, "Stats_Interval=1s")
	counts := func() int { return len(h.Logged(" records=")) }
	_, _, err := f.Run(tag, signIn(50126))
	require.NoError(t, err)
	assert.Zero(t, counts(), "not at once")
	waitFor(t, "a line of counts", func() bool {
		_, _, err := f.Run(tag, signIn(50126))
		require.NoError(t, err)
		return counts() == 1
	})
	assert.Regexp(t, `records=\d+ matched=\d+ unknown=0 no_code=0 malformed=0 split=0 info=0 low=0 medium=\d+ high=0 critical=0 unsplit=0 over_limit=0$`,
		h.Logged(" records=")[0].Text)
	require.NoError(t, f.Exit())
	assert.Equal(t, 2, counts())
}
