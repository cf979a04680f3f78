package sink

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync"
)

// maxKnown bounds the secrets that are remembered after they were replaced.
const maxKnown = 64

// credentials are the headers that the options set, with the secrets in them. Secrets from files are read again when a file
// changes, and when the receiver refuses them. The zero value has no headers. All methods but open may run at once.
type credentials struct {
	options  Options
	protocol *protocol
	some     bool // there is a secret in the headers

	mu     sync.Mutex
	files  reload
	header http.Header // replaced, never changed
	inURL  []string
	known  []string // secrets of the headers, also replaced ones, which a receiver may still repeat; the latest first
	hidden redactor
}

// open reads the headers for the first time. The secrets of the URL are hidden as well.
func (c *credentials) open(o *Options, p *protocol, u *url.URL, log Log) error {
	c.options, c.protocol = *o, p
	c.inURL = append(p.urlSecrets(u), proxySecrets(u)...)
	c.files = newReload(p.secretFiles(o), log)
	header, secrets, err := p.headers(o)
	if err != nil {
		return err
	}
	c.some = len(secrets) > 0
	c.use(header, secrets)
	return nil
}

// plainHeaders are never a secret.
var plainHeaders = []string{"User-Agent", "Content-Type", "Accept"}

func (c *credentials) use(header http.Header, secrets []string) {
	c.header = header
	for name, values := range header {
		for _, value := range values {
			// A secret may be in a header of any name.
			if len(value) >= minSecret && !slices.Contains(plainHeaders, name) {
				secrets = append(secrets, value)
			}
		}
	}
	for _, s := range secrets {
		if !slices.Contains(c.known, s) {
			c.known = slices.Insert(c.known, 0, s)
		}
	}
	c.known = c.known[:min(len(c.known), max(maxKnown, len(secrets)))]
	c.hidden = newRedactor(slices.Concat(c.inURL, c.known))
}

// current returns the headers, which the caller does not change.
func (c *credentials) current() http.Header {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.files.due() {
		c.read()
	}
	return c.header
}

// afterRefusal reads the files again, whether they look changed or not, and says whether the headers are now others than those
// that were refused.
func (c *credentials) afterRefusal(refused http.Header) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.files.files) > 0 {
		c.files.due()
		c.read()
	}
	return !equalHeaders(c.header, refused)
}

func (c *credentials) read() {
	header, secrets, err := c.protocol.headers(&c.options)
	if err != nil {
		c.files.failed(err)
		return
	}
	if !equalHeaders(header, c.header) || c.files.trouble != "" {
		c.use(header, secrets)
		c.files.worked("credentials:")
	}
}

func equalHeaders(a, b http.Header) bool { return maps.EqualFunc(a, b, slices.Equal) }

// has says whether the options set a header of this name.
func (c *credentials) has(name string) bool { return c.header.Get(name) != "" }

func (c *credentials) redact(text string, cut bool) string {
	c.mu.Lock()
	hidden := c.hidden
	c.mu.Unlock()
	return hidden.redact(text, cut)
}
