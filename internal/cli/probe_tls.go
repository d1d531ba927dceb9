package cli

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"os"
)

// tls is how the certificate of the target is judged, nil for the usual way.
func (f probeFlags) tls() (*tls.Config, error) {
	if f.ca == "" && !f.insecure {
		return nil, nil
	}
	cfg := &tls.Config{InsecureSkipVerify: f.insecure}
	if f.ca == "" {
		return cfg, nil
	}
	text, err := os.ReadFile(f.ca)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fail("give a file of certificates in PEM", "--ca %q: no such file", f.ca)
	}
	if err != nil {
		return nil, fail("", "--ca: %w", err)
	}
	if cfg.RootCAs, err = x509.SystemCertPool(); err != nil {
		cfg.RootCAs = x509.NewCertPool()
	}
	if !cfg.RootCAs.AppendCertsFromPEM(text) {
		return nil, fail("give a file of certificates in PEM", "--ca %q: it holds no certificate", f.ca)
	}
	return cfg, nil
}

// badCertificate reports whether a connection failed for the server's
// certificate.
func badCertificate(err error) bool {
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	return errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid)
}
