package kafka

import (
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/test/kafka/standin"
)

// Offsets are committed when the records are in Fluent Bit. What it then holds in memory is gone with the process, also when it is
// asked to end, if the receiver does not take it within the grace time.
func TestEndsWhileTheReceiverIsDown(t *testing.T) {
	for _, c := range []struct {
		pipeline pipeline
		everyRow bool
		lost     int // of 1,000
	}{
		{pipeline{storage: "memory", output: "http"}, false, 1000},
		{pipeline{storage: "memory", output: "http", threaded: true}, true, 1000},
		{pipeline{storage: "filesystem", output: "http"}, true, 0},
		{pipeline{storage: "filesystem", output: "http", threaded: true}, true, 0},
		{pipeline{storage: "filesystem", output: "entra_signin"}, false, 0},
	} {
		for _, end := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM} {
			t.Run(fmt.Sprintf("%s, %s", end, c.pipeline.name()), func(t *testing.T) {
				if c.everyRow && !long {
					t.Skip("KAFKA_LONG is not set")
				}
				t.Parallel()
				r := newRig(t, standin.BrokerOption{})
				first := r.start("a", c.pipeline)
				r.produce(1000, 0)
				r.consumed()
				time.Sleep(time.Second) // a threaded input hands over what it has committed
				first.Signal(end)
				_ = first.Wait(patience)
				r.listen()
				r.start("a", c.pipeline)
				got := r.arrives(1000)
				assert.Equal(t, c.lost, got.Lost, got)
				assert.Zero(t, got.Doubled, got)
			})
		}
	}
}

// A consumer is interrupted again and again while records come and the receiver takes them.
func TestInterruptedUnderLoad(t *testing.T) {
	memory, files := pipeline{storage: "memory", output: "http"}, pipeline{storage: "filesystem", output: "http"}
	threaded := files
	threaded.threaded = true
	sure := pipeline{storage: "filesystem", output: "entra_signin"}
	for _, c := range []struct {
		name     string
		pipeline pipeline
		signal   syscall.Signal
		everyRow bool
		loses    bool // by the documentation
		doubles  bool
	}{
		{"killed", sure, syscall.SIGKILL, false, false, false},
		{"killed", files, syscall.SIGKILL, false, false, true},
		{"killed", memory, syscall.SIGKILL, true, true, false},
		{"killed", threaded, syscall.SIGKILL, true, true, true},
		{"terminated", sure, syscall.SIGTERM, true, false, false},
		{"terminated", files, syscall.SIGTERM, false, false, false},
		{"terminated", memory, syscall.SIGTERM, true, false, false},
		// A Go output with workers is not reloaded: see "Faults of Fluent Bit" in docs/compatibility.md.
		{"reloaded", files, syscall.SIGHUP, false, false, false},
		{"reloaded", memory, syscall.SIGHUP, true, false, false},
	} {
		t.Run(c.name+", "+c.pipeline.name(), func(t *testing.T) {
			if c.everyRow && !long {
				t.Skip("KAFKA_LONG is not set")
			}
			t.Parallel()
			r := newRig(t, standin.BrokerOption{})
			r.listen()
			rounds, between := 3, 4*time.Second
			if long {
				rounds = 5
			}
			p := r.start("a", c.pipeline)
			r.produce(records(), time.Duration(rounds)*between)
			for range rounds {
				before := r.receiver.Stored()
				r.eventually("more records", func() bool { return r.receiver.Stored() > before || r.broker.Lag(group) == 0 })
				time.Sleep(between / 4)
				p.Signal(c.signal)
				if c.signal == syscall.SIGHUP {
					continue
				}
				if err := p.Wait(patience); c.signal == syscall.SIGTERM {
					require.NoError(t, err)
				}
				p = r.start("a", c.pipeline)
			}
			require.NoError(t, <-r.produced)
			got := r.arrives(records())
			t.Log(got)
			if !c.loses {
				assert.Zero(t, got.Lost, got)
			}
			if !c.doubles {
				assert.Zero(t, got.Doubled, got)
			}
			assert.True(t, p.Running())
		})
	}
}

// The answer to a request is lost, or an item of it turned down: what becomes of it depends on the output.
func TestReceiverThatFailsInTheMiddle(t *testing.T) {
	for _, c := range []struct {
		pipeline      pipeline
		lost, doubled bool // by the documentation
	}{
		{pipeline{storage: "filesystem", output: "entra_signin"}, false, false},
		{pipeline{storage: "filesystem", output: "es"}, true, true},
		{pipeline{storage: "filesystem", output: "es", onward: "    generate_id  on"}, true, false},
	} {
		t.Run(c.pipeline.name()+c.pipeline.onward, func(t *testing.T) {
			if c.pipeline.output == "es" && !long {
				t.Skip("KAFKA_LONG is not set")
			}
			t.Parallel()
			r := newRig(t, standin.BrokerOption{})
			r.receiver.LoseAnswers(2)
			r.receiver.TurnDown(7)
			r.listen()
			r.start("a", c.pipeline)
			r.produce(records(), 4*time.Second)
			require.NoError(t, <-r.produced)
			got := r.arrives(records())
			t.Log(got)
			assert.Equal(t, c.lost, got.Lost > 0, got)
			assert.Equal(t, c.doubled, got.Doubled > 0, got)
			if c.pipeline.output == "entra_signin" {
				assert.NotZero(t, got.Conflicts, "what was stored without an answer came again")
				assert.Equal(t, records(), got.Enriched-got.Doubled)
			}
		})
	}
}

// With format json the payload comes as a map, with format none as a text: the records that come out are the same, times included.
func TestFormatJSONGivesTheSameRecords(t *testing.T) {
	t.Parallel()
	const total = 500
	r := newRig(t, standin.BrokerOption{})
	var out [2][]string
	for i, format := range []string{"none", "json"} {
		p := pipeline{storage: "memory", output: "stdout", input: "    format " + format}
		config := strings.Replace(p.config(r.broker.Address, r.receiver.Address()), "entra-signin\n", "with-"+format+"\n", 1)
		consumer := r.startWith(format, "fluent-bit.conf", config)
		if i == 0 {
			require.NoError(t, r.broker.Produce(t.Context(), standin.Messages(0, total, 0, standin.Small), 0))
		}
		records := func() (lines []string) {
			for line := range strings.Lines(consumer.Output()) {
				if strings.HasPrefix(line, "{") && strings.HasSuffix(line, "}\n") {
					lines = append(lines, line)
				}
			}
			return lines
		}
		r.eventually("the records with format "+format, func() bool { return len(records()) >= total })
		out[i] = records()
		slices.Sort(out[i])
		r.stop(consumer)
		assert.Contains(t, consumer.Output(), fmt.Sprintf("records=%d matched=", total))
	}
	require.Len(t, out[0], total)
	assert.Equal(t, out[0], out[1])
	assert.Contains(t, out[0][0], `"severity":"`)
	assert.Contains(t, out[0][0], `"kafka":{"topic":"`)
}
