package kafka

import (
	"io/fs"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/test/kafka/standin"
)

// Consumers come and go while records come: one is stopped, another is killed and comes back with its files.
func TestOneToThreeConsumersAndBack(t *testing.T) {
	t.Parallel()
	for _, output := range []string{"entra_signin", "http"} {
		t.Run(output, func(t *testing.T) {
			if output == "http" && !long {
				t.Skip("KAFKA_LONG is not set")
			}
			t.Parallel()
			r := newRig(t, standin.BrokerOption{})
			r.listen()
			p := pipeline{storage: "filesystem", output: output}
			r.start("a", p)
			r.produce(records(), 20*time.Second)
			r.eventually("records from one consumer", func() bool { return r.receiver.Stored() > 0 })
			b := r.start("b", p)
			c := r.start("c", p)
			r.eventually("three consumers share the partitions", func() bool { return r.broker.Members(group) == 3 })
			time.Sleep(time.Second)
			r.stop(b)
			c.Kill()
			r.eventually("one consumer has all partitions", func() bool { return r.broker.Members(group) == 1 })
			r.start("c", p)
			r.eventually("the killed consumer is back", func() bool { return r.broker.Members(group) == 2 })
			require.NoError(t, <-r.produced)
			got := r.arrives(records())
			t.Log(got)
			assert.Zero(t, got.Lost, got)
			if output == "entra_signin" {
				assert.Zero(t, got.Doubled, got)
			}
		})
	}
}

// While the receiver is down, a consumer with storage.pause_on_chunks_overlimit fills a few chunks and leaves the rest where it is. Without
// it the disk takes everything, and with a total limit the oldest records are thrown away, although they are committed.
func TestOutage(t *testing.T) {
	total, down := 3*records(), 6*time.Second
	for _, c := range []struct {
		name     string
		pipeline pipeline
		everyRow bool
		bounded  bool // what is on disk
		loses    bool
	}{
		{"pause", pipeline{storage: "filesystem", output: "entra_signin", service: "    storage.max_chunks_up 2", input: "    storage.pause_on_chunks_overlimit on"}, false, true, false},
		{"no pause", pipeline{storage: "filesystem", output: "entra_signin", service: "    storage.max_chunks_up 2"}, true, false, false},
		{"total limit", pipeline{storage: "filesystem", output: "entra_signin", service: "    storage.max_chunks_up 2", onward: "    storage.total_limit_size 6M"}, true, false, true},
		{"memory limit", pipeline{storage: "memory", output: "entra_signin", input: "    mem_buf_limit 5M"}, true, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.everyRow && !long {
				t.Skip("KAFKA_LONG is not set")
			}
			t.Parallel()
			r := newRig(t, standin.BrokerOption{})
			p := r.start("a", c.pipeline)
			r.eventually("the consumer has joined", func() bool { return r.broker.Members(group) == 1 })
			r.produce(total, 0)
			require.NoError(t, <-r.produced)
			var most int64
			for until := time.Now().Add(down); time.Now().Before(until); time.Sleep(200 * time.Millisecond) {
				most = max(most, diskUse(t, filepath.Join(p.Dir, "storage")))
			}
			left := r.broker.Lag(group)
			r.listen()
			got := r.arrives(total)
			t.Logf("%s; most on disk %d kB of %d kB, %d messages left in the Event Hub", got, most/1000, total*standin.Small/1000, left)
			assert.Equal(t, c.loses, got.Lost > 0, got)
			assert.Zero(t, got.Doubled, got)
			if c.bounded {
				assert.Less(t, most, int64(total*standin.Small)/2)
			}
		})
	}
}

// diskUse adds up the files of a folder.
func diskUse(t *testing.T, dir string) (n int64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil //nolint:nilerr // a chunk that is done is gone
		}
		if info, err := d.Info(); err == nil {
			n += info.Size()
		}
		return nil
	})
	require.NoError(t, err)
	return n
}
