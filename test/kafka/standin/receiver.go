package standin

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// A Receiver takes records over HTTP and counts them by their number. Below /_bulk it is Elasticsearch: it stores a document under its
// _id and answers 409 to a second one. Everywhere else it takes whatever has records in it, as an HTTP collector does.
type Receiver struct {
	addr   string
	server *http.Server

	mu        sync.Mutex
	times     []int // by the number of a record, how often it is stored
	stored    int   // records that are stored at least once
	enriched  int   // records with a severity, repetitions included
	conflicts int
	ids       map[string]bool
	example   string
	loseNext  int // answers
	turnDown  int // items of a bulk request: every so many is answered with 429, once
	refused   map[string]bool
}

// A Tally says what a receiver has of the records up to a number.
type Tally struct {
	Stored    int // different records
	Lost      int // records that are not there
	Doubled   int // records that are there more than once
	Conflicts int // documents that came again and were not stored again
	Enriched  int // records that had a severity
}

func (t Tally) String() string {
	return fmt.Sprintf("stored=%d lost=%d doubled=%d conflicts=%d", t.Stored, t.Lost, t.Doubled, t.Conflicts)
}

// NewReceiver reserves an address on 127.0.0.1 (any port for 0) and does not listen yet.
func NewReceiver(port int) (*Receiver, error) {
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return nil, fmt.Errorf("start the receiver: %w", err)
	}
	defer func() { _ = l.Close() }()
	return &Receiver{addr: l.Addr().String(), ids: map[string]bool{}, refused: map[string]bool{}}, nil
}

// Address is host:port.
func (r *Receiver) Address() string { return r.addr }

// Listen starts to receive.
func (r *Receiver) Listen() error {
	l, err := net.Listen("tcp", r.addr)
	if err != nil {
		return fmt.Errorf("start the receiver: %w", err)
	}
	r.server = &http.Server{Handler: r, ReadHeaderTimeout: time.Minute}
	go func(s *http.Server) { _ = s.Serve(l) }(r.server)
	return nil
}

// Stop closes the port and every connection. What is stored stays.
func (r *Receiver) Stop() {
	if r.server != nil {
		_ = r.server.Close()
		r.server = nil
	}
}

// LoseAnswers has the receiver store the next n requests and break their connections instead of answering.
func (r *Receiver) LoseAnswers(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.loseNext = n
}

// TurnDown has the receiver answer every nth item of a bulk request with 429 the first time it comes, as a cluster under load does.
func (r *Receiver) TurnDown(nth int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.turnDown = nth
}

// Stored is the number of different records that are stored.
func (r *Receiver) Stored() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stored
}

// Highest is the highest number of a record that is stored, or -1.
func (r *Receiver) Highest() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	for n := len(r.times) - 1; n >= 0; n-- {
		if r.times[n] > 0 {
			return n
		}
	}
	return -1
}

// Example is a document of a bulk request or a whole request: the first with a failed sign-in, or else the first.
func (r *Receiver) Example() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.example
}

// Tally compares what is stored with the records from 0 up to total.
func (r *Receiver) Tally(total int) Tally {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := Tally{Stored: r.stored, Lost: total, Conflicts: r.conflicts, Enriched: r.enriched}
	for n, times := range r.times {
		if times > 0 && n < total {
			t.Lost--
		}
		if times > 1 {
			t.Doubled++
		}
	}
	return t
}

// ServeHTTP implements http.Handler.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if req.Method == http.MethodGet { // for a human, or a script that waits
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = fmt.Fprintln(w, r.Tally(0))
		return
	}
	body, err := readBody(req)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	answer := []byte(`{"ok":true}`)
	if strings.HasSuffix(req.URL.Path, "/_bulk") {
		if answer, err = r.bulk(body); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	} else {
		r.mu.Lock()
		r.store(body)
		r.mu.Unlock()
	}
	r.mu.Lock()
	lose := r.loseNext > 0
	if lose {
		r.loseNext--
	}
	r.mu.Unlock()
	if lose {
		panic(http.ErrAbortHandler) // net/http closes the connection
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(answer)
}

func readBody(req *http.Request) ([]byte, error) {
	var from io.Reader = req.Body
	if req.Header.Get("Content-Encoding") == "gzip" {
		unpacked, err := gzip.NewReader(req.Body)
		if err != nil {
			return nil, err
		}
		from = unpacked
	}
	return io.ReadAll(from)
}

// store counts the records in a text.
func (r *Receiver) store(text []byte) {
	eachNumber(text, func(n int) {
		for n >= len(r.times) {
			r.times = append(r.times, make([]int, n+1024)...)
		}
		if r.times[n] == 0 {
			r.stored++
		}
		r.times[n]++
	})
	r.enriched += bytes.Count(text, []byte(`"severity":`))
	failed := []byte(`"outcome":"failure"`)
	if r.example == "" || !strings.Contains(r.example, string(failed)) && bytes.Contains(text, failed) {
		r.example = string(text)
	}
}

// bulk stores the documents of a bulk request, which must be creations, and returns the answer.
func (r *Receiver) bulk(body []byte) (answer []byte, err error) {
	lines := bytes.Split(bytes.TrimSuffix(body, []byte("\n")), []byte("\n"))
	if len(lines)%2 != 0 {
		return nil, fmt.Errorf("an action without a document")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	answer = []byte(`{"items":[`)
	failed := false
	for i := 0; i < len(lines); i += 2 {
		var action struct {
			Create *struct {
				ID string `json:"_id"`
			} `json:"create"`
		}
		if err := json.Unmarshal(lines[i], &action); err != nil || action.Create == nil {
			return nil, fmt.Errorf("not a creation: %.100s", lines[i])
		}
		status := r.create(action.Create.ID, lines[i+1], i/2)
		failed = failed || status >= http.StatusMultipleChoices
		if i > 0 {
			answer = append(answer, ',')
		}
		answer = fmt.Appendf(answer, `{"create":{"_index":"entra","_id":%q,"status":%d%s}}`, action.Create.ID, status, reasons[status])
	}
	return fmt.Appendf(answer, `],"took":1,"errors":%t}`, failed), nil
}

var reasons = map[int]string{
	http.StatusConflict:        `,"error":{"type":"version_conflict_engine_exception","reason":"document already exists"}`,
	http.StatusTooManyRequests: `,"error":{"type":"es_rejected_execution_exception","reason":"the queue is full"}`,
}

// create stores a document and returns the status of its item. Without an id it is always a new document.
func (r *Receiver) create(id string, document []byte, item int) (status int) {
	key := id
	if key == "" {
		eachNumber(document, func(n int) { key = fmt.Sprint(n) })
	}
	if r.turnDown > 0 && item%r.turnDown == 0 && !r.refused[key] {
		r.refused[key] = true
		return http.StatusTooManyRequests
	}
	if id != "" {
		if r.ids[id] {
			r.conflicts++
			return http.StatusConflict
		}
		r.ids[id] = true
	}
	r.store(document)
	return http.StatusCreated
}
