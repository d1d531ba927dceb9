package jwtauth

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"time"

	"github.com/wswarden/wswarden/guard/claims"
)

// The signature algorithms that a [Verifier] can accept (RFC 7518 section 3.1,
// RFC 8037). There is no "none", and none of them fits two kinds of key.
const (
	HS256 = "HS256" // HMAC with SHA-256, for a shared secret
	RS256 = "RS256" // RSA of 2048 bits or more, PKCS #1 v1.5
	ES256 = "ES256" // ECDSA on P-256
	EdDSA = "EdDSA" // Ed25519
)

const (
	// minSecret is the shortest secret, in bytes (RFC 7518 section 3.2).
	minSecret = 32

	defaultLeeway = 30 * time.Second
	maxLeeway     = time.Minute

	defaultTimeout = 5 * time.Second
	maxTimeout     = 30 * time.Second
)

// Config says which tokens a [Verifier] accepts. Issuer, Audience and exactly
// one of Secret, JWKSFile and JWKSURL must be set.
type Config struct {
	// Issuer is the exact value of the claim "iss".
	Issuer string
	// Audience must be the claim "aud" or one of its elements.
	Audience string
	// Algorithms are the signature algorithms that are accepted. Empty means
	// HS256 for a secret, and RS256, ES256 and EdDSA for a key set. HS256 can't
	// be listed for a key set, nor the others for a secret.
	Algorithms []string
	// Secret is the key of HS256 tokens, 32 bytes or more.
	Secret []byte
	// JWKSFile is a file with a JSON Web Key Set. It is read again when it
	// changes; a file that can't be used leaves the keys as they were.
	JWKSFile string
	// JWKSURL is the address of a JSON Web Key Set: https, or http on a
	// loopback address. It is fetched when the first token comes.
	JWKSURL string
	// Claims says which claim holds what.
	Claims claims.Names
	// Leeway is the difference between clocks that is forgiven where exp, nbf
	// and iat are judged; 0 means 30 s, at most 1 min.
	Leeway time.Duration
	// Timeout bounds one fetch of JWKSURL; 0 means 5 s, at most 30 s.
	Timeout time.Duration
	// HTTPClient fetches JWKSURL. Its Jar, Timeout and CheckRedirect are not
	// used. Nil means a client that verifies TLS against the system's roots and
	// takes no proxy from the environment.
	HTTPClient *http.Client
	// Clock tells the time; nil means time.Now.
	Clock func() time.Time
	// Log receives what happens to the keys, never a token; nil discards it.
	Log *slog.Logger
}

// withDefaults fills in what is empty.
func (c Config) withDefaults() Config {
	if len(c.Algorithms) == 0 {
		c.Algorithms = []string{RS256, ES256, EdDSA}
		if c.Secret != nil {
			c.Algorithms = []string{HS256}
		}
	}
	c.Algorithms = slices.Clone(c.Algorithms)
	c.Secret = slices.Clone(c.Secret)
	c.Claims = c.Claims.WithDefaults()
	if c.Leeway == 0 {
		c.Leeway = defaultLeeway
	}
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

// validate reports every problem at once. It opens nothing.
func (c Config) validate() error {
	var problems []error
	report := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf(format, args...))
	}
	if c.Issuer == "" {
		report("issuer: must be set")
	}
	if c.Audience == "" {
		report("audience: must be set")
	}
	problems = append(problems, c.validateKeys()...)
	problems = append(problems, c.validateAlgorithms()...)
	if err := c.Claims.Validate(); err != nil {
		problems = append(problems, err)
	}
	if c.Leeway < 0 || c.Leeway > maxLeeway {
		report("leeway: must be at most %v, not %v", maxLeeway, c.Leeway)
	}
	if c.Timeout < 0 || c.Timeout > maxTimeout {
		report("timeout: must be at most %v, not %v", maxTimeout, c.Timeout)
	}
	return errors.Join(problems...)
}

// validateKeys judges where keys come from.
func (c Config) validateKeys() []error {
	var problems []error
	sources := 0
	for _, set := range []bool{c.Secret != nil, c.JWKSFile != "", c.JWKSURL != ""} {
		if set {
			sources++
		}
	}
	if sources != 1 {
		problems = append(problems, errors.New("keys: set exactly one of a secret, jwks_file and jwks_url"))
	}
	if c.Secret != nil && len(c.Secret) < minSecret {
		problems = append(problems, fmt.Errorf("secret: must be at least %d bytes", minSecret))
	}
	if c.JWKSURL != "" {
		if u, err := url.Parse(c.JWKSURL); err != nil {
			// The error of url.Parse quotes the address, which may hold a password.
			problems = append(problems, errors.New("jwks_url: not a URL"))
		} else if err := checkURL(u); err != nil {
			problems = append(problems, fmt.Errorf("jwks_url: %w", err))
		}
	}
	return problems
}

// validateAlgorithms keeps secrets and public keys apart: a verifier that
// accepts both lets anybody sign with the public key as the secret.
func (c Config) validateAlgorithms() []error {
	var problems []error
	for _, alg := range c.Algorithms {
		switch alg {
		case HS256:
			if c.Secret == nil {
				problems = append(problems, errors.New("algorithms: HS256 needs a secret, not a key set"))
			}
		case RS256, ES256, EdDSA:
			if c.Secret != nil {
				problems = append(problems, fmt.Errorf("algorithms: %s needs a key set, not a secret", alg))
			}
		default:
			problems = append(problems, fmt.Errorf("algorithms: %q is none of HS256, RS256, ES256, EdDSA", alg))
		}
	}
	return problems
}

// checkURL judges an address that keys are fetched from: who can change what
// it answers can sign in as anybody.
func checkURL(u *url.URL) error {
	switch {
	case u.Host == "":
		return errors.New("must have a host")
	case u.User != nil:
		return errors.New("must not hold a user or password")
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && loopback(u.Hostname()):
		return nil
	}
	return errors.New("must be https, or http on a loopback address")
}

// loopback reports whether host never leaves this machine.
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}
