package sink

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"fluent-bit-entra-signin/internal/jsontext"
	"fluent-bit-entra-signin/internal/msgpack"
	"fluent-bit-entra-signin/internal/option"
)

// Loki pushes log lines to Grafana Loki.
const Loki = "loki"

// LokiOptions are the options of the sink Loki alone.
type LokiOptions struct {
	// Labels and StructuredMetadata are lists of name=text and name=$path.
	Labels, StructuredMetadata string
	// TenantID is sent as X-Scope-OrgID.
	TenantID string
}

var lokiProtocol = protocol{
	name:    Loki,
	formats: []string{JSON, Logfmt},
	options: func(o *Options) []option.Option {
		return []option.Option{
			{Name: "Labels", Default: "job=entra_signin, severity=$severity", Set: option.String(&o.Labels),
				Help: "Labels of the streams: name=text or name=$path of a field with few values, separated by commas."},
			{Name: "Structured_Metadata", Set: option.String(&o.StructuredMetadata),
				Help: "As Labels, for fields with many values, e.g. user=$properties.userPrincipalName."},
			{Name: "Tenant_ID", Set: option.String(&o.TenantID),
				Help: "Tenant, sent as X-Scope-OrgID."},
		}
	},
	path:        "/loki/api/v1/push",
	contentType: "application/json",
	batchBytes:  1 << 20,
	tokens:      []tokenOption{bearerToken},
	target:      "the options URL and Tenant_ID",
	isolates:    true,
	open:        openLoki,
}

func openLoki(o *Options, c *client) (wire, error) {
	labels, err := parseLabels(o.Labels, maxLabels)
	if err == nil {
		err = checkStreams(labels)
	}
	if err != nil {
		return nil, &option.Error{Option: "Labels", Value: o.Labels, Err: err}
	}
	metadata, err := parseLabels(o.StructuredMetadata, maxMetadata)
	if err != nil {
		return nil, &option.Error{Option: "Structured_Metadata", Value: o.StructuredMetadata, Err: err}
	}
	if o.TenantID != "" {
		if !isPrintable(o.TenantID) {
			return nil, invalid("Tenant_ID", o.TenantID, "must be printable characters without blanks")
		}
		c.header.Set("X-Scope-OrgID", o.TenantID)
	}
	return &lokiWire{client: c, labels: labels, metadata: metadata, logfmt: o.LineFormat == Logfmt}, nil
}

// Default limits of Loki.
const (
	maxLineBytes     = 256 << 10
	maxMetadataBytes = 64 << 10
)

// maxLabelBytes limits the value of a label from a record. Loki accepts 2048 bytes, but no useful label is that long.
const maxLabelBytes = 256

var (
	errLineTooLong = fmt.Errorf("the line is longer than the %d kB that Loki accepts", maxLineBytes>>10)
	errTimeRange   = errors.New("the time is outside the years 1678 to 2262 that Loki can store")
)

// lokiWire writes push requests as JSON. Loki drops an entry if the stream has an entry with this time and line, so a repeated
// entry is stored once.
type lokiWire struct {
	client   *client
	labels   []label
	metadata []label
	logfmt   bool
}

func (w *lokiWire) newEncoder() encoder {
	e := &lokiEncoder{wire: w, numbers: map[string]int{}}
	for _, l := range slices.Concat(w.labels, w.metadata) {
		e.fields.paths = append(e.fields.paths, l.path)
	}
	return e
}

// lokiEncoder numbers the streams of a batch: the group of a record is the number of its stream. Each encoded record ends with a comma.
type lokiEncoder struct {
	wire    *lokiWire
	numbers map[string]int // by the labels of a stream, a JSON object
	streams []string       // by number, the labels

	fields              finder // the values of the labels, then of the metadata
	line, labels, value []byte
	sorted              []item
}

func (e *lokiEncoder) reset() {
	clear(e.numbers)
	e.streams = e.streams[:0]
}

// stream returns the number of a stream.
func (e *lokiEncoder) stream(labels []byte) int {
	n, ok := e.numbers[string(labels)]
	if !ok {
		n = len(e.streams)
		e.streams = append(e.streams, string(labels))
		e.numbers[e.streams[n]] = n
	}
	return n
}

