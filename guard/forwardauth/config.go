package forwardauth

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
	"time"

	"github.com/wswarden/wswarden/guard/claims"
	"github.com/wswarden/wswarden/internal/outbound"
)

const maxHeaders = 16

// Config says who is asked and what about. URL must be set.
type Config struct {
	// URL is asked with GET: https, or http on a loopback address.
	URL string
	// InsecurePlaintext admits http to other addresses: whoever is on the way
	// reads the credentials of every user and can answer in place of the
	// application.
	InsecurePlaintext bool
	// Headers of the client that the application judges; nil means Cookie and
	// Authorization.
	Headers []string
	// CSRFHeader is passed on besides, if the client sent it; empty means none.
	// It is no credential: a request that has no other header is refused.
	CSRFHeader string
	// Timeout bounds one question, the wait for a free place included; 0 means
	// 5 s, at most 30 s.
	Timeout time.Duration
	// MaxConcurrent is the largest number of questions at once, and of
	// connections; 0 means 64, at most 4096. Further ones wait.
	MaxConcurrent int
	// Claims says which claim of the answer holds what. The claim "exp", in
	// seconds since 1970, is when the session ends.
	Claims claims.Names
	// TLS configures https. Nil verifies against the system's roots.
	TLS *tls.Config
	// HTTPClient asks in place of an own client with TLS. Its Jar, Timeout and
	// CheckRedirect are not used, and bounding its connections is up to its
	// Transport. Nil means an own client, which takes no proxy from the
	// environment.
	HTTPClient *http.Client
	// Clock tells the time; nil means time.Now.
	Clock func() time.Time
}

// withDefaults fills in what is empty and puts header names into canonical
// form.
func (c Config) withDefaults() Config {
	if c.Headers == nil {
		c.Headers = []string{"Cookie", "Authorization"}
	}
	c.Headers = slices.Clone(c.Headers)
	for i, name := range c.Headers {
		c.Headers[i] = textproto.CanonicalMIMEHeaderKey(name)
	}
	c.CSRFHeader = textproto.CanonicalMIMEHeaderKey(c.CSRFHeader)
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
	return errors.Join(c.server().Validate(), c.validateHeaders(), c.Claims.Validate())
}

func (c Config) validateHeaders() error {
	var problems []error
	if len(c.Headers) == 0 || len(c.Headers) > maxHeaders {
		problems = append(problems, fmt.Errorf("headers: must be from 1 to %d names", maxHeaders))
	}
	for i, name := range c.Headers {
		if fault := headerFault(name); fault != "" {
			problems = append(problems, fmt.Errorf("headers[%d]: %q %s", i, name, fault))
		}
		if slices.Contains(c.Headers[:i], name) {
			problems = append(problems, fmt.Errorf("headers[%d]: %q is listed twice", i, name))
		}
	}
	if c.CSRFHeader != "" {
		if fault := headerFault(c.CSRFHeader); fault != "" {
			problems = append(problems, fmt.Errorf("csrf_header: %q %s", c.CSRFHeader, fault))
		}
		if slices.Contains(c.Headers, c.CSRFHeader) {
			problems = append(problems, fmt.Errorf("csrf_header: %q is one of headers", c.CSRFHeader))
		}
	}
	return errors.Join(problems...)
}

// Headers that can't be passed on: those that are about the connection or the
// message between two hops (RFC 9110 section 7.6.1), and those that servers
// believe because a proxy wrote them, while here the client did.
var (
	hopHeaders = []string{
		"Accept", "Accept-Encoding", "Connection", "Expect", "Host", "Keep-Alive", "Range", "Te",
		"Trailer", "Transfer-Encoding", "Upgrade", "Via", "Forwarded", "X-Real-Ip",
	}
	hopPrefixes = []string{"Content-", "If-", "Proxy-", "Sec-Websocket-", "Wswarden-", "X-Forwarded-"}
)

// headerFault returns why name can't be passed on, or "".
func headerFault(name string) string {
	if !token(name) {
		return "is not a header name"
	}
	if slices.Contains(hopHeaders, name) {
		return "can't be passed on"
	}
	for _, prefix := range hopPrefixes {
		if strings.HasPrefix(name, prefix) {
			return "can't be passed on"
		}
	}
	return ""
}

// token reports whether s is a token (RFC 9110 section 5.6.2).
func token(s string) bool {
	for i := range len(s) {
		c := s[i]
		alphanumeric := '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !alphanumeric && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return s != ""
}
