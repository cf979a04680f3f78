package sink

import (
	"net/http"
	"slices"
	"strings"

	"fluent-bit-entra-signin/internal/option"
)

// A protocol describes one kind of sink. Each kind is declared in the file of its sink. The options, their help, the
// checks and the messages follow from the table protocols.
type protocol struct {
	name    string                           // the value of the option Sink
	note    string                           // what the name does not say, for the help of Sink
	formats []string                         // the values of Line_Format, the default first; nil if there is no choice
	options func(o *Options) []option.Option // the options that only this kind has; nil for none

	// openWriter opens a sink without a receiver. Such a sink needs none of the fields below.
	openWriter func(o *Options) (lineWriter, error)

	path        string // appended to the option URL, unless the URL ends with this path
	shortPath   string // the beginning of path, to which the rest is appended if the URL ends with shortPath
	query       string // name=value, added to the option URL unless the URL has a parameter of this name
	contentType string
	batchBytes  int64         // the default of Batch_Bytes
	tokens      []tokenOption // the ways to authenticate, besides HTTP_User
	target      string        // the options that name where records go, for the advice after 404
	itemAnswer  int64         // the longest answer for one record, in bytes, if the receiver answers record by record

	// isolates says that after an answer of 400 a batch is sent again in halves, to find the records at fault. A receiver that
	// does not detect duplicates, such as Splunk, may then hold some of the other records twice.
	isolates bool
	// header returns what a request for these items adds to the headers of the client; nil for nothing.
	header func(c *Chunk, items []item) http.Header
	// badRequest returns what to do if an answer of 400 is about the request and not about its records, or "" if the answer
	// is about records or does not tell. It is nil if no answer of the receiver tells.
	badRequest func(a *answer) (advice string)
	// invalidItem returns the number of the record at fault, from 0, if the receiver has stored the records of the request that
	// precede this record, and no other. It is nil if no answer of the receiver tells.
	invalidItem func(a *answer) (item int, ok bool)
	// open checks the kind's own options and may set headers of the client.
	open func(o *Options, c *client) (wire, error)
}

// A tokenOption is an option whose value is sent as "Authorization: scheme value".
type tokenOption struct {
	name, scheme string
	value        func(o *Options) string
}

var bearerToken = tokenOption{"Bearer_Token", "Bearer", func(o *Options) string { return o.BearerToken }}

// A wire writes the requests and reads the answers of one sink. All methods may run concurrently.
type wire interface {
	// newEncoder returns an encoder for the batches of one goroutine.
	newEncoder() encoder
	// accept sets the outcomes of the items after an answer with a status from 200 to 299. If the answer is not one of the
	// protocol, or says that the receiver takes nothing at present, accept returns why, and the rest of the chunk is not sent.
	accept(a *answer, items []item, out []outcome) (stop string)
}

// An encoder writes the records of a batch, one batch after the other. The body of a request is the encoded records, one behind the
// other, unless the encoder is an assembler.
type encoder interface {
	// encode appends a record to buf. group is what an assembler needs to know of the record besides. An error refuses the record for
	// good; the caller then cuts off what was appended.
	encode(buf []byte, r *Record) (encoded []byte, group int, err error)
}

// An assembler is an encoder whose requests have a form of their own.
type assembler interface {
	encoder
	// reset begins a batch.
	reset()
	// assemble returns the parts of the body of a request. The items are records of the chunk that were encoded into buf, to which
	// the parts may refer. Nothing changes the parts later: net/http may read them after the answer.
	assemble(buf []byte, c *Chunk, items []item) (parts [][]byte)
}

// protocols are the kinds of sink, in the order in which the help names them.
var protocols = []*protocol{&stdoutProtocol, &fileProtocol, &httpProtocol, &elasticsearchProtocol, &lokiProtocol, &splunkHECProtocol}

// protocolOf returns the kind of sink that a value of the option Sink names, or nil.
func protocolOf(name string) *protocol {
	i := slices.IndexFunc(protocols, func(p *protocol) bool { return p.name == name })
	if i < 0 {
		return nil
	}
	return protocols[i]
}

// namesOf returns the names of the kinds of sink that are so.
func namesOf(so func(p *protocol) bool) (names []string) {
	for _, p := range protocols {
		if so(p) {
			names = append(names, p.name)
		}
	}
	return names
}

func (p *protocol) isNetwork() bool  { return p.open != nil }
func (p *protocol) hasFormats() bool { return p.formats != nil }
func (p *protocol) takesBearer() bool {
	return slices.ContainsFunc(p.tokens, func(t tokenOption) bool { return t.name == bearerToken.name })
}

// or joins words as in "a, b or c".
func or(words []string) string { return join(words, " or ") }

func join(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + last + words[len(words)-1]
}
