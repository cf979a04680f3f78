package sinktest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// SplunkHEC is the HTTP Event Collector of Splunk. It stores every event that it gets, also one that it has.
type SplunkHEC struct {
	// Token is the only token there is; "" is any.
	Token string
	// Index, if set, is the only index that the token allows.
	Index string
	// Invalid, if set, decides whether an event has an invalid format. Splunk processes the events of a request in order: the events
	// before an invalid one are stored, and those after it are not.
	Invalid func(event []byte) bool

	mu     sync.Mutex
	events []SplunkEvent
}

// SplunkEvent is an event with its metadata.
type SplunkEvent struct {
	Time                            json.Number
	Host, Source, Sourcetype, Index string
	Event                           json.RawMessage
}

// Events returns what is stored, in the order of arrival.
func (s *SplunkHEC) Events() []SplunkEvent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.events
}

// Receive implements Receiver.
func (s *SplunkHEC) Receive(r *http.Request, body []byte) Reply {
	switch {
	case r.URL.Path != "/services/collector/event":
		return splunkReply(http.StatusNotFound, 404, "The requested URL was not found on this server.", -1)
	case r.Method != http.MethodPost:
		return splunkReply(http.StatusMethodNotAllowed, 405, "The requested method is not allowed.", -1)
	case r.Header.Get("Authorization") == "":
		return splunkReply(http.StatusUnauthorized, 2, "Token is required", -1)
	case !bytes.HasPrefix([]byte(r.Header.Get("Authorization")), []byte("Splunk ")):
		return splunkReply(http.StatusUnauthorized, 3, "Invalid authorization", -1)
	case s.Token != "" && r.Header.Get("Authorization") != "Splunk "+s.Token:
		return splunkReply(http.StatusForbidden, 4, "Invalid token", -1)
	case len(body) == 0:
		return splunkReply(http.StatusBadRequest, 5, "No data", -1)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	for n := 0; ; n++ {
		var e SplunkEvent
		err := decoder.Decode(&e)
		switch {
		case errors.Is(err, io.EOF):
			return splunkReply(http.StatusOK, 0, "Success", -1)
		case err != nil, s.Invalid != nil && s.Invalid(e.Event):
			return splunkReply(http.StatusBadRequest, 6, "Invalid data format", n)
		case e.Event == nil:
			return splunkReply(http.StatusBadRequest, 12, "Event field is required", n)
		case string(e.Event) == `""`:
			return splunkReply(http.StatusBadRequest, 13, "Event field cannot be blank", n)
		case s.Index != "" && e.Index != "" && e.Index != s.Index:
			return splunkReply(http.StatusBadRequest, 7, "Incorrect index", n)
		}
		s.events = append(s.events, e)
	}
}

// splunkReply is an answer of the collector. event is the number of an invalid event, negative for none.
func splunkReply(status, code int, text string, event int) Reply {
	body := fmt.Sprintf(`{"text":%q,"code":%d}`, text, code)
	if event >= 0 {
		body = fmt.Sprintf(`{"text":%q,"code":%d,"invalid-event-number":%d}`, text, code, event)
	}
	return Reply{Status: status, ContentType: "application/json; charset=UTF-8", Body: body}
}
