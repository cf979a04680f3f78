package sink

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync"
)

// maxKnown limits how many replaced secrets are remembered.
const maxKnown = 64

// credentials are the headers that the options set, and the secrets in them. A secret from a file is read again when the file
// changes, or when the receiver refuses the secret. The zero value has no headers. All methods except open may run concurrently.
type credentials struct {
	options  Options
	protocol *protocol
	some     bool // the headers hold a secret

	mu     sync.Mutex
	files  reload
	header http.Header // replaced as a whole, never modified
	inURL  []string
	known  []string // secrets of the headers, latest first, including replaced ones, which a receiver may still repeat
	hidden redactor
}

// open reads the headers for the first time. Messages hide the secrets in the headers and in the URL.
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

// plainHeaders never hold a secret.
var plainHeaders = []string{"User-Agent", "Content-Type", "Accept"}

func (c *credentials) use(header http.Header, secrets []string) {
	c.header = header
	for name, values := range header {
		for _, value := range values {
			// A header of any name may hold a secret.
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

// current returns the headers. The caller must not modify them.
func (c *credentials) current() http.Header {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.files.due() {
		c.read()
	}
	return c.header
}

// afterRefusal reads the files again, even if they look unchanged. It reports whether the headers differ from the refused ones.
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

// has reports whether the options set a header.
func (c *credentials) has(name string) bool { return c.header.Get(name) != "" }

func (c *credentials) redact(text string, cut bool) string {
	c.mu.Lock()
	hidden := c.hidden
	c.mu.Unlock()
	return hidden.redact(text, cut)
}
