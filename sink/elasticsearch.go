package sink

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"fluent-bit-entra-signin/internal/jsontext"
	"fluent-bit-entra-signin/internal/keypath"
	"fluent-bit-entra-signin/internal/msgpack"
	"fluent-bit-entra-signin/internal/option"
)

// Elasticsearch creates documents in Elasticsearch or OpenSearch with bulk requests.
const Elasticsearch = "elasticsearch"

// ElasticsearchOptions are the options of the sink Elasticsearch alone.
type ElasticsearchOptions struct {
	// Index is the index or data stream. "" means entra-signin, or logs-entra.signin-default if DataStream is set.
	Index string
	// DataStream says that Index is a data stream.
	DataStream bool
	// IDKey lists the paths of a sign-in's own id. Without a path, and where no path leads to an id, the _id is a hash of the
	// record.
	IDKey []string
	// APIKey is sent as "Authorization: ApiKey …".
	APIKey string
}

// The index that Index = "" stands for.
const (
	defaultIndex      = "entra-signin"
	defaultDataStream = "logs-entra.signin-default"
)

var elasticsearchProtocol = protocol{
	name: Elasticsearch,
	note: "also OpenSearch",
	options: func(o *Options) []option.Option {
		return []option.Option{
			{Name: "Index", Set: option.String(&o.Index),
				Help: "Index, or data stream with Data_Stream on; by default " + defaultIndex + " or " + defaultDataStream + "."},
			{Name: "Data_Stream", Default: "off", Set: option.Bool(&o.DataStream),
				Help: "Index is a data stream."},
			{Name: "Id_Key", Default: "id,properties.id,Id", Set: func(value string) error { o.IDKey = keypath.Split(value); return nil },
				Help: "Where the sign-in's own id is, for the _id; without one the _id is a hash of the record."},
			{Name: "Api_Key", Secret: true, Set: option.String(&o.APIKey),
				Help: "Encoded API key sent as Authorization: ApiKey. Or file:/path, env:NAME."},
		}
	},
	path: "/_bulk",
	// Without a filter, half of the traffic would be the names of shards.
	query:       "filter_path=errors,items.*.status,items.*.error",
	contentType: "application/x-ndjson",
	batchBytes:  usualBatchBytes,
	tokens: []tokenOption{
		bearerToken,
		{"Api_Key", "ApiKey", func(o *Options) string { return o.APIKey }},
	},
	target:     "the options URL and Index",
	itemAnswer: 2 << 10, // an item with two long reasons needs less
	isolates:   true,
	badRequest: elasticsearchBadRequest,
	open: func(o *Options, c *client) (wire, error) {
		index, err := o.index()
		if err != nil {
			return nil, err
		}
		idKeys, err := keypath.ParseAll(o.IDKey)
		if err != nil {
			return nil, &option.Error{Option: "Id_Key", Value: strings.Join(o.IDKey, ","), Err: err}
		}
		return newElasticsearchWire(c, index, idKeys), nil
	},
}

// index returns the name of the index, checked as Elasticsearch checks names: a wrong name would refuse every record.
func (o *ElasticsearchOptions) index() (string, error) {
	switch {
	case o.Index != "":
	case o.DataStream:
		return defaultDataStream, nil
	default:
		return defaultIndex, nil
	}
	if strings.ToLower(o.Index) != o.Index || strings.ContainsAny(o.Index, `\/*?"<>|, #:`) || !isPrintable(o.Index) ||
		strings.ContainsRune("-_+.", rune(o.Index[0])) || len(o.Index) > 255 {
		return "", invalid("Index", o.Index,
			`must be lower case, without \ / * ? " < > | , # : and blanks, must not begin with - _ + . and must have at most 255 bytes`)
	}
	return o.Index, nil
}

// The length of an own id, in bytes. A shorter id is ignored: Microsoft's ids are GUIDs, and a short text under the same key is
// something else, which many records share. Elasticsearch accepts an _id of 512 bytes, including the hash after the own id.
const (
	minID = 16
	maxID = 512 - 12
)

// elasticsearchWire writes bulk requests. Each record is a create with an _id that is the same in every attempt. If the document
// exists, Elasticsearch answers 409 and does not store the record again.
type elasticsearchWire struct {
	client *client
	action []byte // {"create":{"_index":"…","_id":
	idKeys []keypath.Path
}

func newElasticsearchWire(c *client, index string, idKeys []keypath.Path) *elasticsearchWire {
	action := jsontext.AppendQuoted([]byte(`{"create":{"_index":`), []byte(index))
	return &elasticsearchWire{client: c, action: append(action, `,"_id":`...), idKeys: idKeys}
}

func (w *elasticsearchWire) newEncoder() encoder {
	return &elasticsearchEncoder{wire: w, ids: finder{paths: w.idKeys}}
}

type elasticsearchEncoder struct {
	wire *elasticsearchWire
	ids  finder
	head []byte
}

// encode writes the document first, because the walk over the record finds the own id, and then moves it behind the action.
func (e *elasticsearchEncoder) encode(buf []byte, r *Record) (encoded []byte, group int, err error) {
	from := len(buf)
	if buf, err = appendJSONLineFinding(buf, r, &e.ids); err != nil {
		return buf, 0, err
	}
	e.head = append(e.head[:0], e.wire.action...)
	e.head = appendID(e.head, r, e.ownID(r))
	e.head = append(e.head, "}}\n"...)
	return slices.Insert(buf, from, e.head...), 0, nil
}

