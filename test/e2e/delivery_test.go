package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// outage is longer than the pause before the first retry, so that some chunks fail more than once.
const outage = 2 * time.Second

// many is the number of records of a trial.
func many() int {
	if testing.Short() {
		return 12_000
	}
	return 100_000
}

// deliver starts a pipeline from a file of sign-ins to one output with the given lines.
func deliver(t *testing.T, input, output string, args ...string) *process {
	t.Helper()
	return classic(t, `
    scheduler.base 1
    scheduler.cap  2
`+tail("entra.signin", input, "refresh_interval 1")+`[OUTPUT]
    Name        entra_signin
    Match       *
    Retry_Limit no_limits
`+output+"\n", args...)
}

func TestReceiverKilledTwiceGetsEachRecordOnce(t *testing.T) {
	fluentBit(t)
	for _, c := range []struct{ name, sink, lines string }{
		{"elasticsearch", "elasticsearch", "    Workers 1\n    Batch_Bytes 256k"},
		{"elasticsearch with two workers", "elasticsearch", "    Workers 2\n    Compress gzip\n    Batch_Bytes 256k"},
		{"loki", "loki", "    Workers 1\n    Compress gzip\n    Fields severity,outcome\n    Structured_Metadata user=$userPrincipalName\n    Batch_Bytes 256k"},
		{"http", "http", "    Workers 1\n    Batch_Bytes 256k"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newReceiver(t, c.sink, many())
			p := deliver(t, signIns(t, many()), "    Sink "+c.sink+"\n    URL "+r.URL()+"\n"+c.lines)
			r.killTwice(t, p, outage)
			p.eventually("an answer for every record", func() bool { return r.arrived() == many() })
			p.stop()
			assertOnce(t, many(), r.stored())
			said := p.counters()
			assert.Zero(t, said.refused)
			assert.NotZero(t, said.retried)
			assert.Contains(t, p.log.String(), fmt.Sprintf("records=%d ", many()), "a record that comes again is not counted again")
			assert.Contains(t, p.log.String(), "records are left for a retry: "+r.URL())
			assert.Contains(t, p.log.String(), "delivery works again")
			if c.sink == "elasticsearch" {
				assert.NotZero(t, said.existing, "what was stored and not answered is there when it is sent again")
			}
		})
	}
}

func TestFileTakenAwayTwiceHoldsEachRecordOnce(t *testing.T) {
	fluentBit(t)
	dir := t.TempDir()
	input, path := filepath.Join(dir, "in.jsonl"), filepath.Join(dir, "out.jsonl")
	parts := []string{path + ".1", path + ".2", path}
	at := []int{many() / 3, 2 * many() / 3, many()}
	addSignIns(t, input, 0, at[0])
	p := deliver(t, input, "    Workers 1\n    Sink file\n    Path "+path)
	holds := func(records int) func() bool {
		return func() bool {
			time.Sleep(100 * time.Millisecond) // not to keep the processor busy with counting
			return strings.Count(texts(t, parts...), "\n") >= records
		}
	}
	p.eventually("the first third", holds(at[0]))
	for i := range 2 {
		require.NoError(t, os.Rename(path, parts[i]))
		require.NoError(t, os.Mkdir(path, 0o700)) // no file can come to be there, even for root
		addSignIns(t, input, at[i], at[i+1])
		time.Sleep(outage)
		require.NoError(t, os.Remove(path))
		p.eventually("the next third", holds(at[i+1]))
	}
	p.stop()
	assertOnce(t, many(), wholeLines(t, texts(t, parts...)))
	assert.Contains(t, p.log.String(), path+" is not a regular file")
	assert.Equal(t, many(), p.counters().delivered)
}

func TestStdoutThatNobodyReadsForAWhileGetsEachRecordOnce(t *testing.T) {
	fluentBit(t)
	input := filepath.Join(t.TempDir(), "in.jsonl")
	p := deliver(t, input, "    Workers 1\n    Sink stdout")
	for i := range 3 {
		p.out.mu.Lock() // whoever copies the pipe waits, and the pipe is full soon
		addSignIns(t, input, i*many()/3, (i+1)*many()/3)
		time.Sleep(outage)
		p.out.mu.Unlock()
	}
	p.eventually("all lines", func() bool {
		time.Sleep(100 * time.Millisecond)
		return strings.Count(p.out.String(), "\n") >= many()
	})
	p.stop()
	assertOnce(t, many(), wholeLines(t, p.out.String()))
	assert.Equal(t, many(), p.counters().delivered)
}

