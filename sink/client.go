package sink

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"

	"fluent-bit-entra-signin/internal/printable"
	"fluent-bit-entra-signin/internal/throttle"
)

// maxAnswer limits how much of an answer is read. A protocol whose answers have an item for each record adds to it.
const maxAnswer = 1 << 20

// maxRefusalPause limits the pause after an answer that refuses the request and not its records, such as 401.
const maxRefusalPause = 10 * time.Second

// client sends bodies to one URL. It reads an answer to the end before it returns.
type client struct {
	transport http.RoundTripper
	url       string
	shown     string // scheme and host of url, for messages; the path and the query may hold a secret
	header    http.Header
	gzip      bool
	timeout   time.Duration
	pause     throttle.Pause[*paused]

	credentials credentials
}

// paused is the error of a request that was not made, because the receiver takes nothing at present. Without a pause, a receiver that
// hangs would delay the end of Fluent Bit by one Timeout for every queued chunk, and a receiver that refuses the credentials
// would be asked again with every chunk.
type paused struct {
	why    string
	status int // of the answer that began the pause, 0 for none
}

func (p *paused) Error() string { return p.why }

// answer is a complete answer of the receiver.
type answer struct {
	status      int
	contentType string
	location    string // where a redirect leads
	body        []byte
}

// isPage reports whether an answer is a web page, whatever its type says.
func (a *answer) isPage() bool {
	return strings.HasPrefix(a.contentType, "text/html") || strings.HasPrefix(http.DetectContentType(a.body), "text/html")
}

func newClient(u *url.URL, t *transport, timeout time.Duration) *client {
	return &client{
		url:     u.String(),
		shown:   origin(u),
		header:  http.Header{},
		timeout: timeout,
		// The client uses the transport directly. To be ready for a redirect, http.Client closes the text and opens it again, even while
		// the text is still being sent. A redirect is not followed: nobody has allowed the records and the credentials to go elsewhere.
		transport: t,
	}
}

// origin returns the part of a URL that may be shown.
func origin(u *url.URL) string { return printable.Text(u.Scheme + "://" + u.Host) }

// post sends a text, compressed if the client compresses. The error says what went wrong, without secrets.
//
// longest limits the answer, in bytes. A longer answer is an error if its status is a success, and is cut off otherwise.
func (c *client) post(ctx context.Context, open openText, extra http.Header, longest int64) (*answer, error) {
	if why, active := c.pause.Active(time.Now()); active {
		return nil, why
	}
	credentials := c.credentials.current()
	a, err := c.request(ctx, open, credentials, extra, longest)
	if err == nil && refusesCredentials(a.status) && c.credentials.afterRefusal(credentials) {
		a, err = c.request(ctx, open, c.credentials.current(), extra, longest) // a secret was replaced a moment ago
	}
	if err == nil {
		return a, nil
	}
	if errors.Is(err, context.DeadlineExceeded) {
		c.pause.Begin(time.Now().Add(c.timeout),
			&paused{why: fmt.Sprintf("%s: no answer a moment ago, so not asked again within %s (option Timeout)", c.shown, c.timeout)})
	}
	return nil, c.failure(err)
}

// rest begins a pause after an answer that refuses the request and not its records. It returns the reason for the log: what the
// receiver answered, and what to do.
func (c *client) rest(status int, said, advice string) (reason string) {
	length := min(c.timeout, maxRefusalPause)
	c.pause.Begin(time.Now().Add(length), &paused{status: status,
		why: fmt.Sprintf("%s refused the request a moment ago, so it is not asked again within %s; %s", c.shown, length, advice)})
	return said + "; " + advice
}

func refusesCredentials(status int) bool {
	return status == http.StatusUnauthorized || status == http.StatusForbidden
}

