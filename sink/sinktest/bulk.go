package sinktest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Bulk is the _bulk endpoint of Elasticsearch.
type Bulk struct {
	// Index is the only index there is; "" is any.
	Index string
	// Item, if set, decides on a new document in place of the index: 201 stores it, 409 stores it and says that it was
	// there, anything else is an error.
	Item func(id string, doc []byte) (status int)

	mu   sync.Mutex
	docs map[string]json.RawMessage // by _id
}

// Docs returns what is stored, by _id.
func (b *Bulk) Docs() map[string]json.RawMessage {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.docs
}

// Receive implements Receiver.
func (b *Bulk) Receive(r *http.Request, body []byte) Reply {
	if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/_bulk") {
		return bulkFailure(http.StatusMethodNotAllowed, "no handler found for uri ["+r.URL.Path+"] and method ["+r.Method+"]")
	}
	switch r.Header.Get("Content-Type") {
	case "application/x-ndjson", "application/json":
	default:
		return bulkFailure(http.StatusNotAcceptable, "Content-Type header is not supported")
	}
	if len(body) == 0 {
		return bulkFailure(http.StatusBadRequest, "request body is required")
	}
	if body[len(body)-1] != '\n' {
		return bulkFailure(http.StatusBadRequest, "The bulk request must be terminated by a newline [\\n]")
	}
	lines := bytes.Split(body[:len(body)-1], []byte{'\n'})
	if len(lines)%2 != 0 {
		return bulkFailure(http.StatusBadRequest, "an action without a document")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	answer := []byte(`{"items":[`)
	errors := false
	for i := 0; i < len(lines); i += 2 {
		index, id, err := bulkAction(lines[i])
		if err != nil {
			return bulkFailure(http.StatusBadRequest, err.Error())
		}
		status, kind := b.create(index, id, lines[i+1])
		if i > 0 {
			answer = append(answer, ',')
		}
		if status == http.StatusCreated {
			answer = append(answer, `{"create":{"status":201}}`...)
			continue
		}
		errors = true
		answer = fmt.Appendf(answer, `{"create":{"status":%d,"error":{"type":%q,"reason":"no [%s]"}}}`, status, kind, id)
	}
	answer = fmt.Appendf(answer, `],"errors":%t}`, errors)
	return Reply{Status: http.StatusOK, ContentType: "application/json", Body: string(answer)}
}

func bulkAction(line []byte) (index, id string, err error) {
	var action struct {
		Create *struct {
			Index string `json:"_index"`
			ID    string `json:"_id"`
		} `json:"create"`
	}
	if err := json.Unmarshal(line, &action); err != nil || action.Create == nil {
		return "", "", fmt.Errorf("malformed action/metadata line: %s", line)
	}
	if id = action.Create.ID; id == "" || len(id) > 512 {
		return "", "", fmt.Errorf("id is empty or too long: %q", id)
	}
	return action.Create.Index, id, nil
}

func (b *Bulk) create(index, id string, doc []byte) (status int, kind string) {
	if b.Index != "" && index != b.Index {
		return http.StatusNotFound, "index_not_found_exception"
	}
	if _, there := b.docs[id]; there {
		return http.StatusConflict, "version_conflict_engine_exception"
	}
	if b.Item != nil {
		switch status := b.Item(id, doc); status {
		case http.StatusCreated:
		case http.StatusConflict:
			b.store(id, doc)
			return status, "version_conflict_engine_exception"
		case http.StatusTooManyRequests:
			return status, "es_rejected_execution_exception"
		case http.StatusForbidden:
			return status, "cluster_block_exception"
		default:
			return status, "mapper_parsing_exception"
		}
	}
	if err := checkDocument(doc); err != nil {
		return http.StatusBadRequest, "document_parsing_exception"
	}
	b.store(id, doc)
	return http.StatusCreated, ""
}

func (b *Bulk) store(id string, doc []byte) {
	if b.docs == nil {
		b.docs = map[string]json.RawMessage{}
	}
	b.docs[id] = slices.Clone(doc)
}

// checkDocument wants an object with an @timestamp and, as Elasticsearch does, without _id and the like inside.
func checkDocument(doc []byte) error {
	var fields struct {
		Timestamp json.RawMessage `json:"@timestamp"`
		ID        json.RawMessage `json:"_id"`
	}
	if err := json.Unmarshal(doc, &fields); err != nil {
		return err
	}
	if fields.Timestamp == nil {
		return fmt.Errorf("no @timestamp")
	}
	if fields.ID != nil {
		return fmt.Errorf("field [_id] is a metadata field")
	}
	return nil
}

func bulkFailure(status int, reason string) Reply {
	text, _ := json.Marshal(map[string]any{
		"error":  map[string]string{"type": "illegal_argument_exception", "reason": reason},
		"status": status,
	})
	return Reply{Status: status, ContentType: "application/json", Body: string(text)}
}
