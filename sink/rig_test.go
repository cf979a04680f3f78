package sink

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/internal/option"
	"fluent-bit-entra-signin/sink/sinktest"
)

// rig is a receiver, an output that delivers to it, and what the output said.
type rig struct {
	*Delivery
	kind   string
	server *sinktest.Server
	stored func() []string // the JSON of each record that the receiver holds
	dead   string
	logged *logged
	// mayRepeat says that the receiver may hold a record twice, because the answer to the first was lost.
	mayRepeat bool
}

type logged struct {
	mu    sync.Mutex
	lines []string
}

func (l *logged) log(_ Level, msg string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, msg)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var b bytes.Buffer
	for _, line := range l.lines {
		b.WriteString(line + "\n")
	}
	return b.String()
}

// A testKind is what the tests need to know of a kind of sink with a receiver.
type testKind struct {
	options map[string]string // besides those that every rig sets
	// receiver makes the test server. stored returns the JSON of each record that the server holds.
	receiver func() (r sinktest.Receiver, stored func() []string)
	// refusal is the body of an answer of 400 that is about a record.
	refusal string
	// repeats says that the receiver stores a record again that it has.
	repeats bool
}

var testKinds = map[string]testKind{
	HTTP: {
		receiver: func() (sinktest.Receiver, func() []string) {
			c := &sinktest.Collector{}
			return c, func() []string { return texts(c.Records(), func(r json.RawMessage) string { return string(r) }) }
		},
	},
	Elasticsearch: {
		receiver: func() (sinktest.Receiver, func() []string) {
			b := &sinktest.Bulk{}
			return b, func() []string {
				return texts(slices.Collect(maps.Values(b.Docs())), func(doc json.RawMessage) string { return string(doc) })
			}
		},
	},
	Loki: {
		options: map[string]string{"Compress": "gzip"},
		receiver: func() (sinktest.Receiver, func() []string) {
			l := &sinktest.Loki{}
			return l, func() []string { return texts(l.Entries(), func(e sinktest.Entry) string { return e.Line }) }
		},
	},
	SplunkHEC: {
		options: map[string]string{"Splunk_Token": "token", "Event_Index": "main", "Compress": "gzip"},
		receiver: func() (sinktest.Receiver, func() []string) {
			h := &sinktest.SplunkHEC{Token: "token", Index: "main"}
			return h, func() []string {
				return texts(h.Events(), func(e sinktest.SplunkEvent) string { return string(e.Event) })
			}
		},
		refusal: `{"text":"Invalid data format","code":6}`,
		repeats: true,
	},
}

func texts[T any](list []T, text func(T) string) (all []string) {
	for _, e := range list {
		all = append(all, text(e))
	}
	return all
}

// networkKinds returns the names of the sinks with a receiver.
func networkKinds() []string { return namesOf((*protocol).isNetwork) }

// newRig makes a receiver that does not listen yet. The output is opened by open.
func newRig(t testing.TB, kind string) *rig {
	r := &rig{kind: kind, logged: &logged{}, dead: filepath.Join(t.TempDir(), "dead.jsonl")}
	receiver, stored := testKinds[kind].receiver()
	r.server, r.stored = sinktest.New(t, receiver), stored
	return r
}

func (r *rig) open(t testing.TB, kind string, set map[string]string) {
	t.Helper()
	all := map[string]string{"Sink": kind, "Batch_Bytes": "16k", "URL": r.server.URL(), "Dead_Letter_File": r.dead}
	for _, m := range []map[string]string{testKinds[kind].options, set} {
		for name, value := range m {
			all[name] = value
		}
	}
	r.Delivery = open(t, all, r.logged.log)
}

func startRig(t testing.TB, kind string, set map[string]string) *rig {
	t.Helper()
	r := newRig(t, kind)
	r.server.Listen(t)
	r.open(t, kind, set)
	return r
}

// open makes an output of options as a user writes them.
func open(t testing.TB, set map[string]string, log Log) *Delivery {
	t.Helper()
	d, err := tryOpen(set, log)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, d.Close(context.Background())) })
	return d
}

func tryOpen(set map[string]string, log Log) (*Delivery, error) {
	o := DefaultOptions()
	err := option.Apply(o.List(), func(name string) (string, bool) {
		value, ok := set[name]
		return value, ok
	})
	if err != nil {
		return nil, err
	}
	return New(o, log)
}

// numbers reads the n of each record.
func numbers(t testing.TB, records []string) []int {
	t.Helper()
	list := make([]int, len(records))
	for i, record := range records {
		_, after, ok := bytes.Cut([]byte(record), []byte(`"n":`))
		require.True(t, ok, record)
		end := bytes.IndexAny(after, ",}")
		n, err := strconv.Atoi(string(after[:end]))
		require.NoError(t, err, record)
		list[i] = n
	}
	return list
}

type letter struct {
	Time   string
	Status int
	Reason string
	Tag    string
	Record json.RawMessage
	Raw    string
}

// letters reads the dead letter file.
func (r *rig) letters(t testing.TB) []letter {
	t.Helper()
	var all []letter
	for _, line := range fileLines(t, r.dead) {
		var l letter
		require.NoError(t, json.Unmarshal([]byte(line), &l), line)
		all = append(all, l)
	}
	return all
}

// fileLines reads whole lines; a torn one fails the test.
func fileLines(t testing.TB, path string) []string {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	if len(content) == 0 {
		return nil
	}
	require.Equal(t, byte('\n'), content[len(content)-1], "the last line is torn")
	var lines []string
	for line := range bytes.SplitSeq(content[:len(content)-1], []byte{'\n'}) {
		lines = append(lines, string(line))
	}
	return lines
}

// checkOnce asserts that each of total records is stored once or dead once, and returns the numbers of the dead.
func (r *rig) checkOnce(t testing.TB, total int) (dead []int) {
	t.Helper()
	seen := make([]int, total)
	for _, n := range numbers(t, r.stored()) {
		seen[n]++
	}
	var records []string
	for _, l := range r.letters(t) {
		records = append(records, string(l.Record))
	}
	dead = numbers(t, records)
	for _, n := range dead {
		seen[n]++
	}
	lost, repeated := 0, 0
	for _, times := range seen {
		switch {
		case times == 0:
			lost++
		case times > 1:
			repeated++
		}
	}
	assert.Zero(t, lost, "lost")
	if !r.mayRepeat {
		assert.Zero(t, repeated, "delivered more than once, or delivered and dead")
	}
	return dead
}
