package introspection

import (
	"crypto/tls"
	"errors"
	"net/http"
	"time"

	"github.com/wswarden/wswarden/guard/claims"
	"github.com/wswarden/wswarden/internal/outbound"
)

// Config says who is asked. URL, ClientID and ClientSecret must be set.
type Config struct {
	// URL is the introspection endpoint: https, or http on a loopback address.
	URL string
	// InsecurePlaintext admits http to other addresses: whoever is on the way
	// reads the tokens of every user and can answer in place of the issuer.
	InsecurePlaintext bool
	// ClientID and ClientSecret are the guard's own credentials at the issuer,
	// sent by HTTP Basic authentication (RFC 6749 section 2.3.1).
	ClientID, ClientSecret string
	// Audience must be among the claim "aud" of an answer; empty accepts
	// tokens for whoever, and is right only where the issuer has no other
	// audience.
	Audience string
	// Timeout bounds one question, the wait for a free place included; 0 means
	// 5 s, at most 30 s.
	Timeout time.Duration
	// MaxConcurrent is the largest number of questions at once, and of
	// connections; 0 means 64, at most 4096. Further ones wait.
	MaxConcurrent int
	// Claims says which member of the answer holds what. "exp" and "nbf", in
	// seconds since 1970, bound when the token holds.
	Claims claims.Names
	// TLS configures https. Nil verifies against the system's roots.
	TLS *tls.Config
	// HTTPClient asks in place of an own client with TLS; of it only the
	// Transport is used. Nil means an own client, which takes no proxy from
	// the environment.
	HTTPClient *http.Client
	// Clock tells the time; nil means time.Now.
	Clock func() time.Time
}

func (c Config) withDefaults() Config {
	c.Claims = c.Claims.WithDefaults()
	if c.Clock == nil {
		c.Clock = time.Now
	}
	return c
}

// server is who is asked.
func (c Config) server() outbound.Server {
	return outbound.Server{URL: c.URL, InsecurePlaintext: c.InsecurePlaintext, Timeout: c.Timeout, MaxConcurrent: c.MaxConcurrent, TLS: c.TLS, HTTPClient: c.HTTPClient}
}

// validate reports every problem at once.
func (c Config) validate() error {
	problems := []error{c.server().Validate(), c.Claims.Validate()}
	if c.ClientID == "" {
		problems = append(problems, errors.New("client_id: must be set"))
	}
	if c.ClientSecret == "" {
		problems = append(problems, errors.New("client_secret: must be set"))
	}
	return errors.Join(problems...)
}
