package sink_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"

	"fluent-bit-entra-signin/sink"
)

// A record is a MessagePack map. This one is {"resultType":"50126","severity":"medium"}.
var record = []byte("\x82\xaaresultType\xa550126\xa8severity\xa6medium")

func Example() {
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Print(r.Header.Get("Authorization"), " ", string(body))
	}))
	defer receiver.Close()

	options := sink.DefaultOptions()
	options.Sink = sink.HTTP
	options.URL = receiver.URL
	options.BearerToken = "secret" // or file:/path, or env:NAME
	delivery, err := sink.New(options, func(_ sink.Level, line string) { fmt.Println(line) })
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = delivery.Close(context.Background()) }()

	chunk := &sink.Chunk{
		ID:      sink.ChunkID("entra.signin", record),
		Tag:     "entra.signin",
		Records: []sink.Record{{Sec: 1767225600, Body: record, SignIn: true}},
	}
	verdict := delivery.Deliver(context.Background(), chunk)
	fmt.Println(verdict.Answer == sink.OK, verdict.Delivered)
	// Output:
	// Bearer secret {"@timestamp":"2026-01-01T00:00:00.000000000Z","resultType":"50126","severity":"medium"}
	// true 1
}

// After Retry the host passes the same chunk again. Only the records that are left are sent.
func ExampleDelivery_Deliver() {
	available := false
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if !available {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer receiver.Close()

	options := sink.DefaultOptions()
	options.Sink, options.URL = sink.HTTP, receiver.URL
	delivery, err := sink.New(options, func(sink.Level, string) {})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = delivery.Close(context.Background()) }()

	chunk := &sink.Chunk{ID: sink.ChunkID("", record), Records: []sink.Record{{Body: record}}}
	verdict := delivery.Deliver(context.Background(), chunk)
	fmt.Println(verdict.Answer == sink.Retry, verdict.Left)
	available = true
	verdict = delivery.Deliver(context.Background(), chunk)
	fmt.Println(verdict.Answer == sink.OK, verdict.Delivered)
	fmt.Printf("%+v\n", delivery.Stats())
	// Output:
	// true 1
	// true 1
	// {Delivered:1 Existing:0 Refused:0 Retried:1}
}

// Records that are refused for good go to the dead letters, with the reason.
func ExampleOptions_deadLetterFile() {
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "no such field", http.StatusUnprocessableEntity)
	}))
	defer receiver.Close()
	dir, err := os.MkdirTemp("", "sink")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()

	options := sink.DefaultOptions()
	options.Sink, options.URL = sink.HTTP, receiver.URL
	options.DeadLetterFile = filepath.Join(dir, "refused.jsonl")
	delivery, err := sink.New(options, func(sink.Level, string) {})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = delivery.Close(context.Background()) }()

	verdict := delivery.Deliver(context.Background(), &sink.Chunk{Records: []sink.Record{{Body: record}}})
	letters, _ := os.ReadFile(options.DeadLetterFile)
	fmt.Println(verdict.Answer == sink.OK, verdict.Refused, len(letters) > 0)
	// Output: true 1 true
}

// An error names the option, and says what to change.
func ExampleNew_wrongOption() {
	options := sink.DefaultOptions()
	options.Sink, options.URL = sink.Elasticsearch, "https://es.example.com:9200"
	options.Index = "Sign-Ins"
	_, err := sink.New(options, func(sink.Level, string) {})
	fmt.Println(err)
	// Output: option Index: "Sign-Ins": must be lower case, without \ / * ? " < > | , # : and blanks, must not begin with - _ + . and must have at most 255 bytes
}

func ExampleAppendJSON() {
	json, rest, err := sink.AppendJSON(nil, record)
	fmt.Println(string(json), len(rest), err)
	// Output: {"resultType":"50126","severity":"medium"} 0 <nil>
}
