package serve

import (
	"crypto/tls"
	"fmt"
	"sync/atomic"

	"github.com/wswarden/wswarden/internal/config"
)

// certificate is the one that the public listener shows. It can be replaced
// while handshakes go on.
type certificate struct {
	current atomic.Pointer[tls.Certificate]
}

func loadCertificate(files *config.TLS) (*certificate, error) {
	pair, err := readCertificate(files)
	if err != nil {
		return nil, err
	}
	c := &certificate{}
	c.current.Store(pair)
	return c, nil
}

// readCertificate reads both files. They must belong together: whoever renews a
// certificate writes one after the other.
func readCertificate(files *config.TLS) (*tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(files.CertFile, files.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("load certificate %q: %w", files.CertFile, err)
	}
	return &pair, nil
}

// tlsConfig returns what the listener speaks, nil for plaintext. HTTP/1.1 alone
// is offered: WebSockets over HTTP/2 are another handshake (RFC 8441).
func (c *certificate) tlsConfig() *tls.Config {
	if c == nil {
		return nil
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		NextProtos: []string{"http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return c.current.Load(), nil
		},
	}
}
