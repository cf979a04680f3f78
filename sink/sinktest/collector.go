package sinktest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"sync"
)

// Collector is an HTTP endpoint that takes JSON lines or an array, and a request with a key that it has seen only once.
type Collector struct {
	mu      sync.Mutex
	keys    map[string]bool
	records []json.RawMessage
}

// Records returns what is stored, in the order in which it came.
func (c *Collector) Records() []json.RawMessage {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.records
}

// Keys is the number of different idempotency keys.
func (c *Collector) Keys() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.keys)
}

// Receive implements Receiver.
func (c *Collector) Receive(r *http.Request, body []byte) Reply {
	if r.Method != http.MethodPost {
		return plain(http.StatusMethodNotAllowed, "want POST")
	}
	var records []json.RawMessage
	switch r.Header.Get("Content-Type") {
	case "application/json":
		if err := json.Unmarshal(body, &records); err != nil {
			return plain(http.StatusBadRequest, err.Error())
		}
	case "application/x-ndjson":
		lines, ended := bytes.CutSuffix(body, []byte{'\n'})
		if !ended {
			return plain(http.StatusBadRequest, "the last line is not ended")
		}
		for line := range bytes.SplitSeq(lines, []byte{'\n'}) {
			records = append(records, slices.Clone(line))
		}
	default:
		return plain(http.StatusUnsupportedMediaType, "want JSON")
	}
	for _, record := range records {
		if !json.Valid(record) || record[0] != '{' {
			return plain(http.StatusBadRequest, "not a JSON object")
		}
	}
	key := r.Header.Get("Idempotency-Key")
	if key == "" {
		return plain(http.StatusBadRequest, "Idempotency-Key is missing")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.keys == nil {
		c.keys = map[string]bool{}
	}
	if !c.keys[key] {
		c.keys[key] = true
		c.records = append(c.records, records...)
	}
	return Reply{Status: http.StatusOK, ContentType: "application/json", Body: `{"ok":true}`}
}
