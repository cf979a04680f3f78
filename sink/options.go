package sink

import (
	"slices"
	"time"

	"fluent-bit-entra-signin/internal/keypath"
	"fluent-bit-entra-signin/internal/option"
)

// Kinds of sink, the values of the option Sink.
const (
	Stdout        = "stdout"
	File          = "file"
	HTTP          = "http"
	Elasticsearch = "elasticsearch"
	Loki          = "loki"
)

// Formats of a record, the values of the option Line_Format.
const (
	JSON   = "json"
	Logfmt = "logfmt"
	NDJSON = "ndjson"
	Array  = "array"
)

// Options are the settings of one output. Start from DefaultOptions.
type Options struct {
	// Sink is where records go: Stdout, File, HTTP, Elasticsearch or Loki.
	Sink string

	// Path is the file that records are appended to.
	Path string
	// Fsync makes Deliver wait until the file is on disk.
	Fsync bool

	// URL is the receiver: scheme, host, port, path and query. No user and no password in it.
	URL string
	// Timeout bounds each request, answer included.
	Timeout time.Duration
	// BatchBytes bounds the body of a request before compression; 0 is 5 MB, and 1 MB for Loki.
	BatchBytes int64
	// Compress is the encoding of the body: "none" or "gzip".
	Compress string
	// Header is further headers, "Name: value", separated by | or a line break.
	Header string
	// LineFormat is how a record is written; "" is JSON, and NDJSON for HTTP.
	LineFormat string

	// HTTPUser and HTTPPasswd are for basic authentication.
	HTTPUser, HTTPPasswd string
	// BearerToken is sent as "Authorization: Bearer …".
	BearerToken string
	// APIKey is sent as "Authorization: ApiKey …".
	APIKey string

	// TLSVerify checks the certificate of the receiver.
	TLSVerify bool
	// TLSCAFile holds the certificates (PEM) that may sign the receiver's, in place of the system's.
	TLSCAFile string
	// TLSCertFile and TLSKeyFile are the client's own certificate and key (PEM).
	TLSCertFile, TLSKeyFile string

	// Index is the index or data stream; "" is DefaultIndex or DefaultDataStream.
	Index string
	// DataStream says that Index is a data stream.
	DataStream bool
	// IDKey are the paths of a sign-in's own id; with none, or none found, the id is a hash of the record.
	IDKey []string

	// Labels and StructuredMetadata are lists of name=text and name=$path.
	Labels, StructuredMetadata string
	// TenantID is sent as X-Scope-OrgID.
	TenantID string

	// DeadLetterFile takes the records that are refused for good.
	DeadLetterFile string

	given []string // names of the options that were set through List
}

// DefaultOptions are those of an output with no option set.
func DefaultOptions() (o Options) {
	for _, s := range o.settings() {
		option.SetDefaults([]option.Option{s.Option})
	}
	return o
}

// network are the sinks with a URL.
var networkSinks = []string{HTTP, Elasticsearch, Loki}

// setting is an option and the sinks it applies to.
type setting struct {
	option.Option
	sinks []string // nil for all
}