// A service manager stops Fluent Bit in the middle of its work and starts it again. Fluent Bit keeps the chunks that were not
// answered by then in its files.
func TestTerminatedUnderLoadLosesNothing(t *testing.T) {
	since(t, "5.0.3", "a tail that is stopped within a line and continues with that line; an older one loses and repeats lines without the plugin, too; the fix")
	const total = 20_000
	for _, sink := range []string{"elasticsearch", "loki", "http"} {
		t.Run(sink, func(t *testing.T) {
			t.Parallel()
			r := newReceiver(t, sink, total)
			dir, input := t.TempDir(), signIns(t, total)
			run := func() *process {
				return classic(t, strings.NewReplacer("INFILE", input, "STATE", dir, "SINK", sink, "ADDRESS", r.URL()).Replace(`
    scheduler.base 1
    scheduler.cap  2
    storage.path STATE/storage
`+tail("entra.signin", "INFILE", "refresh_interval 1", "db STATE/tail.db", "storage.type filesystem")+`[OUTPUT]
    Name        entra_signin
    Match       *
    Retry_Limit no_limits
    Workers     1
    Sink        SINK
    URL         ADDRESS
    Timeout     2s
`))
			}
			waiting := func() int {
				chunks, err := filepath.Glob(filepath.Join(dir, "storage", "*", "*.flb"))
				require.NoError(t, err)
				return len(chunks)
			}
			r.holdAfter(1)
			p := run()
			p.eventually("the first answer", func() bool { return r.arrived() > 0 })
			p.stop()
			require.Less(t, r.arrived(), total)
			r.release()
			first := p.counters()
			assert.LessOrEqual(t, first.delivered, r.arrived(), "nothing counts as delivered that the receiver has not got")
			p = run()
			p.eventually("an answer for every record, and Fluent Bit has heard it", func() bool {
				return r.arrived() == total && waiting() == 0
			})
			p.stop()
			assertOnce(t, total, r.stored())
		})
	}
}

func TestElasticsearchInputOfFluentBitReceives(t *testing.T) {
	fluentBit(t)
	total := many() / 5
	address := freeAddress(t)
	host, port, _ := strings.Cut(address, ":")
	have, err := hostVersion()
	require.NoError(t, err)
	http1 := ""
	if !older(have, [3]int{3, 0, 0}) {
		http1 = "    http2 off\n" // 3.0.7 answers no request of some megabytes while it can speak HTTP/2
	}
	far := classic(t, `
[INPUT]
    name elasticsearch
    listen `+host+`
    port `+port+`
`+http1+`
`+toFile)
	p := deliver(t, signIns(t, total), "    Workers 1\n    Sink elasticsearch\n    Compress gzip\n    URL http://"+address)
	out := filepath.Join(far.dir, "out.jsonl")
	far.eventually("all records at the other side", func() bool {
		time.Sleep(100 * time.Millisecond)
		return strings.Count(texts(t, out), "\n") >= total
	})
	p.stop()
	far.stop()
	lines := wholeLines(t, texts(t, out))
	assertOnce(t, total, lines)
	assert.Contains(t, lines[0], `"create":{"_index":"entra-signin","_id":"5a`)
	assert.Equal(t, counters{delivered: total}, p.counters())
}

// texts joins files; one that is not there is empty.
func texts(t *testing.T, paths ...string) string {
	t.Helper()
	var all strings.Builder
	for _, path := range paths {
		if info, err := os.Stat(path); err != nil || info.IsDir() {
			continue
		}
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		all.Write(content)
	}
	return all.String()
}

// wholeLines splits a text into its lines, the last of which must be ended.
func wholeLines(t *testing.T, text string) []string {
	t.Helper()
	text, ended := strings.CutSuffix(text, "\n")
	require.True(t, ended, "the last line is torn")
	return strings.Split(text, "\n")
}
