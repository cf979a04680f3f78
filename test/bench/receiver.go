package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// slowPath begins the paths at which the receiver takes slowFor for each answer, and the requests of all connections at once.
const (
	slowPath = "/slow"
	slowFor  = 200 * time.Millisecond
)

// A receiver is a process that stands for Elasticsearch, Loki and an HTTP endpoint. It is a process of its own, so that its memory
// does not hide that of Fluent Bit.
type receiver struct {
	address string // host and port
	process *exec.Cmd
}

// startReceiver runs this program again as the receiver.
func startReceiver(ctx context.Context) (*receiver, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	r := &receiver{process: exec.CommandContext(ctx, self, receiveCommand)} //nolint:gosec // this program itself
	r.process.Stderr = os.Stderr
	out, err := r.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := r.process.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the receiver does not start: %w", err), r.stop())
	}
	r.address = strings.TrimSpace(line)
	return r, nil
}

func (r *receiver) stop() error {
	err := r.process.Process.Kill()
	_ = r.process.Wait() // it was killed
	return err
}

// taken returns how many records arrived since the last call, and when the last of them was answered.
func (r *receiver) taken(ctx context.Context) (n int, last time.Time, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+r.address+"/taken", nil)
	if err != nil {
		return 0, last, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, last, err
	}
	defer func() { _ = res.Body.Close() }()
	var nanoseconds int64
	_, err = fmt.Fscan(res.Body, &n, &nanoseconds)
	return n, time.Unix(0, nanoseconds), err
}

// receiveCommand is the argument that makes this program the receiver.
const receiveCommand = "receive"

// receive serves until the process is killed. It writes its address to out.
func receive(out io.Writer) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(out, l.Addr()); err != nil {
		return err
	}
	server := &http.Server{Handler: &receiving{}, ReadHeaderTimeout: time.Minute}
	return server.Serve(l)
}

type receiving struct {
	taken atomic.Int64
	last  atomic.Int64 // when the last records were answered, in nanoseconds since 1970
	pool  sync.Pool
}

func (r *receiving) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if req.URL.Path == "/taken" {
		_, _ = fmt.Fprint(w, r.taken.Swap(0), " ", r.last.Load())
		return
	}
	body, _ := r.pool.Get().(*bytes.Buffer)
	if body == nil {
		body = new(bytes.Buffer)
	}
	defer r.pool.Put(body)
	body.Reset()
	if _, err := body.ReadFrom(req.Body); err != nil {
		return
	}
	path, slow := strings.CutPrefix(req.URL.Path, slowPath)
	if slow {
		time.Sleep(slowFor)
	}
	r.taken.Add(int64(bytes.Count(body.Bytes(), []byte(idMark))))
	defer func() { r.last.Store(time.Now().UnixNano()) }()
	switch {
	case strings.HasSuffix(path, "/_bulk"):
		answerBulk(w, req, body.Bytes())
	case strings.HasSuffix(path, "/push"):
		w.WriteHeader(http.StatusNoContent)
	default:
		w.WriteHeader(http.StatusOK)
	}
}

// answerBulk answers item by item as Elasticsearch does: with what filter_path asks for, or with all.
func answerBulk(w http.ResponseWriter, req *http.Request, body []byte) {
	short := req.URL.Query().Get("filter_path") != ""
	answer := []byte(`{"took":7,"errors":false,"items":[`)
	if short {
		answer = []byte(`{"errors":false,"items":[`)
	}
	for first := true; len(body) > 0; first = false {
		action, rest, ended := bytes.Cut(body, []byte{'\n'})
		_, rest, _ = bytes.Cut(rest, []byte{'\n'})
		body = rest
		verb, index, id, err := bulkAction(action)
		if err != nil || !ended {
			http.Error(w, `{"error":{"type":"illegal_argument_exception","reason":"Malformed action/metadata line"},"status":400}`, http.StatusBadRequest)
			return
		}
		if !first {
			answer = append(answer, ',')
		}
		if short {
			answer = fmt.Appendf(answer, `{"%s":{"status":201}}`, verb)
		} else {
			answer = fmt.Appendf(answer, `{"%s":{"_index":%q,"_id":%q,"_version":1,"result":"created","_shards":{"total":2,"successful":1,"failed":0},"_seq_no":1,"_primary_term":1,"status":201}}`,
				verb, index, id)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(append(answer, "]}"...))
}

func bulkAction(line []byte) (verb, index, id string, err error) {
	var action map[string]struct {
		Index string `json:"_index"`
		ID    string `json:"_id"`
	}
	if err := json.Unmarshal(line, &action); err != nil || len(action) != 1 {
		return "", "", "", fmt.Errorf("%w: %s", errors.Join(err, errors.New("not an action")), line)
	}
	for verb, a := range action {
		return verb, a.Index, a.ID, nil
	}
	return
}
