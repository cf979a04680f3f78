package sink

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"

	"fluent-bit-entra-signin/internal/option"
)

// tlsConfig reads the certificates that the options name.
func (o *Options) tlsConfig() (*tls.Config, error) {
	config := &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: !o.TLSVerify, //nolint:gosec // TLS_Verify off is the user's decision, and logged
	}
	if o.TLSCAFile != "" {
		pem, err := os.ReadFile(o.TLSCAFile)
		if err != nil {
			return nil, &option.Error{Option: "TLS_CA_File", Value: o.TLSCAFile, Err: err}
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, invalid("TLS_CA_File", o.TLSCAFile, "holds no certificate: want PEM, -----BEGIN CERTIFICATE-----")
		}
	}
	switch {
	case o.TLSCertFile != "" && o.TLSKeyFile == "":
		return nil, invalid("TLS_Key_File", "", "not set: TLS_Cert_File needs the key that belongs to it")
	case o.TLSCertFile == "" && o.TLSKeyFile != "":
		return nil, invalid("TLS_Cert_File", "", "not set: TLS_Key_File needs the certificate that belongs to it")
	case o.TLSCertFile != "":
		pair, err := tls.LoadX509KeyPair(o.TLSCertFile, o.TLSKeyFile)
		if err != nil {
			return nil, &option.Error{Option: "TLS_Cert_File", Value: o.TLSCertFile,
				Err: fmt.Errorf("with TLS_Key_File %s: %w", o.TLSKeyFile, err)}
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

// isCertificate says whether the receiver's certificate is what was not accepted.
func isCertificate(err error) bool {
	var refused *tls.CertificateVerificationError
	return errors.As(err, &refused)
}
