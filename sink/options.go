package sink

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fluent-bit-entra-signin/internal/option"
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
	// Sink is the kind of sink: Stdout, File, HTTP, Elasticsearch, Loki or SplunkHEC.
	Sink string

	FileOptions

	// URL is the receiver: scheme, host, port, path and query, without a user and a password.
	URL string
	// Timeout limits each request, including the response.
	Timeout time.Duration
	// BatchBytes limits the body of a request before compression. 0 means the default of the sink: 5 MB, or 1 MB
	// for Loki and SplunkHEC.
	BatchBytes int64
	// Compress is the encoding of the body: "none" or "gzip".
	Compress string
	// Header holds further headers, "Name: value", separated by | or a line break.
	Header string
	// LineFormat is the format of a record. "" means the default of the sink: JSON, or NDJSON for HTTP.
	LineFormat string

	// HTTPUser and HTTPPasswd are for basic authentication.
	HTTPUser, HTTPPasswd string
	// BearerToken is sent as "Authorization: Bearer …".
	BearerToken string

	// TLSVerify checks the certificate of the receiver.
	TLSVerify bool
	// TLSCAFile names a file of certificates (PEM) that replace those of the system as authorities.
	TLSCAFile string
	// TLSCertFile and TLSKeyFile are the client's own certificate and key (PEM).
	TLSCertFile, TLSKeyFile string

	ElasticsearchOptions
	LokiOptions
	SplunkHECOptions

	// DeadLetterFile takes the records that are refused for good.
	DeadLetterFile string

	given []string // names of the options that were set through List
}

// DefaultOptions returns the options of an output for which the user set none.
func DefaultOptions() (o Options) {
	for _, s := range o.settings() {
		option.SetDefaults([]option.Option{s.Option})
	}
	return o
}

// A setting is an option and the kinds of sink that it applies to.
type setting struct {
	option.Option
	sinks []string // nil for all
}

func (o *Options) settings() []setting {
	network := namesOf((*protocol).isNetwork)
	secretHelp := " Or file:/path, env:NAME." //nolint:gosec // a sentence
	list := []setting{
		{option.Option{Name: "Sink", Default: Stdout, Set: option.Enum(&o.Sink, sinkNames()...), Help: sinkHelp()}, nil},
		{option.Option{Name: "URL", Secret: true, Set: option.String(&o.URL),
			Help: "Receiver, e.g. https://logs.example.com:9200; for http with the whole path."}, network},
		{option.Option{Name: "HTTP_User", Set: option.String(&o.HTTPUser),
			Help: "User for basic authentication."}, network},
		{option.Option{Name: "HTTP_Passwd", Secret: true, Set: option.String(&o.HTTPPasswd),
			Help: "Password of HTTP_User." + secretHelp}, network},
		{option.Option{Name: "Bearer_Token", Secret: true, Set: option.String(&o.BearerToken),
			Help: "Token sent as Authorization: Bearer." + secretHelp}, namesOf((*protocol).takesBearer)},
		{option.Option{Name: "TLS_Verify", Default: "on", Set: option.Bool(&o.TLSVerify),
			Help: "Check the receiver's certificate."}, network},
		{option.Option{Name: "TLS_CA_File", Set: option.String(&o.TLSCAFile),
			Help: "Certificate authorities (PEM) for the receiver's certificate, instead of those of the system."}, network},
		{option.Option{Name: "TLS_Cert_File", Set: option.String(&o.TLSCertFile),
			Help: "Client certificate (PEM)."}, network},
		{option.Option{Name: "TLS_Key_File", Set: option.String(&o.TLSKeyFile),
			Help: "Key (PEM) of TLS_Cert_File."}, network},
		{option.Option{Name: "Compress", Default: "none", Set: option.Enum(&o.Compress, "none", "gzip"),
			Help: "Compress requests: none or gzip."}, network},
		{option.Option{Name: "Header", Secret: true, Set: option.String(&o.Header),
			Help: "Headers to add, e.g. X-Source: entra | X-Key: env:KEY; a value may be file:/path or env:NAME."}, network},
		{option.Option{Name: "Timeout", Default: "30s", Set: option.Duration(&o.Timeout),
			Help: "Timeout of one request, including the response."}, network},
		{option.Option{Name: "Batch_Bytes", Set: option.Size(&o.BatchBytes), Help: batchHelp()}, network},
		{option.Option{Name: "Line_Format", Set: option.Enum(&o.LineFormat, JSON, Logfmt, NDJSON, Array), Help: formatHelp()},
			namesOf((*protocol).hasFormats)},
		{option.Option{Name: "Dead_Letter_File", Set: option.String(&o.DeadLetterFile),
			Help: "File for the records that are refused for good, one JSON object a line, with the reason."}, nil},
	}
	for _, p := range protocols {
		if p.options == nil {
			continue
		}
		for _, own := range p.options(o) {
			list = append(list, setting{own, []string{p.name}})
		}
	}
	return list
}

func sinkNames() []string { return namesOf(func(*protocol) bool { return true }) }

func sinkHelp() string {
	names := sinkNames()
	for i, p := range protocols {
		if p.note != "" {
			names[i] += " (" + p.note + ")"
		}
	}
	return "Where records go: " + or(names) + "."
}

// batchHelp names the defaults of Batch_Bytes, the usual one first.
func batchHelp() string {
	help := fmt.Sprintf("Maximum request size before compression, up to %dM; by default %dM", maxBatchBytes>>20, usualBatchBytes>>20)
	for _, p := range protocols {
		if p.isNetwork() && p.batchBytes != usualBatchBytes {
			help += fmt.Sprintf(", for %s %dM", p.name, p.batchBytes>>20)
		}
	}
	return help + "."
}

// formatHelp names the formats, with the sinks that have them.
func formatHelp() string {
	var parts []string
	for i, p := range protocols {
		same := func(other *protocol) bool { return slices.Equal(other.formats, p.formats) }
		if !p.hasFormats() || slices.IndexFunc(protocols, same) < i {
			continue
		}
		parts = append(parts, fmt.Sprintf("%s for %s (default %s)", or(p.formats), join(namesOf(same), " and "), p.formats[0]))
	}
	return strings.Join(parts, "; ") + "."
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

// checkApplies refuses an option that the chosen sink would ignore: the user expects something of the option.
func (o *Options) checkApplies() error {
	for _, s := range o.settings() {
		if s.sinks != nil && slices.Contains(o.given, s.Name) && !slices.Contains(s.sinks, o.Sink) {
			return invalid(s.Name, "", "does not apply to Sink %s, only to %s: remove one or change the other", o.Sink, or(s.sinks))
		}
	}
	return nil
}

func invalid(name, value, format string, args ...any) error {
	return &option.Error{Option: name, Value: value, Err: fmt.Errorf(format, args...)}
}
