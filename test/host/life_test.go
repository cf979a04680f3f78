package host_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/test/host"
)

// A reload as Fluent Bit does it: the new configuration is loaded and checked while the old one runs, then the old one
// ends, then the new one starts. The object itself is never unloaded.
func TestHotReload(t *testing.T) {
	path := t.TempDir() + "/out.json"
	supported(t, func(t *testing.T, h *host.Host) {
		type pipeline struct {
			filters *host.FilterPlugin
			outputs *host.OutputPlugin
			f       *host.Filter
			o       *host.Output
		}
		events, chunk := mixed(len(shapes))
		load := func() (p pipeline) {
			p.filters, p.outputs = loadFilter(t, h), loadOutput(t, h)
			var err error
			p.f, err = p.filters.Create()
			require.NoError(t, err)
			require.NoError(t, p.f.PreRun())
			return p
		}
		begin := func(p *pipeline) {
			require.NoError(t, p.f.PreRun())
			require.NoError(t, p.f.Init())
			p.o = newOutput(t, p.outputs, "Sink=file", "Path="+path)
		}
		traffic := func(p *pipeline) {
			out, _, err := p.f.On(1).Run(tag, chunk)
			require.NoError(t, err)
			checkMixed(t, events, out)
			answer, err := p.o.On(2).Flush(tag, out)
			require.NoError(t, err)
			require.Equal(t, host.AnswerOK, answer)
		}
		end := func(p *pipeline) {
			require.NoError(t, errors.Join(p.f.Exit(), p.o.Exit(), p.outputs.Unload(), p.filters.Unload()))
		}

		old := load()
		begin(&old)
		var early host.Stat
		reloads := 200
		if len(words("ENTRA_SIGNIN_WRAPPER")) > 0 {
			reloads = 20 // valgrind takes a second for each
		}
		for i := range reloads + 5 {
			traffic(&old)
			next := load()
			traffic(&old)
			end(&old)
			begin(&next)
			old = next
			if i == 4 {
				var err error
				early, err = h.Stat()
				require.NoError(t, err)
			}
		}
		late, err := h.Stat()
		require.NoError(t, err)
		end(&old)
		t.Logf("after 5 reloads %+v, after %d %+v", early, reloads+5, late)
		assert.LessOrEqual(t, late.Threads, early.Threads+4, "Go starts one when all it has are in calls, not one a reload")
		assert.Equal(t, early.Files, late.Files)
		assert.LessOrEqual(t, late.Blocks, early.Blocks+2*reloads, "fluent-bit-go keeps one byte for each instance")
		assert.LessOrEqual(t, late.Bytes, early.Bytes+64*reloads)
	})
}

func TestEightThreads(t *testing.T) {
	h, p := latest(t)
	outputs := loadOutput(t, h)
	events, chunk := mixed(10 * len(shapes))
	path := t.TempDir() + "/out.json"
	var filters []*host.Filter
	for range 4 {
		filters = append(filters, newFilter(t, p))
	}
	outs := []*host.Output{newOutput(t, outputs, "Sink=file", "Path="+path), newOutput(t, outputs, "Sink=file", "Path="+path)}
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			f, o := filters[n%4].On(n+1), outs[n%2].On(n+1)
			for range 50 {
				out, _, err := f.Run(tag, chunk)
				if !assert.NoError(t, err) {
					return
				}
				checkMixed(t, events, out)
				answer, err := o.Flush(tag, chunk)
				assert.NoError(t, err)
				assert.Equal(t, host.AnswerOK, answer)
			}
		})
	}
	wg.Wait()
	for _, f := range filters {
		assert.NoError(t, f.Exit())
	}
	for _, o := range outs {
		assert.NoError(t, o.Exit())
	}
}

// waitFor polls a condition.
func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 500 {
		if ok() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%s: not within 5 s", what)
}