func (o *Options) settings() []setting {
	secretHelp := " Or file:/path, env:NAME." //nolint:gosec // a sentence
	return []setting{
		{option.Option{Name: "Sink", Default: Stdout, Set: option.Enum(&o.Sink, Stdout, File, HTTP, Elasticsearch, Loki),
			Help: "Where records go: stdout, file, http, elasticsearch (also OpenSearch) or loki."}, nil},
		{option.Option{Name: "Path", Set: option.String(&o.Path),
			Help: "File that records are appended to, one a line; it may be rotated."}, []string{File}},
		{option.Option{Name: "Fsync", Default: "off", Set: option.Bool(&o.Fsync),
			Help: "Answer only when the file is on disk; slower, and safe against a loss of power."}, []string{File}},
		{option.Option{Name: "URL", Secret: true, Set: option.String(&o.URL),
			Help: "Receiver, e.g. https://logs.example.com:9200; for http with the whole path."}, networkSinks},
		{option.Option{Name: "Index", Set: option.String(&o.Index),
			Help: "Index, or data stream with Data_Stream on; by default " + DefaultIndex + " or " + DefaultDataStream + "."},
			[]string{Elasticsearch}},
		{option.Option{Name: "Data_Stream", Default: "off", Set: option.Bool(&o.DataStream),
			Help: "Index is a data stream."}, []string{Elasticsearch}},
		{option.Option{Name: "Id_Key", Default: "id,properties.id,Id", Set: func(value string) error { o.IDKey = keypath.Split(value); return nil },
			Help: "Where the sign-in's own id is, which becomes the _id; none found: a hash of the record."}, []string{Elasticsearch}},
		{option.Option{Name: "HTTP_User", Set: option.String(&o.HTTPUser),
			Help: "User for basic authentication."}, networkSinks},
		{option.Option{Name: "HTTP_Passwd", Secret: true, Set: option.String(&o.HTTPPasswd),
			Help: "Password of HTTP_User." + secretHelp}, networkSinks},
		{option.Option{Name: "Bearer_Token", Secret: true, Set: option.String(&o.BearerToken),
			Help: "Token sent as Authorization: Bearer." + secretHelp}, networkSinks},
		{option.Option{Name: "Api_Key", Secret: true, Set: option.String(&o.APIKey),
			Help: "Encoded API key sent as Authorization: ApiKey." + secretHelp}, []string{Elasticsearch}},
		{option.Option{Name: "TLS_Verify", Default: "on", Set: option.Bool(&o.TLSVerify),
			Help: "Check the receiver's certificate."}, networkSinks},
		{option.Option{Name: "TLS_CA_File", Set: option.String(&o.TLSCAFile),
			Help: "Certificates (PEM) that may sign the receiver's, in place of the system's."}, networkSinks},
		{option.Option{Name: "TLS_Cert_File", Set: option.String(&o.TLSCertFile),
			Help: "Own certificate (PEM) to show to the receiver."}, networkSinks},
		{option.Option{Name: "TLS_Key_File", Set: option.String(&o.TLSKeyFile),
			Help: "Key (PEM) of TLS_Cert_File."}, networkSinks},
		{option.Option{Name: "Compress", Default: "none", Set: option.Enum(&o.Compress, "none", "gzip"),
			Help: "Compress requests: none or gzip."}, networkSinks},
		{option.Option{Name: "Header", Secret: true, Set: option.String(&o.Header),
			Help: "Headers to add, e.g. X-Source: entra | X-Key: env:KEY; a value may be file:/path or env:NAME."}, networkSinks},
		{option.Option{Name: "Labels", Default: "job=entra_signin, severity=$severity", Set: option.String(&o.Labels),
			Help: "Labels of the streams: name=text or name=$path of a field with few values, separated by commas."}, []string{Loki}},
		{option.Option{Name: "Structured_Metadata", Set: option.String(&o.StructuredMetadata),
			Help: "As Labels, for fields with many values, e.g. user=$properties.userPrincipalName."}, []string{Loki}},
		{option.Option{Name: "Tenant_ID", Set: option.String(&o.TenantID),
			Help: "Tenant, sent as X-Scope-OrgID."}, []string{Loki}},
		{option.Option{Name: "Line_Format", Set: option.Enum(&o.LineFormat, JSON, Logfmt, NDJSON, Array),
			Help: "json or logfmt for stdout, file and loki (default json); ndjson or array for http (default ndjson)."},
			[]string{Stdout, File, Loki, HTTP}},
		{option.Option{Name: "Dead_Letter_File", Set: option.String(&o.DeadLetterFile),
			Help: "File that takes the records refused for good, one JSON a line with the reason."}, nil},
		{option.Option{Name: "Timeout", Default: "30s", Set: option.Duration(&o.Timeout),
			Help: "Longest time for one request with its answer."}, networkSinks},
		{option.Option{Name: "Batch_Bytes", Set: option.Size(&o.BatchBytes),
			Help: "Longest request before compression, up to 15M; by default 5M, for loki 1M."}, networkSinks},
	}
}

// List describes the options and fills o when they are set.
func (o *Options) List() []option.Option {
	var list []option.Option
	for _, s := range o.settings() {
		set, name := s.Set, s.Name
		s.Set = func(value string) error {
			o.given = append(o.given, name)
			return set(value)
		}
		list = append(list, s.Option)
	}
	return list
}

// checkApplies refuses an option that the chosen sink would ignore: whoever set it expects something of it.
func (o *Options) checkApplies() error {
	for _, s := range o.settings() {
		if s.sinks != nil && slices.Contains(o.given, s.Name) && !slices.Contains(s.sinks, o.Sink) {
			return invalid(s.Name, "", "does not apply to Sink %s, only to %s: remove one or change the other", o.Sink, join(s.sinks))
		}
	}
	return nil
}