func (e *lokiEncoder) encode(buf []byte, r *Record) (encoded []byte, stream int, err error) {
	var ok bool
	buf = append(buf, `["`...)
	if buf, ok = appendUnixNano(buf, r.Sec, r.Nsec); !ok {
		return buf, 0, errTimeRange
	}
	buf = append(buf, `",`...)
	e.line, err = e.appendLine(e.line[:0], r)
	if errors.Is(err, errTooLong) || len(e.line) > maxLineBytes {
		return buf, 0, errLineTooLong
	}
	if err != nil {
		return buf, 0, err
	}
	buf = jsontext.AppendQuoted(buf, e.line)
	if len(e.wire.metadata) > 0 {
		buf = e.appendLabels(append(buf, ','), e.wire.metadata, len(e.wire.labels), maxMetadataBytes, maxMetadataBytes, r)
	}
	buf = append(buf, "],"...)
	e.labels = e.appendLabels(e.labels[:0], e.wire.labels, 0, maxLabelBytes, math.MaxInt, r)
	return buf, e.stream(e.labels), nil
}

// appendLine appends a line to dst, which is empty, and stops soon after maxLineBytes. It finds the fields.
func (e *lokiEncoder) appendLine(dst []byte, r *Record) ([]byte, error) {
	if e.wire.logfmt {
		e.fields.walk(r.Body)
		return appendLogfmt(dst, r.Body, maxLineBytes)
	}
	line, _, err := appendMap(append(dst, '{'), r.Body, maxLineBytes, &e.fields)
	return append(line, '}'), err
}

// appendLabels appends labels or metadata as an object. A field that the record does not have is left out. A value that exceeds
// room is left out too: the line has the value as well. The values of the labels are found from the first on.
func (e *lokiEncoder) appendLabels(dst []byte, labels []label, first, most, room int, r *Record) []byte {
	sep := byte('{')
	for i := range labels {
		before := len(dst)
		var found msgpack.Token // without text, if the record does not have the value
		e.fields.value(&found, r.Body, first+i)
		dst, e.value = labels[i].appendTo(dst, sep, e.value, most, &found)
		size := len(labels[i].name) + min(len(e.value), most)
		switch {
		case len(dst) == before:
		case size > room:
			dst = dst[:before]
		default:
			room -= size
			sep = ','
		}
	}
	if sep == '{' {
		dst = append(dst, sep)
	}
	return append(dst, '}')
}

// assemble groups the items by stream and sorts those of a stream by time. Items of the same time keep their order. Items that follow
// each other in buf as well are one part.
func (e *lokiEncoder) assemble(buf []byte, c *Chunk, items []item) (parts [][]byte) {
	e.sorted = append(e.sorted[:0], items...)
	items = e.sorted
	slices.SortStableFunc(items, func(x, y item) int {
		return cmp.Or(cmp.Compare(x.group, y.group), compareTime(&c.Records[x.pos], &c.Records[y.pos]))
	})
	before := `{"streams":[`
	for len(items) > 0 {
		stream := items[0].group
		parts = append(parts, []byte(before+`{"stream":`+e.streams[stream]+`,"values":[`))
		before = "]},"
		for len(items) > 0 && items[0].group == stream {
			from, to := items[0].from, items[0].to
			for items = items[1:]; len(items) > 0 && items[0].group == stream && items[0].from == to; items = items[1:] {
				to = items[0].to
			}
			parts = append(parts, buf[from:to])
		}
		last := &parts[len(parts)-1]
		*last = (*last)[:len(*last)-1] // without the comma
	}
	return append(parts, []byte("]}]}"))
}

// accept expects an empty answer: Loki's own has the status 204.
func (w *lokiWire) accept(a *answer, items []item, out []outcome) (stop string) {
	if len(bytes.TrimSpace(a.body)) > 0 {
		return fmt.Sprintf("answered %d with a text, which Loki does not (option URL): %s", a.status, w.client.excerpt(a.body))
	}
	settle(out, items, outcome{state: delivered, status: a.status})
	return ""
}
