package sink

import (
	"encoding/json"
	"errors"
)

// bulkResult is what a bulk answer says of one record.
type bulkResult struct {
	status       int // 0 if it says nothing
	kind, reason string
}

var errNotBulk = errors.New("the answer is not that of a _bulk request")

// parseBulkAnswer reads the items of an answer in their order. The summary "errors" must be there, as the mark of a bulk
// answer, but is not believed: the items are.
func parseBulkAnswer(text []byte) ([]bulkResult, error) {
	var answer struct {
		Errors *bool `json:"errors"`
		Items  []struct {
			Create struct {
				Status int             `json:"status"`
				Error  json.RawMessage `json:"error"`
			} `json:"create"`
		} `json:"items"`
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return nil, errNotBulk
	}
	if answer.Errors == nil {
		return nil, errNotBulk
	}
	results := make([]bulkResult, len(answer.Items))
	for i := range answer.Items {
		item := &answer.Items[i].Create
		results[i].status = item.Status
		if len(item.Error) > 0 {
			results[i].kind, results[i].reason = bulkError(item.Error)
		}
	}
	return results, nil
}

// bulkError reads an error, which is an object with the cause inside it, or a text.
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
