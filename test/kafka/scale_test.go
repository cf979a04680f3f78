package kafka

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/test/kafka/standin"
)

// KAFKA_SCALE=1 measures what docs/event-hub.md says of consumers and partitions: how fast 1, 2 and 4 consumers read what waits in the
// broker, enrich it and deliver it to Elasticsearch, and what processor time they need for it. The broker and the receiver run on the
// same machine: the rate is that of all of them together, the processor time that of the consumers alone.
func TestScale(t *testing.T) {
	if os.Getenv("KAFKA_SCALE") == "" {
		t.Skip("KAFKA_SCALE is not set")
	}
	const volume = 120_000_000 // bytes
	for _, size := range []int{standin.Small, standin.Average} {
		messages := standin.Messages(0, volume/size, 0, size)
		bytes := 0
		for _, message := range messages {
			bytes += len(message)
		}
		for _, c := range []struct {
			consumers  int
			partitions int32 // of each of the two topics
		}{{1, 1}, {1, 4}, {1, 16}, {2, 4}, {2, 16}, {4, 4}, {4, 16}} {
			r := newRig(t, standin.BrokerOption{Partitions: c.partitions})
			r.listen()
			require.NoError(t, r.broker.Produce(t.Context(), messages, 0))
			p := pipeline{storage: "filesystem", output: "entra_signin"}
			var consumers []*standin.Process
			for i := range c.consumers {
				consumers = append(consumers, r.start(fmt.Sprint(i), p))
			}
			r.eventually("the first records", func() bool { return r.receiver.Stored() > 0 })
			began, from := time.Now(), r.receiver.Stored()
			r.eventually("all records", func() bool { return r.receiver.Stored() == volume/size })
			took := time.Since(began)
			var cpu, most time.Duration
			for _, process := range consumers {
				r.stop(process)
				cpu += process.CPU()
				most = max(most, process.CPU())
			}
			share := float64(volume/size-from) / float64(volume/size)
			fmt.Printf("size=%d consumers=%d partitions=2x%d messages=%d MB=%.0f MB/s=%.1f cpu=%.2fs cpu_ms/MB=%.1f us/record=%.0f busiest=%.0f%%\n",
				size, c.consumers, c.partitions, len(messages), float64(bytes)/1e6, share*float64(bytes)/1e6/took.Seconds(), cpu.Seconds(),
				cpu.Seconds()*1e9/float64(bytes), cpu.Seconds()*1e6/float64(volume/size), 100*most.Seconds()/cpu.Seconds())
		}
	}
}
