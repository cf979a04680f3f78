package sink

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// bulkResult is the part of a bulk answer about one record.
type bulkResult struct {
	status       int // 0 for none
	kind, reason string
}

var errNotBulk = errors.New("the answer is not that of a _bulk request")

// parseBulkAnswer reads the items of an answer in order, at most one more than were sent: the memory for an answer must not depend
// on the receiver. The member "errors" must be there, because every bulk answer has it, but its value is ignored: only the items
// count.
func parseBulkAnswer(text []byte, sent int) ([]bulkResult, error) {
	if results, ok := parseSuccess(text, sent); ok {
		return results, nil
	}
	d := json.NewDecoder(bytes.NewReader(text))
	if !delim(d, '{') {
		return nil, errNotBulk
	}
	results := make([]bulkResult, 0, sent)
	marked := false
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, errNotBulk
		}
		switch key {
		case "errors":
			var summary *bool
			if d.Decode(&summary) != nil || summary == nil {
				return nil, errNotBulk
			}
			marked = true
		case "items":
			if results, err = items(d, results, sent); err != nil {
				return nil, err
			}
			if len(results) > sent {
				return results, nil // the answer is wrong; the rest does not matter
			}
		default:
			var other json.RawMessage
			if d.Decode(&other) != nil {
				return nil, errNotBulk
			}
		}
	}
	if !delim(d, '}') || !marked {
		return nil, errNotBulk
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errNotBulk
	}
	return results, nil
}

// parseSuccess reads the usual answer, in which every item is a success, as Elasticsearch writes it for the filter_path of this sink. ok is
// false for any other answer, and for one in another form.
func parseSuccess(text []byte, sent int) (results []bulkResult, ok bool) {
	const item, status = `{"create":{"status":`, len("201")
	rest, ok := bytes.CutPrefix(text, []byte(`{"errors":false,"items":[`))
	if !ok || len(rest) < sent*len(item) {
		return nil, false
	}
	results = make([]bulkResult, sent)
	for i := range results {
		if i > 0 {
			if rest, ok = bytes.CutPrefix(rest, []byte{','}); !ok {
				return nil, false
			}
		}
		rest, ok = bytes.CutPrefix(rest, []byte(item))
		if !ok || len(rest) < status || rest[0] != '2' || !isDigit(rest[1]) || !isDigit(rest[2]) {
			return nil, false
		}
		results[i].status = 200 + 10*int(rest[1]-'0') + int(rest[2]-'0')
		if rest, ok = bytes.CutPrefix(rest[status:], []byte("}}")); !ok {
			return nil, false
		}
	}
	return results, string(rest) == "]}"
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func delim(d *json.Decoder, want json.Delim) bool {
	token, err := d.Token()
	return err == nil && token == want
}

// items reads the list of items, at most one more than were sent.
func items(d *json.Decoder, results []bulkResult, sent int) ([]bulkResult, error) {
	if !delim(d, '[') {
		return nil, errNotBulk
	}
	for d.More() {
		if len(results) > sent {
			return results, nil
		}
		var item struct {
			Create struct {
				Status int             `json:"status"`
				Error  json.RawMessage `json:"error"`
			} `json:"create"`
		}
		if d.Decode(&item) != nil {
			return nil, errNotBulk
		}
		r := bulkResult{status: item.Create.Status}
		if len(item.Create.Error) > 0 {
			r.kind, r.reason = bulkError(item.Create.Error)
		}
		results = append(results, r)
	}
	if !delim(d, ']') {
		return nil, errNotBulk
	}
	return results, nil
}

// bulkError reads an error, which is a text, or an object that may hold the cause.
func bulkError(text json.RawMessage) (kind, reason string) {
	var e struct {
		Type   string `json:"type"`
		Reason string `json:"reason"`
		Cause  struct {
			Type   string `json:"type"`
			Reason string `json:"reason"`
		} `json:"caused_by"`
	}
	if json.Unmarshal(text, &e) != nil {
		return "", string(text)
	}
	if e.Cause.Reason != "" {
		e.Reason += ": " + e.Cause.Reason
	}
	return e.Type, e.Reason
}