// ownID returns the sign-in's own id, or nil.
func (e *elasticsearchEncoder) ownID(r *Record) []byte {
	for i := range e.ids.paths {
		if !r.SignIn {
			break
		}
		var t msgpack.Token
		if e.ids.value(&t, r.Body, i) && t.Kind == msgpack.KindString && len(t.Data) >= minID && len(t.Data) <= maxID && utf8.Valid(t.Data) {
			return t.Data
		}
	}
	return nil
}

// appendID appends the _id of a record. A sign-in has its own id, followed by a hash of the record as it came in. Any other record
// has a hash of its time and of the record as it came in.
//
// The hash makes two documents of two different records with the same id, such as the states of a sign-in that Microsoft completes
// later. The hash must be collision-resistant: a carefully chosen user agent must not make a sign-in look like a stored one.
func appendID(dst []byte, r *Record, own []byte) []byte {
	h := sha256.New()
	var sum [sha256.Size]byte
	if own != nil {
		h.Write(r.raw())
		dst = jsontext.AppendQuoted(dst, own)
		dst = append(dst[:len(dst)-1], '-')
		dst = base64.RawURLEncoding.AppendEncode(dst, h.Sum(sum[:0])[:8])
		return append(dst, '"')
	}
	var head [20]byte
	binary.BigEndian.PutUint64(head[:], uint64(r.Sec))
	binary.BigEndian.PutUint32(head[8:], r.Nsec)
	binary.BigEndian.PutUint64(head[12:], uint64(len(r.raw())))
	h.Write(head[:])
	h.Write(r.raw())
	h.Write(r.Beside)
	dst = append(dst, '"')
	dst = base64.RawURLEncoding.AppendEncode(dst, h.Sum(sum[:0])[:16])
	return append(dst, '"')
}

func (w *elasticsearchWire) accept(a *answer, items []item, out []outcome) (stop string) {
	results, err := parseBulkAnswer(a.body, len(items))
	if err != nil {
		return fmt.Sprintf("answered %d, but %v (option URL): %q", a.status, err, w.client.excerpt(a.body))
	}
	if len(results) != len(items) {
		return fmt.Sprintf("answered for %d records or more, and %d were sent", len(results), len(items))
	}
	taken := false
	reasons := bulkReasons{client: w.client, shown: map[bulkResult]string{}}
	for i, it := range items {
		out[it.pos] = reasons.outcome(&results[i])
		taken = taken || out[it.pos].state == delivered
	}
	for i, it := range items {
		if advice := adviceFor[results[i].kind]; advice != "" && !taken {
			return w.client.rest(results[i].status, out[it.pos].reason, advice)
		}
	}
	return ""
}

// adviceFor says what to do about the errors of an item that concern the index and not the record, by type. Some versions give
// them a status from 400 to 404.
var adviceFor = map[string]string{
	"index_not_found_exception":    "create the index or the data stream's template, or allow it to be created (option Index)",
	"invalid_index_name_exception": "check the name of the index (option Index)",
	"index_closed_exception":       "open the index",
	"security_exception":           "check what the credentials allow: they need to create documents in the index",
	"cluster_block_exception":      "the index is blocked: look for a full disk, or for a block that somebody set",
}

// outcome returns the outcome of one item.
func (b *bulkReasons) outcome(r *bulkResult) outcome {
	switch {
	case r.status/100 == 2, r.status == http.StatusConflict:
		return outcome{state: delivered, status: r.status}
	case final(r.status) && adviceFor[r.kind] == "":
		return outcome{state: refused, status: r.status, reason: b.reason(r)}
	}
	return outcome{status: r.status, reason: b.reason(r)}
}

// elasticsearchBadRequest recognizes an answer of 400 as one about the request: what Elasticsearch says about records is item by
// item in an answer of 200.
func elasticsearchBadRequest(a *answer) (advice string) {
	var said struct {
		Error struct {
			Type string `json:"type"`
		} `json:"error"`
	}
	if json.Unmarshal(a.body, &said) != nil || said.Error.Type == "" {
		return ""
	}
	if advice := adviceFor[said.Error.Type]; advice != "" {
		return advice
	}
	return "check the options URL and Index"
}

// maxReasons is how many different reasons of one answer are shown. A reason may repeat what is in the record, and to search a text of
// many escapes for secrets takes about a millisecond.
const maxReasons = 256

// bulkReasons are the reasons of one answer, as they are shown.
type bulkReasons struct {
	client *client
	shown  map[bulkResult]string
}

func (b *bulkReasons) reason(r *bulkResult) string {
	if text, ok := b.shown[*r]; ok {
		return text
	}
	if len(b.shown) == maxReasons {
		return fmt.Sprintf("the item was answered with %d (the answer has more than %d different reasons; the others are left out)", r.status, maxReasons)
	}
	text := fmt.Sprintf("the item was answered with %d %s: %s", r.status, b.client.excerpt([]byte(r.kind)), b.client.excerpt([]byte(r.reason)))
	b.shown[*r] = text
	return text
}
