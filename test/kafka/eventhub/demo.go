package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fluent-bit-entra-signin/test/kafka/standin"
)

// A show is the demo: what runs in it, and where.
type show struct {
	begin    time.Time
	program  string
	so       string // the built plugin
	dir      string
	env      []string
	broker   *standin.Broker
	receiver *standin.Receiver
}

// demo runs two consumers with examples/event-hub/fluent-bit.yaml, kills one and brings it back.
func demo(ctx context.Context, so, dir string, send load) error {
	program, err := standin.FluentBit()
	if err != nil {
		return fmt.Errorf("the demo runs Fluent Bit, and there is %w", err)
	}
	s := &show{begin: time.Now(), program: program, so: so, dir: dir}
	var caFile string
	if s.broker, caFile, err = startBroker(dir); err != nil {
		return err
	}
	defer s.broker.Close()
	if s.receiver, err = standin.NewReceiver(0); err != nil {
		return err
	}
	if err := s.receiver.Listen(); err != nil {
		return err
	}
	defer s.receiver.Stop()
	s.env = append(s.broker.Env(caFile), "ELASTICSEARCH_URL=http://"+s.receiver.Address(), "ELASTICSEARCH_API_KEY=none")

	s.say("broker with TLS and SASL at %s, receiver at http://%s", s.broker.Address, s.receiver.Address())
	a, err := s.consumer("a")
	if err != nil {
		return err
	}
	defer a.Kill()
	b, err := s.consumer("b")
	if err != nil {
		return err
	}
	defer func() { b.Kill() }()
	sent := send.start(ctx, s.broker)
	s.say("two consumers start, %d sign-ins are sent in %s", send.records, send.during)
	if err := s.wait(ctx, "two consumers share the partitions", func() bool { return s.broker.Members(group) == 2 }); err != nil {
		return err
	}
	if err := s.wait(ctx, "a quarter of the records is at the receiver", func() bool { return s.receiver.Stored() > send.records/4 }); err != nil {
		return err
	}
	if err := showRecord(s.receiver.Example()); err != nil {
		return err
	}
	b.Kill()
	s.say("consumer b is killed (kill -9)")
	if err := s.wait(ctx, "consumer a has all partitions", func() bool { return s.broker.Members(group) == 1 }); err != nil {
		return err
	}
	if b, err = s.consumer("b"); err != nil {
		return err
	}
	s.say("consumer b starts again, with the files it left")
	if err := s.wait(ctx, "two consumers share the partitions again", func() bool { return s.broker.Members(group) == 2 }); err != nil {
		return err
	}
	if err := <-sent; err != nil {
		return err
	}
	if err := s.wait(ctx, "every record is at the receiver, and every offset committed", func() bool {
		return s.receiver.Stored() == send.records && s.broker.Lag(group) == 0
	}); err != nil {
		return err
	}
	time.Sleep(2 * time.Second) // for what would come twice
	tally := s.receiver.Tally(send.records)
	s.say("%d sign-ins sent, %d stored, %d lost, %d there more than once", send.records, tally.Stored, tally.Lost, tally.Doubled)
	if tally.Lost+tally.Doubled > 0 {
		return errors.New("records were lost or doubled")
	}
	return nil
}

// showRecord prints what is most telling in a record, in the order in which it is listed here.
func showRecord(text string) error {
	var record map[string]any
	if err := json.Unmarshal([]byte(text), &record); err != nil {
		return fmt.Errorf("the receiver got what is no record: %w", err)
	}
	fmt.Println("\n        Parts of a record as it arrived:")
	for _, key := range []string{"@timestamp", "category", "resultType", "description", "severity", "outcome", "kafka"} {
		value, err := json.Marshal(record[key])
		if err != nil {
			return err
		}
		fmt.Printf("        %-12s %s\n", key, value)
	}
	fmt.Println()
	return nil
}

// say prints a line with the time since the beginning.
func (s *show) say(format string, values ...any) {
	fmt.Printf("%5.1fs  %s\n", time.Since(s.begin).Seconds(), fmt.Sprintf(format, values...))
}

// wait waits until something has come about, and says so.
func (s *show) wait(ctx context.Context, what string, holds func() bool) error {
	for deadline := time.Now().Add(3 * time.Minute); !holds(); {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("it never came about that %s: %s, lag %d messages; the logs of Fluent Bit are in %s",
				what, s.receiver.Tally(0), s.broker.Lag(group), s.dir)
		}
	}
	s.say("%s", what)
	return nil
}

// consumer starts Fluent Bit with the shipped example in a folder of its own. The group notices sooner than in the example that a
// consumer is dead, so that nobody has to wait for it.
func (s *show) consumer(name string) (*standin.Process, error) {
	text, err := os.ReadFile("../../examples/event-hub/fluent-bit.yaml")
	if err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(filepath.Join(s.dir, name))
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, err
	}
	config := strings.NewReplacer(
		"/opt/entra/", filepath.Dir(s.so)+"/",
		"/var/lib/entra/", dir+"/",
		"rdkafka.session.timeout.ms: 30000", "rdkafka.session.timeout.ms: 6000\n      rdkafka.max.poll.interval.ms: 10000",
	).Replace(string(text))
	if err := os.WriteFile(filepath.Join(dir, "fluent-bit.yaml"), []byte(config), 0o600); err != nil {
		return nil, err
	}
	log, err := os.OpenFile(filepath.Join(dir, "log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	p, err := standin.StartFluentBit(s.program, dir, "fluent-bit.yaml", log, s.env...)
	return p, errors.Join(err, log.Close()) // the process has the file open for itself
}
