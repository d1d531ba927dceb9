package serve

import (
	"crypto/tls"
	"crypto/x509"
	"testing"

	"github.com/wswarden/wswarden/internal/config"
)

func TestSameStore(t *testing.T) {
	with := func(c *tls.Config) *config.Store { return &config.Store{Address: "rediss://127.0.0.1:6379", TLS: c} }
	roots := func(name string) *x509.CertPool {
		pool := x509.NewCertPool()
		pool.AddCert(&x509.Certificate{Raw: []byte(name)})
		return pool
	}
	shown := func(name string) []tls.Certificate { return []tls.Certificate{{Certificate: [][]byte{[]byte(name)}}} }
	for _, tt := range []struct {
		name string
		a, b *config.Store
		want bool
	}{
		{"none", nil, nil, true},
		{"one", with(nil), nil, false},
		{"the system's authorities", with(nil), with(nil), true},
		{"own authorities", with(&tls.Config{RootCAs: roots("a")}), with(&tls.Config{RootCAs: roots("a")}), true},
		{"other authorities", with(&tls.Config{RootCAs: roots("a")}), with(&tls.Config{RootCAs: roots("b")}), false},
		{"own authorities from now on", with(nil), with(&tls.Config{RootCAs: roots("a")}), false},
		{"a certificate", with(&tls.Config{Certificates: shown("a")}), with(&tls.Config{Certificates: shown("a")}), true},
		{"a renewed certificate", with(&tls.Config{Certificates: shown("a")}), with(&tls.Config{Certificates: shown("b")}), false},
	} {
		if got := sameStore(tt.a, tt.b); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}
