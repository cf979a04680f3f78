package sink

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"fluent-bit-entra-signin/internal/option"
)

// transport sends requests with the certificates that the options name. After one of these files has changed, new connections
// use the new content. All methods may run concurrently.
type transport struct {
	options Options

	mu    sync.Mutex
	files reload
	inner *http.Transport
}

func newTransport(o *Options, log Log) (*transport, error) {
	t := &transport{options: *o}
	var files []string
	for _, file := range []string{o.TLSCAFile, o.TLSCertFile, o.TLSKeyFile} {
		if file != "" {
			files = append(files, file)
		}
	}
	t.files = newReload(files, log)
	config, err := o.tlsConfig()
	if err != nil {
		return nil, err
	}
	t.use(config)
	return t, nil
}

// maxIdle is how many connections stay open for the next requests: enough for one connection for each worker of an output with up to 64.
const maxIdle = 64

func (t *transport) use(config *tls.Config) {
	t.inner = &http.Transport{
		Proxy:               proxyFor,
		TLSClientConfig:     config,
		TLSHandshakeTimeout: t.options.Timeout,
		MaxIdleConnsPerHost: maxIdle,
		IdleConnTimeout:     90 * time.Second,
		DisableCompression:  true,
	}
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	return t.current().RoundTrip(r)
}

// CloseIdleConnections is called by client.close.
func (t *transport) CloseIdleConnections() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.inner.CloseIdleConnections()
}

func (t *transport) current() *http.Transport {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.files.due() {
		return t.inner
	}
	config, err := t.options.tlsConfig()
	if err != nil {
		t.files.failed(err)
		return t.inner
	}
	t.inner.CloseIdleConnections() // requests under way keep their connections
	t.use(config)
	t.files.worked("TLS certificates:")
	return t.inner
}

// tlsConfig reads the certificates that the options name.
func (o *Options) tlsConfig() (*tls.Config, error) {
	config := &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: !o.TLSVerify, //nolint:gosec // TLS_Verify off is the user's decision, and logged
	}
	for name, value := range map[string]string{"TLS_CA_File": o.TLSCAFile, "TLS_Cert_File": o.TLSCertFile, "TLS_Key_File": o.TLSKeyFile} {
		if strings.Contains(value, "-----BEGIN") {
			return nil, invalid(name, "", "holds PEM: write the path of a file that holds it")
		}
	}
	if o.TLSCAFile != "" {
		pem, err := readFile(o.TLSCAFile)
		if err != nil {
			return nil, &option.Error{Option: "TLS_CA_File", Value: o.TLSCAFile, Err: err}
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, invalid("TLS_CA_File", o.TLSCAFile, "holds no certificate: use PEM, -----BEGIN CERTIFICATE-----")
		}
	}
	switch {
	case o.TLSCertFile != "" && o.TLSKeyFile == "":
		return nil, invalid("TLS_Key_File", "", "not set: TLS_Cert_File needs the key that belongs to it")
	case o.TLSCertFile == "" && o.TLSKeyFile != "":
		return nil, invalid("TLS_Cert_File", "", "not set: TLS_Key_File needs the certificate that belongs to it")
	case o.TLSCertFile != "":
		pair, err := readKeyPair(o.TLSCertFile, o.TLSKeyFile)
		if err != nil {
			return nil, &option.Error{Option: "TLS_Cert_File", Value: o.TLSCertFile,
				Err: fmt.Errorf("with TLS_Key_File %s: %w", o.TLSKeyFile, err)}
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

func readKeyPair(certFile, keyFile string) (tls.Certificate, error) {
	cert, err := readFile(certFile)
	if err != nil {
		return tls.Certificate{}, err
	}
	key, err := readFile(keyFile)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.X509KeyPair(cert, key)
}

// isCertificate reports whether the error is about the receiver's certificate.
func isCertificate(err error) bool {
	var refused *tls.CertificateVerificationError
	return errors.As(err, &refused)
}

// proxyFor is http.ProxyFromEnvironment with an error that does not show the proxy's URL, which may hold a password.
func proxyFor(r *http.Request) (*url.URL, error) {
	proxy, err := http.ProxyFromEnvironment(r)
	if err != nil {
		return nil, errors.New("the environment variable HTTP_PROXY or HTTPS_PROXY is not a URL: use something like http://proxy.example.com:3128")
	}
	return proxy, nil
}

// proxySecrets returns the password for the proxy on the way to u, as it is and as it is sent.
func proxySecrets(u *url.URL) []string {
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: u})
	if err != nil || proxy == nil || proxy.User == nil {
		return nil
	}
	password, _ := proxy.User.Password()
	return basicSecrets(proxy.User.Username(), password)
}
