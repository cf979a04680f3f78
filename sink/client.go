package sink

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// maxAnswer bounds what is read of an answer. The longest is Elasticsearch's, an item for each record of a batch.
const maxAnswer = 64 << 20

// client sends one body to one URL, and reads the whole answer before it says anything about it.
type client struct {
	http    *http.Client
	url     string
	shown   string // url without its query, for messages
	header  http.Header
	gzip    bool
	timeout time.Duration
	hung    pause
	secrets []string // to be struck out of every message, the longest first
}

// answer is what the receiver said, whole.
type answer struct {
	status      int
	contentType string
	location    string // where a redirect leads
	body        []byte
}

func newClient(u *url.URL, header http.Header, config *tls.Config, timeout time.Duration) *client {
	shown := *u
	shown.RawQuery, shown.User = "", nil
	return &client{
		url:     u.String(),
		shown:   shown.String(),
		header:  header,
		timeout: timeout,
		http: &http.Client{
			Transport: &http.Transport{
				Proxy:               http.ProxyFromEnvironment,
				TLSClientConfig:     config,
				TLSHandshakeTimeout: timeout,
				MaxIdleConnsPerHost: 8,
				IdleConnTimeout:     90 * time.Second,
				DisableCompression:  true,
			},
			// A redirect is answered by Retry: where it leads, nobody has allowed the records and the credentials to go.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// post sends b, compressed if that is set. The error says what went wrong on the way, without secrets.
func (c *client) post(ctx context.Context, b *body, extra http.Header) (*answer, error) {
	if c.hung.still(time.Now()) {
		return nil, fmt.Errorf("%s: no answer a moment ago, so not asked again within %s (option Timeout)", c.shown, c.timeout)
	}
	a, err := c.request(ctx, b, extra)
	if err == nil {
		return a, nil
	}
	if errors.Is(err, context.DeadlineExceeded) {
		c.hung.until(time.Now().Add(c.timeout))
	}
	return nil, c.failure(err)
}

// request sends one request and reads the answer.
func (c *client) request(ctx context.Context, b *body, extra http.Header) (*answer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	if c.gzip {
		packed := newBody()
		defer packed.release()
		if err := compress(packed, b.buf); err != nil {
			return nil, err
		}
		b = packed
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, b.reader())
	if err != nil {
		return nil, err
	}
	req.ContentLength = int64(len(b.buf))
	req.GetBody = func() (io.ReadCloser, error) { return b.reader(), nil }
	for _, h := range []http.Header{c.header, extra} {
		for name, values := range h {
			req.Header[name] = values
		}
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("the answer (status %d) broke off: %w", res.StatusCode, err)
	}
	if len(text) > maxAnswer {
		return nil, fmt.Errorf("the answer (status %d) is longer than %d MB", res.StatusCode, maxAnswer>>20)
	}
	return &answer{
		status:      res.StatusCode,
		contentType: res.Header.Get("Content-Type"),
		location:    res.Header.Get("Location"),
		body:        text,
	}, nil
}

// failure puts what an operator needs before an error of net/http and takes out what a log must not hold: the error of the
// package names the whole URL, whose query may be a token.
func (c *client) failure(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	text := err.Error()
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		text = fmt.Sprintf("no whole answer within %s (option Timeout)", c.timeout)
	case errors.Is(err, context.Canceled):
		text = "stopped before the answer came"
	case isCertificate(err):
		text += " (options TLS_CA_File, TLS_Verify)"
	}
	return errors.New(c.shown + ": " + c.redact(text))
}

// describe puts an answer that is no success into words.
func (c *client) describe(a *answer) string {
	text := fmt.Sprintf("%s answered %d %s", c.shown, a.status, http.StatusText(a.status))
	if a.status/100 == 3 {
		return text + c.leadsTo(a.location) + ", where records are not sent unasked (option URL)"
	}
	if c.wantsTLS(a) {
		return text + ": it speaks TLS (option URL: https)"
	}
	if said := c.excerpt(a.body); said != "" {
		text += ": " + said
	}
	return text
}

// leadsTo names the place of a redirect without its query, which may be a ticket for somebody's session.
func (c *client) leadsTo(location string) string {
	location, _, _ = strings.Cut(location, "?")
	if location == "" {
		return ", a redirect"
	}
	return ", a redirect to " + c.excerpt([]byte(location))
}

// wantsTLS recognises the complaint of a server that expects TLS: Go's, so also Loki's, and nginx's. It has read none of
// the records, and answers them with 400 all the same.
func (c *client) wantsTLS(a *answer) bool {
	return a.status == http.StatusBadRequest && strings.HasPrefix(c.url, "http:") &&
		(bytes.Contains(a.body, []byte("HTTP request to an HTTPS server")) ||
			bytes.Contains(a.body, []byte("HTTP request was sent to HTTPS port")))
}

// excerpt is the start of a receiver's text, fit for a log line.
func (c *client) excerpt(text []byte) string {
	return clean(c.redact(string(text[:min(len(text), 4<<10)])))
}

// hide sets the secrets. The longest goes first, or of one that begins with another the end would be left standing.
func (c *client) hide(secrets []string) {
	slices.SortFunc(secrets, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	c.secrets = secrets
}

func (c *client) redact(text string) string {
	for _, secret := range c.secrets {
		text = strings.ReplaceAll(text, secret, "***")
	}
	return text
}

// clean cuts a text to the length of a log line and replaces what is not printable.
func clean(text string) string {
	const most = 300
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == utf8.RuneError {
			return ' '
		}
		return r
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "..."
	}
	return text
}

var compressors = sync.Pool{New: func() any {
	w, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // fails only for a level that does not exist
	return w
}}

func compress(dst io.Writer, src []byte) error {
	w := compressors.Get().(*gzip.Writer)
	defer compressors.Put(w)
	w.Reset(dst)
	if _, err := w.Write(src); err != nil {
		return err
	}
	return w.Close()
}

func (c *client) close() { c.http.CloseIdleConnections() }