// request sends one request and reads the answer. Where the sets of headers have the same header, the last set wins.
func (c *client) request(ctx context.Context, open openText, credentials, extra http.Header, longest int64) (*answer, error) {
	text, size := open()
	if c.gzip {
		packed := newBody(size / 8) // what sign-ins compress to
		defer packed.release()
		err := compress(packed, text)
		_ = text.Close() // only gives memory back
		if err != nil {
			return nil, err
		}
		part := bodyPart{packed, [][]byte{packed.buf}}
		open = func() (*bodyReader, int) { return part.reader(), part.size() }
		text, size = open()
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, text)
	if err != nil {
		_ = text.Close()
		return nil, err
	}
	req.ContentLength = int64(size)
	req.GetBody = func() (io.ReadCloser, error) { // for a connection that the receiver has closed in the meantime
		text, _ := open()
		return text, nil
	}
	for _, h := range []http.Header{credentials, c.header, extra} {
		for name, values := range h {
			req.Header[name] = values
		}
	}
	res, err := c.transport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	said, err := io.ReadAll(io.LimitReader(res.Body, longest+1))
	if err != nil {
		return nil, fmt.Errorf("the answer (status %d) broke off: %w", res.StatusCode, err)
	}
	if int64(len(said)) > longest {
		if res.StatusCode/100 == 2 {
			return nil, fmt.Errorf("the answer (status %d) is longer than %d kB, more than what was sent can need", res.StatusCode, longest>>10)
		}
		said = said[:longest]
	}
	return &answer{
		status:      res.StatusCode,
		contentType: res.Header.Get("Content-Type"),
		location:    res.Header.Get("Location"),
		body:        said,
	}, nil
}

// failure turns an error of net/http into one for the log. It names the receiver and the option, and leaves out what a log must
// not hold: errors of net/http show the whole URL, and may quote the receiver.
func (c *client) failure(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	text := c.excerpt([]byte(err.Error()))
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		text = fmt.Sprintf("no whole answer within %s (option Timeout)", c.timeout)
	case errors.Is(err, context.Canceled):
		text = "stopped before the answer came"
	case isCertificate(err):
		text += " (options TLS_CA_File, TLS_Verify)"
	}
	return errors.New(c.shown + ": " + text)
}

// describe describes an answer that is not a success.
func (c *client) describe(a *answer) string {
	text := fmt.Sprintf("%s answered %d %s", c.shown, a.status, http.StatusText(a.status))
	if a.status/100 == 3 {
		return text + c.leadsTo(a.location) + ", which is not followed (option URL)"
	}
	if c.wantsTLS(a) {
		return text + ": it speaks TLS (option URL: https)"
	}
	if said := c.excerpt(a.body); said != "" {
		text += ": " + said
	}
	return text
}

// leadsTo names the host that a redirect leads to. The rest of the location may hold a session, or repeat the path of the request.
func (c *client) leadsTo(location string) string {
	asked, err := url.Parse(c.url)
	if err != nil || location == "" {
		return ", a redirect"
	}
	to, err := asked.Parse(location)
	if err != nil || to.Host == "" {
		return ", a redirect"
	}
	return ", a redirect to " + c.excerpt([]byte(origin(to)))
}

// wantsTLS recognizes the answer of a server that expects TLS: of net/http, so also of Loki, and of nginx. Such a server answers
// 400 although it has read no record.
func (c *client) wantsTLS(a *answer) bool {
	return a.status == http.StatusBadRequest && strings.HasPrefix(c.url, "http:") &&
		(bytes.Contains(a.body, []byte("HTTP request to an HTTPS server")) ||
			bytes.Contains(a.body, []byte("HTTP request was sent to HTTPS port")))
}

// maxExcerpt limits how much of a receiver's text is searched for secrets and shown, in bytes.
const maxExcerpt = 1 << 10

// excerpt returns the beginning of a receiver's text, fit for a log line.
func (c *client) excerpt(text []byte) string {
	cut := len(text) > maxExcerpt
	return clean(c.credentials.redact(string(text[:min(len(text), maxExcerpt)]), cut))
}

// clean shortens a text to the length of a log line and replaces what is not printable.
func clean(text string) string {
	const most = 300
	text = strings.Join(strings.Fields(printable.Text(text)), " ")
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "..."
	}
	return text
}

// The compressors are those of klauspost/compress, which take less than half the time of the standard library here, for a smaller result.
var compressors = sync.Pool{New: func() any {
	w, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // fails only for a level that does not exist
	return w
}}

func compress(dst io.Writer, text io.WriterTo) error {
	w := compressors.Get().(*gzip.Writer)
	defer compressors.Put(w)
	w.Reset(dst)
	if _, err := text.WriteTo(w); err != nil {
		return err
	}
	return w.Close()
}

func (c *client) close() {
	if t, ok := c.transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}
