// Command instructions counts the processor instructions that the engine needs for a record. Seconds change with whatever else the
// machine does. Instructions do not, so a loss of one in a hundred shows. docs/performance.md keeps the numbers by commit.
//
//	make bench-instructions
//
// The command runs itself under valgrind's tool callgrind, once for each way in which records come, and prints one row of a Markdown
// table. Only the calls of the engine are counted, not the preparation.
package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/filter"
	"fluent-bit-entra-signin/internal/jsontext"
)

// rounds is how often each chunk is enriched: often enough that what happens once does not count.
const rounds = 200

//go:embed testdata/signins.jsonl
var signIns string

// A way is how the records come to the engine.
type way struct {
	name string
	// chunk returns the records as one chunk; nil for lines of JSON.
	chunk   func(records []string) []byte
	context bool
}

var ways = []way{
	{name: "parsed", chunk: parsed},
	{name: "parsed, Context on", chunk: parsed, context: true},
	{name: "string", chunk: func(records []string) []byte {
		return each(records, func(r string) string { return `{"log":` + quoted(r) + `}` })
	}},
	{name: "envelope", chunk: func(records []string) []byte { return event(envelope(records)) }},
	{name: "envelope in a string", chunk: func(records []string) []byte {
		return event(`{"topic":"signins","partition":0,"offset":1,"payload":` + quoted(envelope(records)) + `}`) //nolint:misspell // the name of a topic
	}},
	{name: "line of JSON"},
	{name: "line of JSON, Context on", context: true},
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("instructions: ")
	records := strings.Split(strings.TrimSpace(signIns), "\n")
	if len(os.Args) == 2 {
		if err := run(os.Args[1], records); err != nil {
			log.Fatal(err)
		}
		return
	}
	header, rule, row := "| ", "|", "| "
	for _, w := range ways {
		n, err := count(w.name, len(records))
		if err != nil {
			log.Fatal(err)
		}
		header += w.name + " | "
		rule += "--:|"
		row += strconv.Itoa(n) + " | "
	}
	fmt.Println(header + "\n" + rule + "\n" + row)
}

var collected = regexp.MustCompile(`Collected : (\d+)`)

// count returns the instructions for a record of a way.
func count(name string, records int) (int, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	cmd := exec.Command("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", //nolint:gosec // itself
		"--toggle-collect=main.enrichChunk", "--toggle-collect=main.enrichLines", self, name)
	// One thread, no garbage collection, and none of the signals with which the runtime preempts a goroutine: every run does the
	// same, and callgrind does not survive such a signal at every moment.
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1", "GOGC=off", "GODEBUG=asyncpreemptoff=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("valgrind, of Debian's package valgrind: %w\n%s", err, out)
	}
	found := collected.FindSubmatch(out)
	if found == nil {
		return 0, fmt.Errorf("valgrind says nothing of instructions:\n%s", out)
	}
	n, err := strconv.Atoi(string(found[1]))
	if err == nil && n == 0 {
		err = errors.New("no instruction was counted: build the command with its symbols, which go run leaves out")
	}
	return n / rounds / records, err
}

// run enriches the records in one way.
func run(name string, records []string) error {
	for _, w := range ways {
		if w.name != name {
			continue
		}
		o := filter.DefaultOptions()
		o.Context = w.context
		e, err := filter.New(o, catalog.Embedded())
		if err != nil {
			return err
		}
		if w.chunk == nil {
			enrichLines(e, records, 1) // encodes the catalog as JSON
			enrichLines(e, records, rounds)
			return nil
		}
		chunk := w.chunk(records)
		r := e.Enrich(chunk)
		if r.Counts.Records != uint64(len(records)) || r.Counts.NoCode > 0 {
			return fmt.Errorf("%s: %d of %d records with a code", name, r.Counts.Records-r.Counts.NoCode, len(records))
		}
		dst := make([]byte, r.Size)
		r.Release()
		enrichChunk(e, chunk, dst)
		return nil
	}
	return fmt.Errorf("no way is called %q", name)
}

//go:noinline
func enrichChunk(e *filter.Engine, chunk, dst []byte) {
	for range rounds {
		r := e.Enrich(chunk)
		r.CopyTo(dst)
		r.Release()
	}
}

//go:noinline
func enrichLines(e *filter.Engine, records []string, times int) {
	var dst []byte
	for range times {
		for _, r := range records {
			dst, _, _ = e.EnrichJSON(dst[:0], []byte(r))
		}
	}
}

func parsed(records []string) []byte { return each(records, func(r string) string { return r }) }

func each(records []string, as func(record string) string) []byte {
	var b bytes.Buffer
	for _, r := range records {
		b.Write(event(as(r)))
	}
	return b.Bytes()
}

// event returns a record as Fluent Bit hands it to a filter since 2.1: [[timestamp, metadata], record].
func event(record string) []byte {
	return jsontext.AppendMsgpack([]byte("\x92\x92\xd7\x00\x69\xa5\x4a\x81\x00\x00\x00\x00\x80"), record)
}

func envelope(records []string) string { return `{"records":[` + strings.Join(records, ",") + `]}` }

func quoted(text string) string {
	b, _ := json.Marshal(text) // a string cannot fail
	return string(b)
}
