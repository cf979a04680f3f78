package host_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/test/host"
)

// What a chunk costs as the host sees it: crossing from C to Go and back, the engine, malloc and free.
func BenchmarkFilter(b *testing.B) {
	_, mixed10k := mixed(10_000)
	for _, c := range []struct {
		name  string
		chunk []byte
	}{
		{"nothing to do", event(`{"a":1}`)},
		{"one record", signIn(50126)},
		{"10000 mixed records", mixed10k},
	} {
		b.Run(c.name, func(b *testing.B) {
			program, err := host.BuildHost(b.TempDir(), host.V511, "-DPLAIN_MALLOC")
			require.NoError(b, err)
			h, err := host.Start(program, host.Options{})
			require.NoError(b, err)
			defer h.Close()
			p, err := h.LoadFilter(built.so)
			require.NoError(b, err)
			f, err := p.New()
			require.NoError(b, err)
			took, err := f.On(1).Time(tag, c.chunk, b.N)
			require.NoError(b, err)
			b.SetBytes(int64(len(c.chunk)))
			b.ReportMetric(float64(took.Nanoseconds())/float64(b.N), "host-ns/chunk")
		})
	}
}
