package kafka

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/test/kafka/standin"
)

const (
	root     = "../.."
	group    = "entra-signin"
	patience = 90 * time.Second // for what always happens, on the slowest of machines
)

// long tells whether every row of the table is to be tried, with many records.
var long = os.Getenv("KAFKA_LONG") != ""

// records is how many records a trial sends.
func records() int {
	if long {
		return 40_000
	}
	return 4_000
}

// perMessage makes messages small, so that there are many for a trial to be interrupted between.
const perMessage = 25

func TestMain(m *testing.M) {
	if _, err := standin.FluentBit(); err != nil {
		fmt.Println("SKIPPED: test/kafka:", err)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

var object = sync.OnceValues(func() (string, error) {
	if so := os.Getenv("ENTRA_SIGNIN_SO"); so != "" {
		return so, nil
	}
	if out, err := exec.Command("make", "-C", root, "build").CombinedOutput(); err != nil {
		return "", fmt.Errorf("make build: %w\n%s", err, out)
	}
	return filepath.Abs(root + "/build/flb-filter_entra_signin.so")
})

// A rig is a broker, a receiver, and the consumers between them.
type rig struct {
	t        *testing.T
	program  string
	so       string
	dir      string
	broker   *standin.Broker
	receiver *standin.Receiver
	produced chan error
	running  []*standin.Process
}

func newRig(t *testing.T, o standin.BrokerOption) *rig {
	t.Helper()
	program, err := standin.FluentBit()
	require.NoError(t, err)
	so, err := object()
	require.NoError(t, err)
	broker, err := standin.StartBroker(o)
	require.NoError(t, err)
	receiver, err := standin.NewReceiver(0)
	require.NoError(t, err)
	r := &rig{t: t, program: program, so: so, dir: t.TempDir(), broker: broker, receiver: receiver, produced: make(chan error, 1)}
	require.NoError(t, os.WriteFile(r.caFile(), broker.CA, 0o600))
	t.Cleanup(func() {
		for i, p := range r.running {
			p.Kill()
			if t.Failed() {
				t.Logf("log of Fluent Bit %d:\n%s", i, tail(p.Output()))
			}
		}
		receiver.Stop()
		broker.Close()
	})
	return r
}

// caFile is the file with the certificate that the consumers trust.
func (r *rig) caFile() string { return filepath.Join(r.dir, "ca.pem") }

// tail leaves the end of a long log.
func tail(log string) string {
	const most = 6000
	if len(log) > most {
		return "…" + log[len(log)-most:]
	}
	return log
}

// listen starts the receiver.
func (r *rig) listen() {
	r.t.Helper()
	require.NoError(r.t, r.receiver.Listen())
}

// produce sends the records of the trial, spread over a time, while the test goes on.
func (r *rig) produce(total int, during time.Duration) {
	messages := standin.Messages(0, total, perMessage, standin.Small)
	go func() { r.produced <- r.broker.Produce(r.t.Context(), messages, during/time.Duration(len(messages))) }()
}

// consumed waits until everything is produced and the group has committed it.
func (r *rig) consumed() {
	r.t.Helper()
	require.NoError(r.t, <-r.produced)
	r.eventually("the group has committed everything", func() bool { return r.broker.Lag(group) == 0 })
}

// arrives waits until so many different records are at the receiver, or until no more come for a while.
func (r *rig) arrives(total int) standin.Tally {
	r.t.Helper()
	const quiet = 12 * time.Second // longer than any pause of a retry or of the group here
	last, since := -1, time.Now()
	for deadline := time.Now().Add(2 * patience); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		n := r.receiver.Stored()
		if n >= total && r.broker.Lag(group) == 0 {
			break
		}
		if n != last {
			last, since = n, time.Now()
		}
		if time.Since(since) > quiet {
			break
		}
	}
	if n := r.receiver.Stored(); n < total {
		r.t.Logf("no records for %s: %d of %d are there; lag %d, group %+v", quiet, n, total, r.broker.Lag(group), r.broker.Cluster.GroupInfo(group))
	}
	time.Sleep(3 * time.Second) // time for what comes twice
	return r.receiver.Tally(total)
}

func (r *rig) eventually(what string, holds func() bool) {
	r.t.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			r.t.Fatalf("it never came about: %s", what)
		}
	}
}

