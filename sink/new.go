package sink

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"fluent-bit-entra-signin/internal/keypath"
	"fluent-bit-entra-signin/internal/option"
)

// maxBatchBytes is the largest Batch_Bytes: beyond it Elasticsearch gains nothing and a single failure costs more.
const maxBatchBytes = 15 << 20

// New checks every option and opens the files they name. The receiver is not asked: it may come up later than the host. The
// error is an *option.Error, which says what to change and holds no secret.
func New(o Options, log Log) (*Delivery, error) {
	if err := o.checkApplies(); err != nil {
		return nil, err
	}
	s, err := o.open(log)
	if err != nil {
		return nil, err
	}
	var dead *deadLetters
	if o.DeadLetterFile != "" {
		if dead, err = openDeadLetters(o.DeadLetterFile); err != nil {
			_ = s.Close() // nothing was written
			return nil, &option.Error{Option: "Dead_Letter_File", Value: o.DeadLetterFile,
				Err: fmt.Errorf("%w: want a file in a directory that the host may write to", err)}
		}
	}
	return newDelivery(s, "sink "+o.Sink, dead, log), nil
}

func (o *Options) open(log Log) (Sink, error) {
	formats := []string{JSON, Logfmt}
	switch o.Sink {
	case HTTP:
		formats = []string{NDJSON, Array}
	case Elasticsearch:
		formats = nil
	}
	if o.LineFormat != "" && !slices.Contains(formats, o.LineFormat) {
		return nil, invalid("Line_Format", o.LineFormat, "is not a format of Sink %s: want %s", o.Sink, join(formats))
	}
	switch o.Sink {
	case Stdout:
		w, err := openStdout()
		if err != nil {
			return nil, &option.Error{Option: "Sink", Value: o.Sink, Err: err}
		}
		return newLineSink(w, o.LineFormat), nil
	case File:
		return o.openFile()
	case HTTP, Elasticsearch, Loki:
		return o.openNetwork(log)
	}
	return nil, invalid("Sink", o.Sink, "want one of stdout, file, http, elasticsearch, loki")
}

func (o *Options) openFile() (Sink, error) {
	if o.Path == "" {
		return nil, invalid("Path", "", "not set: Sink file needs the file to append to")
	}
	if o.Path == o.DeadLetterFile {
		return nil, invalid("Dead_Letter_File", o.DeadLetterFile, "is the file of Path: give refused records another")
	}
	f, err := openAppendFile(o.Path, o.Fsync)
	if err != nil {
		return nil, &option.Error{Option: "Path", Value: o.Path,
			Err: fmt.Errorf("%w: want a file in a directory that the host may write to", err)}
	}
	return newLineSink(f, o.LineFormat), nil
}

func (o *Options) openNetwork(log Log) (Sink, error) {
	u, err := o.parseURL()
	if err != nil {
		return nil, err
	}
	batch := o.BatchBytes
	switch {
	case batch > maxBatchBytes:
		return nil, invalid("Batch_Bytes", fmt.Sprint(batch), "want at most 15M")
	case batch == 0 && o.Sink == Loki:
		batch = 1 << 20
	case batch == 0:
		batch = 5 << 20
	}
	if o.Timeout <= 0 {
		return nil, invalid("Timeout", o.Timeout.String(), "want more than nothing, such as 30s")
	}
	transport, err := newTransport(o, log)
	if err != nil {
		return nil, err
	}
	c := newClient(u, transport, o.Timeout)
	if err := c.credentials.open(o, u, log); err != nil {
		return nil, err
	}
	if c.gzip = o.Compress == "gzip"; c.gzip {
		c.header.Set("Content-Encoding", "gzip")
	}
	s, err := o.protocol(c, batch)
	if err != nil {
		return nil, err
	}
	if c.credentials.some && u.Scheme == "http" && !isLoopback(u.Hostname()) {
		log(LevelWarn, "option URL: credentials are sent over http, which everyone on the way can read: use https")
	}
	if !o.TLSVerify {
		log(LevelWarn, "option TLS_Verify: off: records and credentials go to whoever answers under the name in URL")
	}
	return s, nil
}

