// Command eventhub stands in for an Event Hub and for the receiver behind Fluent Bit, so that the pipelines of examples/event-hub can be
// tried without Azure. docs/event-hub.md has the commands.
//
//	eventhub broker DIR     a broker at 127.0.0.1:9093 and sign-ins in it; the certificate to trust goes into DIR
//	eventhub receive        a receiver at 127.0.0.1:9200 that says what has arrived
//	eventhub demo SO DIR    everything at once: two consumers, one of which is killed and comes back
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"fluent-bit-entra-signin/test/kafka/standin"
)

const (
	brokerPort   = 9093
	receiverPort = 9200
	group        = "entra-signin"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "eventhub:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("eventhub", flag.ContinueOnError)
	records := flags.Int("records", 20_000, "sign-ins to send")
	size := flags.Int("size", standin.Small, "bytes of a sign-in")
	during := flags.Duration("during", 40*time.Second, "time to send them in")
	var words []string
	for len(args) > 0 { // flags may stand anywhere
		if err := flags.Parse(args); err != nil {
			return err
		}
		if args = flags.Args(); len(args) > 0 {
			words, args = append(words, args[0]), args[1:]
		}
	}
	send := load{records: *records, size: *size, during: *during}
	switch {
	case len(words) == 2 && words[0] == "broker":
		return serveBroker(ctx, words[1], send)
	case len(words) == 1 && words[0] == "receive":
		return receive(ctx)
	case len(words) == 3 && words[0] == "demo":
		return demo(ctx, words[1], words[2], send)
	}
	return errors.New("needs one of: broker DIR, receive, demo SO DIR; see the comment at the top of main.go")
}

// A load is what is sent.
type load struct {
	records, size int
	during        time.Duration
}

// start begins to send in the background.
func (l load) start(ctx context.Context, b *standin.Broker) <-chan error {
	const perMessage = 25 // small messages: there is more between which something can happen
	messages := standin.Messages(0, l.records, perMessage, l.size)
	sent := make(chan error, 1)
	go func() { sent <- b.Produce(ctx, messages, l.during/time.Duration(len(messages))) }()
	return sent
}

// startBroker starts the broker and leaves its certificate in a folder.
func startBroker(dir string) (b *standin.Broker, caFile string, err error) {
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, "", err
	}
	if err = os.MkdirAll(dir, 0o750); err != nil {
		return nil, "", err
	}
	if b, err = standin.StartBroker(standin.BrokerOption{Port: brokerPort}); err != nil {
		return nil, "", err
	}
	caFile = filepath.Join(dir, "ca.pem")
	return b, caFile, os.WriteFile(caFile, b.CA, 0o600)
}

func serveBroker(ctx context.Context, dir string, send load) error {
	b, caFile, err := startBroker(dir)
	if err != nil {
		return err
	}
	defer b.Close()
	fmt.Printf("A broker in place of an Event Hub listens at %s. Consumers need:\n\n", b.Address)
	for _, variable := range b.Env(caFile) {
		fmt.Printf("    export '%s'\n", variable)
	}
	fmt.Printf("\nSending %d sign-ins in %s. Ctrl-C ends the broker, which forgets everything.\n", send.records, send.during)
	sent := send.start(ctx, b)
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-sent:
			if err != nil {
				return err
			}
			fmt.Println("All are sent.")
			sent = nil
		case <-time.After(2 * time.Second):
			fmt.Printf("%d consumers, lag %d messages\n", b.Members(group), b.Lag(group))
		}
	}
}

func receive(ctx context.Context) error {
	r, err := standin.NewReceiver(receiverPort)
	if err != nil {
		return err
	}
	if err := r.Listen(); err != nil {
		return err
	}
	defer r.Stop()
	fmt.Printf("Receiving at http://%s as Elasticsearch does. Ctrl-C ends it.\n", r.Address())
	shown := -1
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
		}
		if n := r.Stored(); n != shown {
			if shown < 1 && n > 0 {
				if err := showRecord(r.Example()); err != nil {
					return err
				}
			}
			shown = n
			t := r.Tally(r.Highest() + 1)
			fmt.Printf("%d records, %d missing up to the highest number, %d there more than once\n", t.Stored, t.Lost, t.Doubled)
		}
	}
}
