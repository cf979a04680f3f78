package sink

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"fluent-bit-entra-signin/internal/jsontext"
	"fluent-bit-entra-signin/internal/msgpack"
	"fluent-bit-entra-signin/internal/option"
	"fluent-bit-entra-signin/internal/printable"
)

// SplunkHEC sends events to the HTTP Event Collector of Splunk.
const SplunkHEC = "splunk_hec"

// SplunkHECOptions are the options of the sink SplunkHEC alone. Their names are those of Fluent Bit's output splunk.
type SplunkHECOptions struct {
	// SplunkToken is sent as "Authorization: Splunk …".
	SplunkToken string
	// EventIndex, EventSource, EventSourcetype and EventHost are metadata of each event. "" leaves the choice to the token.
	EventIndex, EventSource, EventSourcetype, EventHost string
}

var splunkHECProtocol = protocol{
	name: SplunkHEC,
	options: func(o *Options) []option.Option {
		return []option.Option{
			{Name: "Splunk_Token", Secret: true, Set: option.String(&o.SplunkToken),
				Help: "Token of the HTTP Event Collector. Or file:/path, env:NAME."},
			{Name: "Event_Index", Set: option.String(&o.EventIndex), Help: "Index of the events; by default that of the token."},
			{Name: "Event_Sourcetype", Set: option.String(&o.EventSourcetype), Help: "Source type of the events; by default that of the token."},
			{Name: "Event_Source", Set: option.String(&o.EventSource), Help: "Source of the events; by default that of the token."},
			{Name: "Event_Host", Set: option.String(&o.EventHost), Help: "Host of the events; by default that of the token."},
		}
	},
	path:        "/services/collector/event",
	shortPath:   "/services/collector",
	contentType: "application/json",
	batchBytes:  1 << 20, // the limit that Splunk recommends
	tokens:      []tokenOption{{"Splunk_Token", "Splunk", func(o *Options) string { return o.SplunkToken }}},
	target:      "the option URL",
	isolates:    true,
	badRequest:  splunkBadRequest,
	invalidItem: splunkInvalidEvent,
	open:        openSplunkHEC,
}

func openSplunkHEC(o *Options, c *client) (wire, error) {
	if !c.credentials.has("Authorization") {
		return nil, invalid("Splunk_Token", "", "not set: Sink %s needs the token of an HTTP Event Collector", SplunkHEC)
	}
	w := &splunkWire{client: c}
	for _, field := range []struct{ option, key, value string }{
		{"Event_Index", "index", o.EventIndex}, {"Event_Sourcetype", "sourcetype", o.EventSourcetype},
		{"Event_Source", "source", o.EventSource}, {"Event_Host", "host", o.EventHost},
	} {
		if field.value == "" {
			continue
		}
		if field.value != printable.Text(field.value) {
			return nil, invalid(field.option, field.value, "must be printable characters")
		}
		w.metadata = append(w.metadata, `,"`+field.key+`":`...)
		w.metadata = jsontext.AppendQuoted(w.metadata, []byte(field.value))
	}
	return w, nil
}

// splunkWire sends events as JSON objects, one behind the other. Splunk does not recognize an event that it has.
type splunkWire struct {
	client   *client
	metadata []byte // ,"index":"…" and so on
}

func (w *splunkWire) newEncoder() encoder { return splunkEncoder{wire: w} }

type splunkEncoder struct {
	wire *splunkWire
}

func (e splunkEncoder) encode(buf []byte, r *Record) (encoded []byte, group int, err error) {
	var t msgpack.Token
	if _, err := t.Read(r.Body, 0); err == nil && t.Kind != msgpack.KindMap {
		return buf, 0, errNotMap
	}
	buf = append(buf, `{"time":`...)
	buf = appendSeconds(buf, r.Sec, r.Nsec)
	buf = append(buf, e.wire.metadata...)
	buf = append(buf, `,"event":`...)
	buf, _, err = appendValue(buf, r.Body, 0, 0, noLimit)
	return append(buf, "}\n"...), 0, err
}

// appendSeconds appends the seconds since 1970 with nine decimals.
func appendSeconds(dst []byte, sec int64, nsec uint32) []byte {
	sec, nsec = normal(sec, nsec)
	if sec < 0 && nsec > 0 {
		sec, nsec = sec+1, 1e9-nsec
		if sec == 0 {
			dst = append(dst, '-')
		}
	}
	dst = strconv.AppendInt(dst, sec, 10)
	return appendPadded(append(dst, '.'), uint64(nsec), 9)
}

// A splunkAnswer is what the collector says of a request. The codes are listed in Splunk's manual under "Troubleshoot HTTP Event
// Collector".
type splunkAnswer struct {
	Code *int
	Text string
	// InvalidEvent is the number of the event at which the collector stopped, from 0.
	InvalidEvent *int `json:"invalid-event-number"`
}

func parseSplunkAnswer(a *answer) (said splunkAnswer, ok bool) {
	err := json.Unmarshal(a.body, &said)
	return said, err == nil && said.Code != nil
}

// accept wants the code of a success: 0, or 24 and 25, which announce that the queue of the collector fills up.
func (w *splunkWire) accept(a *answer, items []item, out []outcome) (stop string) {
	said, ok := parseSplunkAnswer(a)
	switch {
	case !ok:
		return fmt.Sprintf("answered %d without a code, which Splunk does not (option URL): %s", a.status, w.client.excerpt(a.body))
	case *said.Code != 0 && *said.Code != 24 && *said.Code != 25:
		return fmt.Sprintf("answered %d with code %d: %s", a.status, *said.Code, w.client.excerpt([]byte(said.Text)))
	}
	settle(out, items, outcome{state: delivered, status: a.status})
	return ""
}

// splunkBadRequest recognizes an answer of 400 that is about the request. The others name a code that is about an event.
func splunkBadRequest(a *answer) (advice string) {
	said, ok := parseSplunkAnswer(a)
	if !ok {
		return "the answer is not Splunk's: check the option URL"
	}
	switch *said.Code {
	case 6, 12, 13, 15: // invalid data format, event field is required or blank, error in handling indexed fields
		return ""
	case 7:
		return "check the option Event_Index, and the indexes that the token allows"
	case 10, 11, 14:
		return "turn off the indexer acknowledgment of the token, which this output does not use"
	case 16:
		return "move the token from the option URL to Splunk_Token"
	}
	return "check the option URL, and the settings of the token"
}

// splunkInvalidEvent returns the number of an invalid event. The collector processes the events of a request in order: it has indexed
// those before this event, and none after it.
func splunkInvalidEvent(a *answer) (event int, ok bool) {
	said, ok := parseSplunkAnswer(a)
	if !ok || a.status != http.StatusBadRequest || said.InvalidEvent == nil {
		return 0, false
	}
	return *said.InvalidEvent, true
}