// protocol makes the sink and completes the headers of its client.
func (o *Options) protocol(c *client, batch int64) (Sink, error) {
	contentType := "application/json"
	var w wire
	switch o.Sink {
	case HTTP:
		h := &httpWire{array: o.LineFormat == Array}
		w, contentType = h, h.contentType()
	case Elasticsearch:
		index, err := o.index()
		if err != nil {
			return nil, err
		}
		idKeys, err := keypath.ParseAll(o.IDKey)
		if err != nil {
			return nil, &option.Error{Option: "Id_Key", Value: strings.Join(o.IDKey, ","), Err: err}
		}
		w, contentType = newElasticWire(c, index, idKeys), "application/x-ndjson"
	case Loki:
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
				return nil, invalid("Tenant_ID", o.TenantID, "want printable characters")
			}
			c.header.Set("X-Scope-OrgID", o.TenantID)
		}
		w = &lokiWire{client: c, labels: labels, metadata: metadata, logfmt: o.LineFormat == Logfmt}
	}
	if !c.credentials.has("Content-Type") {
		c.header.Set("Content-Type", contentType)
	}
	return newNetwork(c, w, batch, o.Sink != HTTP), nil
}

// parseURL checks the URL and adds the path that the protocol has. What is wrong with it is said without showing it: a
// password may be in it all the same.
func (o *Options) parseURL() (*url.URL, error) {
	if o.URL == "" {
		return nil, invalid("URL", "", "not set: Sink %s needs the receiver, such as https://logs.example.com", o.Sink)
	}
	u, err := url.Parse(o.URL)
	switch {
	case err != nil:
		return nil, invalid("URL", "", "is not a URL: want such as https://logs.example.com:9200")
	case u.User != nil:
		return nil, invalid("URL", "", "holds a user or a password: move them to HTTP_User and HTTP_Passwd")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, invalid("URL", "", "starts with %q: want http:// or https://", u.Scheme)
	case u.Hostname() == "":
		return nil, invalid("URL", "", "names no host: want such as https://logs.example.com:9200")
	case u.Fragment != "":
		return nil, invalid("URL", "", "holds a #, which no server gets to see: remove it, or write %%23")
	}
	if path := o.protocolPath(); path != "" {
		u = addPath(u, path)
	}
	if o.Sink == Elasticsearch {
		// Only what is read of the answer: without it, half of the traffic would be names of shards.
		if query := u.Query(); !query.Has("filter_path") {
			u.RawQuery = strings.TrimPrefix(u.RawQuery+"&filter_path=errors,items.*.status,items.*.error", "&")
		}
	}
	return u, nil
}

// protocolPath is the path of the protocol, which is added to the option URL where it is missing.
func (o *Options) protocolPath() string {
	switch o.Sink {
	case Elasticsearch:
		return "/_bulk"
	case Loki:
		return "/loki/api/v1/push"
	}
	return ""
}

func addPath(u *url.URL, path string) *url.URL {
	if strings.HasSuffix(u.Path, path) {
		return u
	}
	if u.Path == "" {
		u.Path = "/"
	}
	return u.JoinPath(path)
}

// index gives the name of the index, checked as Elasticsearch does: a wrong one would refuse every record.
func (o *Options) index() (string, error) {
	switch {
	case o.Index != "":
	case o.DataStream:
		return DefaultDataStream, nil
	default:
		return DefaultIndex, nil
	}
	if strings.ToLower(o.Index) != o.Index || strings.ContainsAny(o.Index, `\/*?"<>|, #:`) || !isPrintable(o.Index) ||
		strings.ContainsRune("-_+.", rune(o.Index[0])) || len(o.Index) > 255 {
		return "", invalid("Index", o.Index, `want lower case, none of \ / * ? " < > | , # : or blanks, none of - _ + . first, at most 255 bytes`)
	}
	return o.Index, nil
}

func isPrintable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f })
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func join(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

func invalid(name, value, format string, args ...any) error {
	return &option.Error{Option: name, Value: value, Err: fmt.Errorf(format, args...)}
}
