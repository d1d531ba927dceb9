package config

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/guard/redisstore"
)

// Store says where guards keep what they share.
type Store struct {
	// Address is that of a Redis, as package redisstore reads it. It holds no
	// password.
	Address string
	// Password and SentinelPassword may not be set.
	Password, SentinelPassword Secret
	// TLS is nil where the roots of the system vouch, and without TLS.
	TLS *tls.Config
	// ConfirmReplicas, Prefix and Timeout are those of redisstore.Config.
	ConfirmReplicas int
	Prefix          string
	Timeout         time.Duration
}

const storeHint = "write memory, or an address such as redis://127.0.0.1:6379/0"

// store judges the store. Its address may hold a password, although it must
// not, so nothing of it is quoted.
func (c *checker) store(cfg *Config) {
	f := c.file.Store
	if f == nil {
		return
	}
	cfg.Store = &Store{Address: string(f.Redis), ConfirmReplicas: f.ConfirmReplicas, Prefix: f.Prefix, Timeout: f.Timeout}
	cfg.Store.Password = c.secret("store.password_env", f.PasswordEnv, 1)
	cfg.Store.SentinelPassword = c.secret("store.sentinel_password_env", f.SentinelPasswordEnv, 1)
	if !c.need("store.redis", storeHint) {
		return
	}
	at := "store.redis"
	if c.doc.at(at) == c.doc.at("store") {
		at = "store" // the address stands for the section
	}
	if !strings.Contains(string(f.Redis), "://") {
		c.problem(at, "there is no store of this name", storeHint)
		return
	}
	if err := redisstore.CheckAddress(string(f.Redis)); err != nil {
		c.problem(at, "the address "+err.Error(), storeHint)
		return
	}
	hosts, secure, password := redisstore.Peers(string(f.Redis))
	if password {
		c.problem(at, "the address holds a password", "put it into an environment variable, and the name of that into password_env: a configuration is no place for a credential")
	}
	c.storeTLS(cfg.Store, secure)
	for _, h := range hosts {
		if !secure && !isLoopback(h) {
			c.warn(catalogue.PlaintextTransport, at, "tickets and the password travel to Redis in plaintext, and who is on the way can make some", "write rediss://, or keep Redis on a network that you trust")
			return
		}
	}
}

// storeTLS loads who vouches for Redis, and for the guard.
func (c *checker) storeTLS(s *Store, secure bool) {
	f := c.file.Store
	set := false
	for key, name := range map[string]*string{"tls_ca": &f.TLSCA, "tls_cert": &f.TLSCert, "tls_key": &f.TLSKey} {
		if *name == "" {
			continue
		}
		set = true
		*name = c.resolve(*name)
		if !secure {
			c.problem("store."+key, "it has no effect on an address without TLS", "write rediss in place of redis, or remove the key")
		}
	}
	if (f.TLSCert == "") != (f.TLSKey == "") {
		c.problem("store", "a certificate needs a key, and a key a certificate", "write both tls_cert and tls_key, or neither")
		return
	}
	if !set || !secure {
		return
	}
	s.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	if f.TLSCA != "" {
		if data := c.read("store.tls_ca", f.TLSCA); data != nil {
			s.TLS.RootCAs = x509.NewCertPool()
			if !s.TLS.RootCAs.AppendCertsFromPEM(data) {
				c.problem("store.tls_ca", fmt.Sprintf("%q holds no certificate", f.TLSCA), "name a PEM file with the certificates of the authorities")
			}
		}
	}
	if f.TLSCert != "" {
		pair, err := c.storePair(f)
		if err != nil {
			c.problem("store.tls_cert", err.Error(), "name PEM files with a certificate and its own key")
			return
		}
		s.TLS.Certificates = []tls.Certificate{pair}
	}
}

func (c *checker) storePair(f *fileStore) (tls.Certificate, error) {
	cert, err := readRegular(f.TLSCert)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("read %q: %w", f.TLSCert, cause(err))
	}
	key, err := readRegular(f.TLSKey)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("read %q: %w", f.TLSKey, cause(err))
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return tls.Certificate{}, errors.New("the certificate and the key do not fit") // the cause could quote the key
	}
	return pair, nil
}