// A pipeline is what differs between the configurations of the trials.
type pipeline struct {
	storage  string // of the input: memory or filesystem
	threaded bool
	output   string // http, stdout, es or entra_signin
	service  string // more lines of the service,
	input    string // of the input
	onward   string // and of the output
}

func (p pipeline) name() string {
	name := p.output + ", " + p.storage
	if p.threaded {
		name += ", threaded"
	}
	return name
}

// config is the classic configuration. Its options are those of examples/event-hub, but the group notices sooner that a consumer is
// dead, and kfake lets the group wait for one that dies while the group is being rebalanced as long as max.poll.interval.ms says.
func (p pipeline) config(broker, receiver string) string {
	host, port, _ := strings.Cut(receiver, ":")
	filter := `
[FILTER]
    name              entra_signin
    match             entra.*
    time_from_record  on
    envelope_key      kafka
`
	output := map[string]string{
		"http": filter + `
[OUTPUT]
    name    http
    format  json_lines
    host    ` + host + `
    port    ` + port,
		"stdout": filter + `
[OUTPUT]
    name    stdout
    format  json_lines`,
		"es": filter + `
[OUTPUT]
    name                es
    suppress_type_name  on
    write_operation     create
    trace_error         on
    replace_dots        off
    host                ` + host + `
    port                ` + port,
		"entra_signin": `
[OUTPUT]
    name              entra_signin
    workers           1
    time_from_record  on
    envelope_key      kafka
    sink              elasticsearch
    url               http://` + receiver,
	}[p.output]
	return fmt.Sprintf(`
[SERVICE]
    flush           1
    grace           2
    log_level       info
    hot_reload      on
    plugins_file    plugins.conf
    storage.path    storage
    scheduler.base  1
    scheduler.cap   2
%s
[INPUT]
    name                  kafka
    tag                   entra.signin
    brokers               %s
    topics                insights-logs-signinlogs,insights-logs-noninteractiveusersigninlogs
    group_id              entra-signin
    poll_ms               100
    threaded              %t
    storage.type          %s
    rdkafka.security.protocol  SASL_SSL
    rdkafka.sasl.mechanism     PLAIN
    rdkafka.sasl.username      $ConnectionString
    rdkafka.sasl.password      ${EVENT_HUB_CONNECTION_STRING}
    rdkafka.auto.offset.reset  earliest
    rdkafka.session.timeout.ms     3000
    rdkafka.heartbeat.interval.ms  500
    rdkafka.max.poll.interval.ms   6000
%s
%s
    match        entra.*
    retry_limit  no_limits
%s
`, p.service, broker, p.threaded, p.storage, p.input, output, p.onward)
}

// start runs Fluent Bit in the folder of a consumer, which it has to itself and finds again when it starts the next time.
func (r *rig) start(consumer string, p pipeline) *standin.Process {
	r.t.Helper()
	return r.startWith(consumer, "fluent-bit.conf", p.config(r.broker.Address, r.receiver.Address()))
}

func (r *rig) startWith(consumer, file, config string, env ...string) *standin.Process {
	r.t.Helper()
	dir := filepath.Join(r.dir, consumer)
	require.NoError(r.t, os.MkdirAll(dir, 0o700))
	plugins := fmt.Sprintf("[PLUGINS]\n    path %s\n    path %s\n", r.so, filepath.Join(filepath.Dir(r.so), "out_entra_signin.so"))
	require.NoError(r.t, os.WriteFile(filepath.Join(dir, "plugins.conf"), []byte(plugins), 0o600))
	require.NoError(r.t, os.WriteFile(filepath.Join(dir, file), []byte(config), 0o600))
	process, err := standin.StartFluentBit(r.program, dir, file, nil, append(r.broker.Env(r.caFile()), env...)...)
	require.NoError(r.t, err)
	r.running = append(r.running, process)
	return process
}

// stop ends a consumer as a service manager does.
func (r *rig) stop(p *standin.Process) {
	r.t.Helper()
	p.Signal(syscall.SIGTERM)
	require.NoError(r.t, p.Wait(patience))
}
